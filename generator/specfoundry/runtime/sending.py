"""How do status, headers and body leave?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from specfoundry.runtime.files import Slice, read_blocks
from specfoundry.runtime.responses import FileBody, StreamBody

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from starlette.types import Receive, Scope, Send

    from specfoundry.runtime.encoding import Encoded


async def send_encoded(encoded: Encoded, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer; without its body for HEAD."""
    headers = [
        (name.encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in encoded.headers.items()
    ]
    if encoded.length is not None:
        headers.append((b"content-length", b"%d" % encoded.length))
    await send({"type": "http.response.start", "status": encoded.status, "headers": headers})
    body = encoded.body
    if scope["method"] == "HEAD":
        await _close(body)
        await send({"type": "http.response.body", "body": b""})
    elif isinstance(body, bytes):
        await send({"type": "http.response.body", "body": body})
    elif isinstance(body, StreamBody):
        await _stream(body.chunks, receive, send)
    elif encoded.part is None and "http.response.pathsend" in (scope.get("extensions") or {}):
        await send({"type": "http.response.pathsend", "path": str(body.path.absolute())})
    else:
        part = encoded.part or Slice(0, encoded.length or 0)
        await _stream(read_blocks(body.path, part), receive, send)


async def _stream(chunks: AsyncIterable[bytes], receive: Receive, send: Send) -> None:
    """Send chunks until they end or the client has gone."""
    gone = asyncio.ensure_future(_until_disconnect(receive))
    try:
        async for chunk in chunks:
            if gone.done():
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        await _aclose(chunks)


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _close(body: bytes | FileBody | StreamBody) -> None:
    if isinstance(body, StreamBody):
        await _aclose(body.chunks)


async def _aclose(chunks: AsyncIterable[bytes]) -> None:
    close = getattr(chunks, "aclose", None)
    if close is not None:
        await close()
