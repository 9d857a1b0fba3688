"""Where do tests of the toolchain reach a server over HTTP?"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
