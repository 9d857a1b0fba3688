"""How do the tests serve a table of operations to a real HTTP client?"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from specfoundry.runtime.dispatch import Application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from specfoundry.runtime.operations import Operation

    Serve = Callable[..., TestClient]


class Recorder:
    """A handler that remembers what it was called with and answers the same each time."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.calls: list[tuple[Any, ...]] = []

    async def __call__(self, *arguments: Any) -> Any:
        self.calls.append(arguments)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer(*arguments) if callable(self.answer) else self.answer


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder


@pytest.fixture
def serve(uploads: Path) -> Iterator[Serve]:
    """Return a client of an application with operations of the tag `things`."""

    def start(*operations: Operation, handlers: dict[str, Any], **options: Any) -> TestClient:
        apis = SimpleNamespace(things=SimpleNamespace(**handlers))
        app = Application(operations, apis, **{"uploads": uploads, **options})
        client = TestClient(app)
        client.app_under_test = app  # type: ignore[attr-defined]
        return client

    yield start
    assert list(uploads.iterdir()) == [], "temporary files were left behind"


@pytest.fixture
def record() -> type[Recorder]:
    return Recorder
