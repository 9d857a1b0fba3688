"""How does a client take in bytes that may be large, and go on after an interruption?"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import anyio.to_thread
import httpx2

from specfoundry.runtime.client_errors import IncompleteDownload

if TYPE_CHECKING:
    import os
    from types import TracebackType
    from typing import Self

    from specfoundry.runtime.client_streams import Progress

Reopen: TypeAlias = Callable[[Mapping[str, str]], httpx2.Response]
AsyncReopen: TypeAlias = Callable[[Mapping[str, str]], Awaitable[httpx2.Response]]

CHUNK_BYTES = 256 * 1024
RESUMPTIONS = 3
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


class _Download:
    """What both kinds of download know from the head of the answer."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self._received = 0
        self._resumptions = 0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status} {self.media_type} {self.size} bytes>"

    @property
    def status(self) -> int:
        """200, or 206 when a part was asked for."""
        return self._response.status_code

    @property
    def headers(self) -> httpx2.Headers:
        """All headers of the answer."""
        return self._response.headers

    @property
    def media_type(self) -> str:
        """Content-Type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def size(self) -> int | None:
        """Announced number of bytes, None when the server does not say."""
        length = self.headers.get("content-length", "")
        return int(length) if length.isdigit() and "content-encoding" not in self.headers else None

    @property
    def etag(self) -> str | None:
        """The entity tag, if there is one."""
        return self.headers.get("etag")

    @property
    def filename(self) -> str | None:
        """The name that Content-Disposition proposes (RFC 6266), without any folder."""
        header = Message()
        header["Content-Disposition"] = self.headers.get("content-disposition", "")
        name = header.get_filename()
        return re.split(r"[/\\]", name)[-1] or None if name else None

    @property
    def _complete(self) -> bool:
        return self.size is None or self._received >= self.size

    def _next_range(self, cause: Exception | None) -> dict[str, str]:
        """Return the headers that ask for the rest; raise when it cannot be asked for."""
        validator = self.etag if self.etag and not self.etag.startswith("W/") else None
        possible = self.status == 200 and validator and self.size is not None
        if not possible or self._resumptions >= RESUMPTIONS:
            message = f"{self._received} of {self.size} bytes arrived"
            raise IncompleteDownload(message) from cause
        self._resumptions += 1
        return {"Range": f"bytes={self._received}-", "If-Range": str(validator)}

    def _check_rest(self, rest: httpx2.Response) -> None:
        match = _CONTENT_RANGE.fullmatch(rest.headers.get("content-range", ""))
        if rest.status_code != 206 or match is None or int(match[1]) != self._received:
            message = f"the content changed after {self._received} bytes"
            raise IncompleteDownload(message)


class Download(_Download):
    """The open answer of an operation that delivers bytes; a context manager.

    The bytes can be taken once, by one of `read`, `iter_bytes` and `save`. After a broken
    connection the rest is requested with Range and If-Range (RFC 9110, 14.2 and 13.1.5), where the
    server gave a strong entity tag. Raises `IncompleteDownload` when bytes are missing at the end.
    """

    def __init__(self, response: httpx2.Response, reopen: Reopen) -> None:
        super().__init__(response)
        self._reopen = reopen
        self._current = response

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back; what was not taken is lost."""
        self._current.close()

    def read(self) -> bytes:
        """Return everything; meant for small content."""
        return b"".join(self.iter_bytes())

    def iter_bytes(self, chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield the content in chunks of at most `chunk_bytes`."""
        while True:
            cause: Exception | None = None
            try:
                for chunk in self._current.iter_bytes(chunk_bytes):
                    self._received += len(chunk)
                    yield chunk
            except httpx2.TransportError as error:
                cause = error
            finally:
                self._current.close()
            if cause is None and self._complete:
                return
            self._current = self._reopen(self._next_range(cause))
            self._check_rest(self._current)

    def save(self, path: str | os.PathLike[str], *, progress: Progress | None = None) -> Path:
        """Write the content to `path`, which appears only when it is complete."""
        target = Path(path)
        with _part_of(target) as part:
            for chunk in self.iter_bytes():
                part.write(chunk)
                if progress is not None:
                    progress(self._received, self.size)
            part.keep(target)
        return target


class AsyncDownload(_Download):
    """`Download` for coroutines: an asynchronous context manager with the same methods."""

    def __init__(self, response: httpx2.Response, reopen: AsyncReopen) -> None:
        super().__init__(response)
        self._reopen = reopen
        self._current = response

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give the connection back; what was not taken is lost."""
        await self._current.aclose()

    async def read(self) -> bytes:
        """Return everything; meant for small content."""
        return b"".join([chunk async for chunk in self.iter_bytes()])

    async def iter_bytes(self, chunk_bytes: int = CHUNK_BYTES) -> AsyncIterator[bytes]:
        """Yield the content in chunks of at most `chunk_bytes`."""
        while True:
            cause: Exception | None = None
            try:
                async for chunk in self._current.aiter_bytes(chunk_bytes):
                    self._received += len(chunk)
                    yield chunk
            except httpx2.TransportError as error:
                cause = error
            finally:
                await self._current.aclose()
            if cause is None and self._complete:
                return
            self._current = await self._reopen(self._next_range(cause))
            self._check_rest(self._current)

    async def save(self, path: str | os.PathLike[str], *, progress: Progress | None = None) -> Path:
        """Write the content to `path`, which appears only when it is complete."""
        target = Path(path)
        with _part_of(target) as part:
            async for chunk in self.iter_bytes():
                await anyio.to_thread.run_sync(part.write, chunk)
                if progress is not None:
                    progress(self._received, self.size)
            part.keep(target)
        return target


class _part_of:  # noqa: N801 (reads as a phrase at its only use)
    """A new file beside the target, which takes its place or goes away."""

    def __init__(self, target: Path) -> None:
        self._path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        self._file = self._path.open("xb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)

    def keep(self, target: Path) -> None:
        self._file.close()
        self._path.replace(target)
