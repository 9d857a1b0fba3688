"""Which headers does every answer carry (behaviour document, 1.10)?"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

USER_GUID: Final = "cloud_controller.user_guid"
"""Key in the scope's `state` under which the authenticator leaves the caller's guid."""

_MAX_ID: Final = 255
_FOREIGN: Final = re.compile(rb"[^A-Za-z0-9_-]")
_JSON_V3: Final = b"application/json; charset=utf-8"
_JSON_V2: Final = b"application/json;charset=utf-8"

Header = tuple[bytes, bytes]


class CommonHeaders:
    """ASGI middleware: request id, caller, `nosniff`, and how each version spells JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        identity = request_id(scope["headers"])
        json_type = _JSON_V2 if scope["path"].startswith("/v2") else _JSON_V3

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = _with_json_type(message.get("headers", ()), json_type)
                headers.append((b"x-vcap-request-id", identity))
                headers.append((b"x-content-type-options", b"nosniff"))
                if user_guid := state.get(USER_GUID):
                    headers.append((b"x-user-guid", user_guid.encode("latin-1", "replace")))
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, complete)


def request_id(headers: Iterable[Header]) -> bytes:
    """Return a fresh id, behind the one that the client sent, if it did (1.10)."""
    fresh = str(uuid.uuid4()).encode()
    sent = dict(headers)  # names are in lower case (ASGI 3.0, HTTP connection scope)
    given = sent.get(b"x-vcap-request-id") or sent.get(b"x-request-id") or b""
    kept = _FOREIGN.sub(b"", given)[:_MAX_ID]
    return kept + b"::" + fresh if kept else fresh


def _with_json_type(headers: Iterable[Header], json_type: bytes) -> list[Header]:
    return [
        (name, json_type)
        if name == b"content-type" and value.startswith(b"application/json")
        else (name, value)
        for name, value in headers
    ]
