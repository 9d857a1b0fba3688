"""How is an application asked that runs in this process, in one step for each request?

Starlette's test client hands a request over to the application's event loop in eight steps, so that
a test may read an answer while it is made. Each of them makes two threads wait for each other, which
is dearer than most requests. Here an answer is handed over whole.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import httpx2

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.testclient import TestClient

_MOST_BYTES: Final = 64 * 2**20
_MOST_SECONDS: Final = 120.0


class Direct(httpx2.BaseTransport):
    """Takes requests to the application of a test client that has been entered."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the application's whole answer; 500 where it fails before it begins one.

        Raises:
            httpx2.ConnectError: The application has ended.
            httpx2.ReadTimeout: It has not answered for two minutes.
            httpx2.ReadError: Its answer is longer than 64 MiB.

        """
        portal = self._client.portal
        if portal is None:
            raise httpx2.ConnectError("the application has ended", request=request)
        answer = _Answer(request.read(), request)
        scope = {**_scope(request), "state": dict(self._client.app_state)}
        portal.call(_run, self._client.app, scope, answer)
        shown = b"" if request.method == "HEAD" else bytes(answer.content)
        return httpx2.Response(answer.status, headers=answer.headers, content=shown)


def _scope(request: httpx2.Request) -> dict[str, Any]:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.raw_path.split(b"?", 1)[0],
        "root_path": "",
        "scheme": url.scheme,
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("testclient", 50000),
        "server": (url.host, url.port or {"https": 443}.get(url.scheme, 80)),
        "extensions": {},
    }


async def _run(app: Callable[..., Awaitable[None]], scope: dict[str, Any], answer: _Answer) -> None:
    try:
        async with asyncio.timeout(_MOST_SECONDS):
            # What an application lets out is answered like a server does: with what there is, or 500.
            with suppress(Exception):
                await app(scope, answer.receive, answer.send)
    except TimeoutError:
        raise httpx2.ReadTimeout("the application has not answered", request=answer.of) from None
    if answer.is_too_long:
        raise httpx2.ReadError(f"the answer is longer than {_MOST_BYTES} bytes", request=answer.of)


class _Answer:
    """What an application says to one request."""

    def __init__(self, body: bytes, of: httpx2.Request) -> None:
        self.of = of
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.content = bytearray()
        self.is_too_long = False
        self._body: bytes | None = body

    async def receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await asyncio.Event().wait()  # the client stays until it has its answer
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.content += message.get("body", b"")
            if len(self.content) > _MOST_BYTES:
                self.is_too_long = True
                raise ConnectionError("nobody reads any further")
