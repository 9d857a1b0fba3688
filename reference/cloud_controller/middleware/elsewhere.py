"""Which paths does this server not have while another does their work?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

UAA_PATHS: Final = (
    "/oauth",
    "/token_keys",
    "/token_key",
    "/.well-known/openid-configuration",
    "/login",
    "/info",
    "/Users",
)
"""What a UAA serves, with all that is below."""


class Elsewhere:
    """ASGI middleware: answers some paths as if they did not exist."""

    def __init__(self, app: ASGIApp, paths: tuple[str, ...], unknown: bytes) -> None:
        """Wrap `app`; `unknown` is the JSON of the error for an unknown path."""
        self.app = app
        self._paths = paths
        self._unknown = unknown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or not self._is_elsewhere(scope["path"]):
            await self.app(scope, receive, send)
            return
        headers = [
            (b"content-type", b"application/json;charset=utf-8"),
            (b"content-length", str(len(self._unknown)).encode()),
        ]
        await send({"type": "http.response.start", "status": 404, "headers": headers})
        await send({"type": "http.response.body", "body": self._unknown})

    def _is_elsewhere(self, path: str) -> bool:
        return any(path == one or path.startswith(f"{one}/") for one in self._paths)
