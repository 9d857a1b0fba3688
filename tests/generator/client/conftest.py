from __future__ import annotations

import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from specfoundry.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an ASGI application on a free port and yield its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < deadline, "the server did not start"
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Serve any number of applications until the test is over."""
    with ExitStack() as servers:
        yield lambda app: servers.enter_context(served(app))


@dataclass(frozen=True)
class Generated:
    """A package that was generated from one of the documents beside this file."""

    name: str

    def __getattr__(self, path: str) -> ModuleType:
        return import_module(f"{self.name}.{path.replace('__', '.')}")


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Generated]]:
    """Generate and import the package of a document, once for all tests."""
    folder = tmp_path_factory.mktemp("generated")
    sys.path.insert(0, str(folder))
    made: dict[str, Generated] = {}

    def generate(document: str) -> Generated:
        if document not in made:
            name = f"generated_{document}"
            path = Path(__file__).parent / "documents" / f"{document}.yaml"
            options = ["--package", name, "--output", str(folder), "--only", "models,server,client"]
            assert main(["generate", str(path), *options]) == 0
            made[document] = Generated(name)
        return made[document]

    yield generate
    sys.path.remove(str(folder))
