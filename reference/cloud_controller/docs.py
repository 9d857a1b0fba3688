"""Where is the documentation site, and with which headers is it served?"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS: Final = (
    # The site is one of its own files only; nothing is loaded from or framed by others.
    (
        b"content-security-policy",
        (
            b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            b"object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


def site() -> ASGIApp | None:
    """Return the generated site as an application to mount; None when it was not generated."""
    folder = Path(str(files("capi"))) / "docs"
    if not (folder / "index.html").is_file():
        return None
    return _SafeHeaders(ExceptionMiddleware(StaticFiles(directory=folder, html=True)))


class _SafeHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
            await send(message)

        await self.app(scope, receive, guarded)
