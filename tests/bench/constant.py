"""What is the least that the same HTTP server can do: one answer of a given size, always?"""

from __future__ import annotations

import os
import socket
import sys

import uvicorn

SIZE = int(os.environ.get("CONSTANT_SIZE", "1000"))
BODY = b"x" * SIZE
HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", str(SIZE).encode())],
}


async def app(scope, _receive, send):
    """Answer whatever was asked."""
    if scope["type"] == "http":
        await send(HEAD)
        await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"Listening on http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])
