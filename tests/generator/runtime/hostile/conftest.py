"""A small server made of hand-written operations, called over bare ASGI."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote

import pytest

from specfoundry.runtime.dispatch import Application
from specfoundry.runtime.operations import Answer, Media, Operation
from specfoundry.runtime.problem_details import ProblemDetailsTranslator
from specfoundry.runtime.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from specfoundry.runtime.problems import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Response[Any]):
    """200 with any JSON."""

    status: ClassVar[int] = 200
    body: Any


TOLD = Answer(
    status="200",
    cls=Told,
    media=(Media(media_type="application/json", kind="json", type=Any),),
)


@dataclass
class Received:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Recorder(ProblemDetailsTranslator):
    """Keeps the last refusal, as an API's own translator would see it."""

    def __init__(self) -> None:
        self.last: Refusal | None = None

    async def translate(self, refusal: Refusal) -> Any:
        self.last = refusal
        return await super().translate(refusal)


class Caller:
    """Sends requests to one application."""

    def __init__(self, application: Any, recorder: Recorder, seen: list[tuple[Any, ...]]) -> None:
        self.application = application
        self._recorder = recorder
        self.seen = seen
        """The arguments of each call of a handler."""

    @property
    def refusal(self) -> Refusal:
        assert self._recorder.last is not None, "nothing was refused"
        return self._recorder.last

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Location, name and kind of all problems of the last refusal."""
        return [(p.location, p.name, p.kind) for p in self.refusal.problems]

    def send(
        self,
        method: str,
        target: str,
        body: bytes | Sequence[bytes] = b"",
        *,
        headers: Iterable[tuple[str, str]] = (),
        content_type: str | None = None,
        leaves: bool = False,
        scope: dict[str, Any] | None = None,
    ) -> Received:
        """Send one request; `leaves` disconnects instead of ending the body."""
        path, _, query = target.partition("?")
        sent = [(k.lower().encode(), v.encode("latin-1")) for k, v in headers]
        if content_type is not None:
            sent.append((b"content-type", content_type.encode("latin-1")))
        chunks = [body] if isinstance(body, bytes) else list(body)
        messages: list[dict[str, Any]] = [
            {"type": "http.request", "body": chunk, "more_body": leaves or i < len(chunks) - 1}
            for i, chunk in enumerate(chunks)
        ]
        received = Received()

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop(0)
            if not leaves:
                await asyncio.Event().wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                received.status = message["status"]
                received.headers = {
                    k.decode().lower(): v.decode("latin-1") for k, v in message["headers"]
                }
            else:
                received.body += message.get("body", b"")

        connection = {
            "type": "http",
            "method": method,
            "path": unquote(path, errors="replace"),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": sent,
            "client": ("127.0.0.1", 40000),
            **(scope or {}),
        }

        async def call() -> None:
            await asyncio.wait_for(self.application(connection, receive, send), 20)

        asyncio.run(call())
        return received


@pytest.fixture
def operation() -> Callable[..., Operation]:
    """Return an operation `GET /things` that answers any JSON, changed by keywords."""

    def build(**changes: Any) -> Operation:
        members: dict[str, Any] = {
            "operation_id": "listThings",
            "method": "GET",
            "path": "/things",
            "tag": "things",
            "handler": "handle",
            "answers": (TOLD,),
            **changes,
        }
        return Operation(**members)

    return build


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., Caller]:
    """Return a server of operations whose `handle` answers with what it was given."""

    def start(*operations: Operation, handler: Any = None, **options: Any) -> Caller:
        recorder = Recorder()
        seen: list[tuple[Any, ...]] = []

        async def handle(*arguments: Any) -> Any:
            seen.append(arguments)
            return Told(body=len(seen)) if handler is None else await handler(*arguments)

        apis = SimpleNamespace(things=SimpleNamespace(handle=handle))
        uploads = tmp_path / "uploads"
        uploads.mkdir(exist_ok=True)
        options = {"errors": recorder, "uploads": uploads, **options}
        return Caller(Application(operations, apis, **options), recorder, seen)

    return start
