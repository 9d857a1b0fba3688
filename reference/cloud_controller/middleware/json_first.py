"""Does unreadable JSON win over a missing token, as it does in version 3 (1.11)?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REFUSED: Final = frozenset({401, 403})
_MAX_BODY: Final = 1024 * 1024


class JsonFirst:
    """ASGI middleware: when a caller is turned away, his JSON body is looked at after all.

    The body was not read by then, so the good requests pay nothing for this. Bodies beyond 1 MiB
    are not looked at.
    """

    def __init__(self, app: ASGIApp, unreadable: bytes) -> None:
        """Wrap `app`; `unreadable` is the JSON of the error for a body that cannot be parsed."""
        self.app = app
        self._unreadable = unreadable

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or not _has_json(scope):
            await self.app(scope, receive, send)
            return
        untouched = True
        replaced = False

        async def watched() -> Message:
            nonlocal untouched
            untouched = False
            return await receive()

        async def judged(message: Message) -> None:
            nonlocal replaced
            is_start = message["type"] == "http.response.start"
            if is_start and message["status"] in _REFUSED and untouched:
                replaced = not await _is_json(receive)
            if not replaced:
                await send(message)
            elif is_start:
                await self._answer(send)

        await self.app(scope, watched, judged)

    async def _answer(self, send: Send) -> None:
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(self._unreadable)).encode()),
        ]
        await send({"type": "http.response.start", "status": 400, "headers": headers})
        await send({"type": "http.response.body", "body": self._unreadable})


def _has_json(scope: Scope) -> bool:
    if scope["method"] not in ("POST", "PATCH") or not scope["path"].startswith("/v3/"):
        return False
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    content_type = next((value for name, value in headers if name == b"content-type"), b"")
    return content_type.partition(b";")[0].strip().lower() == b"application/json"


async def _is_json(receive: Receive) -> bool:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > _MAX_BODY:
            return True
    try:
        json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return False
    return True
