"""How does an ASGI application run in this process, so that all who ask reach the same one?

The oracles ask through a client of httpx2, Schemathesis through one of its own. An application runs
once, in one event loop; the second client is given a relay to it.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx2
from starlette.testclient import TestClient

from specfoundry.fuzz.server.direct import Direct

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping


_FAILED: Final = (
    {"type": "http.response.start", "status": 500, "headers": []},
    {"type": "http.response.body", "body": b""},
)


class HostingError(Exception):
    """The application cannot be found, made or started; the text says why."""


def load(reference: str, folder: Path | None = None) -> Any:
    """Return what `MODULE:NAME` names; modules are looked for in the folder, too.

    Args:
        reference: The module and the name in it.
        folder: Where modules may lie; by default the working directory.

    Raises:
        HostingError: There is no such thing.

    """
    module, colon, name = reference.partition(":")
    if not colon or not module or not name:
        raise HostingError(f"{reference!r} is not MODULE:NAME")
    place = str(folder or Path.cwd())
    if place not in sys.path:
        sys.path.insert(0, place)
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise HostingError(f"{reference!r}: {error}") from error


def maker(found: Any) -> tuple[Callable[[Path], Any], bool]:
    """Return a function that makes an application in a folder, and whether it uses the folder.

    Args:
        found: An ASGI application (it takes three arguments), a function without arguments that
            makes one, or one that makes it from the folder in which it may keep what it stores.

    """
    wants = _required(found)
    if wants == 0:
        return (lambda _folder: found()), False
    if wants == 1:
        return found, True
    return (lambda _folder: found), False


def _required(found: Any) -> int | None:
    """Return how many arguments a function must be given; None for what is an application."""
    if not (inspect.isfunction(found) or inspect.isclass(found) or inspect.ismethod(found)):
        return None
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return None
    positional = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    needed = [one for one in parameters if one.default is one.empty and one.kind in positional]
    return len(needed)


@dataclass
class Host:
    """A running application.

    Attributes:
        make: Makes the application in a folder.
        folder: Where it keeps what it stores.
        client: Keeps it running; replaced by a restart.
        http: Reaches it; replaced by a restart, too.

    """

    make: Callable[[Path], Any]
    folder: Path
    client: TestClient = field(init=False)
    http: httpx2.Client = field(init=False)

    def start(self) -> None:
        """Make the application and start it.

        Raises:
            HostingError: It does not start.

        """
        try:
            application = self.make(self.folder)
            client = TestClient(application, raise_server_exceptions=False, follow_redirects=False)
            client.__enter__()
        except Exception as error:
            raise HostingError(f"the application does not start: {error!r}") from error
        self.client = client
        self.http = httpx2.Client(transport=Direct(client), base_url=client.base_url)

    def stop(self) -> None:
        """End it; what goes wrong in the end of an application is its own matter."""
        with suppress(Exception):
            self.client.__exit__(None, None, None)

    def restart(self) -> None:
        """End it and make it again on what it stored.

        Raises:
            HostingError: It does not start again.

        """
        self.stop()
        self.start()


@dataclass
class Relay:
    """An ASGI application that hands every request to one that runs in a loop of its own.

    Attributes:
        host: Where the application runs; may be exchanged at any time.

    """

    host: Host | None = None

    async def __call__(
        self, scope: MutableMapping[str, Any], receive: Callable[[], Any], send: Callable[..., Any]
    ) -> None:
        """Answer as the application does."""
        if scope["type"] == "lifespan":
            await _without_lifespan(receive, send)
            return
        if self.host is None or self.host.client.portal is None:
            raise HostingError("the application has ended")
        client, portal = self.host.client, self.host.client.portal
        body = await _whole_body(receive)
        answer: list[Any] = []

        async def take(message: Any) -> None:
            answer.append(message)

        async def run() -> None:
            state = dict(client.app_state)
            # What an application lets out is answered like a server does: with what there is, or 500.
            with suppress(Exception):
                await client.app({**scope, "state": state}, _sender(body), take)

        await asyncio.wrap_future(portal.start_task_soon(run))
        for message in answer or _FAILED:
            await send(message)


async def _without_lifespan(receive: Callable[[], Any], send: Callable[..., Any]) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _whole_body(receive: Callable[[], Any]) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _sender(body: bytes) -> Callable[[], Any]:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Any:
        for message in messages:
            return message
        await asyncio.Event().wait()  # the client stays until it has its answer
        return None

    return receive
