"""How do the bytes of a request body arrive, and when are they too many?"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from specfoundry.runtime.requests import UploadedFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive

    from specfoundry.runtime.problems import Problem, Reason

BLOCK: Final = 1024 * 1024


class ClientDisconnected(ConnectionError):  # noqa: N818 (names the event)
    """The client went away before it had sent the whole body."""


class BodyRefused(Exception):  # noqa: N818 (names the outcome)
    """The body cannot be taken; says why in the terms of a refusal."""

    def __init__(
        self, reason: Reason, problems: tuple[Problem, ...] = (), body: object | None = None
    ) -> None:
        self.reason: Reason = reason
        self.problems = problems
        self.body = body
        super().__init__(reason)


class BodyStream:
    """The body of one request, read once."""

    def __init__(self, receive: Receive, content_length: int | None) -> None:
        self._receive = receive
        self._first: bytes | None = None
        self._more = True
        self.content_length = content_length

    async def is_empty(self) -> bool:
        """Return whether the request has no body; waits for its first bytes."""
        while self._more and not self._first:
            self._first = await self._next()
        return not self._first

    async def chunks(self, limit: int) -> AsyncIterator[bytes]:
        """Yield the body as it arrives.

        Raises BodyRefused (`too_large`) beyond `limit` bytes, ClientDisconnected.
        """
        if self.content_length is not None and self.content_length > limit:
            raise BodyRefused("too_large")
        total = 0
        chunk = self._first if self._first is not None else await self._next()
        while True:
            total += len(chunk)
            if total > limit:
                raise BodyRefused("too_large")
            if chunk:
                yield chunk
            if not self._more:
                return
            chunk = await self._next()

    async def read(self, limit: int) -> bytes:
        """Return the whole body; raises as `chunks` does."""
        return b"".join([chunk async for chunk in self.chunks(limit)])

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected("the client disconnected while sending the body")
        self._more = bool(message.get("more_body", False))
        return bytes(message.get("body", b""))


class SpoolFile:
    """One file on its way to disk; its methods block and run in a worker thread."""

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(prefix="upload-", dir=folder)
        self.path = Path(name)
        self._file: BinaryIO = os.fdopen(handle, "wb", buffering=0)
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> None:
        """Append `data`; raises OSError."""
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self._sha1.update(data)
        self._sha256.update(data)
        self._size += len(data)

    def close(self) -> None:
        """Release the file handle."""
        self._file.close()

    def uploaded(self, filename: str | None, content_type: str | None) -> UploadedFile:
        """Return what the handler gets; the file is complete."""
        return UploadedFile(
            path=self.path,
            filename=filename,
            content_type=content_type,
            size=self._size,
            sha1=self._sha1.hexdigest(),
            sha256=self._sha256.hexdigest(),
        )


class Spool:
    """The files of one request: written block by block by a thread, one block ahead."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[SpoolFile] = []
        self._waiting: list[tuple[SpoolFile, bytes]] = []
        self._waiting_bytes = 0
        self._running: asyncio.Future[None] | None = None

    def open(self) -> SpoolFile:
        """Create a file; raises OSError."""
        made = SpoolFile(self._folder)
        self._files.append(made)
        return made

    def write(self, file: SpoolFile, data: bytes) -> None:
        """Queue `data`; `drain` passes it on."""
        self._waiting.append((file, data))
        self._waiting_bytes += len(data)

    async def drain(self, *, finish: bool = False) -> None:
        """Hand full blocks to the thread and wait for the one before; `finish` waits for all."""
        if self._waiting_bytes < BLOCK and not finish:
            return
        await self._settle()
        work, self._waiting, self._waiting_bytes = self._waiting, [], 0
        self._running = asyncio.get_running_loop().run_in_executor(None, _write_all, work)
        if finish:
            await self._settle()
            for file in self._files:
                file.close()

    async def _settle(self) -> None:
        if self._running is not None:
            try:
                # A cancelled request must still know of the thread that writes for it.
                await asyncio.shield(self._running)
            finally:
                if self._running.done():
                    self._running = None

    async def discard(self) -> None:
        """Close and remove what is still there; never raises."""
        running, self._running = self._running, None
        if running is not None:
            with suppress(OSError):
                await asyncio.shield(running)
        for file in self._files:
            file.close()
            with suppress(OSError):
                file.path.unlink(missing_ok=True)


def _write_all(work: list[tuple[SpoolFile, bytes]]) -> None:
    for file, data in work:
        file.write(data)
