"""How do bytes get from a path, a file or memory onto the wire, in constant memory?"""

from __future__ import annotations

import io
import mimetypes
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

import anyio.to_thread
import httpx2

if TYPE_CHECKING:
    from contextlib import ExitStack

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes transferred so far and the total, None when the total is unknown."""

BuildRequest: TypeAlias = Callable[..., httpx2.Request]
"""`build_request` of either kind of httpx2 client."""

CHUNK_BYTES = 64 * 1024
_REPLAYABLE = "specfoundry.replayable"


@dataclass(frozen=True, slots=True)
class Upload:
    """Something to upload, with the file name and media type to announce.

    A `str` or path-like `content` names a file, which is opened when the call is made; bytes are
    sent as they are; a binary file object is read from its start and left open.
    """

    content: str | os.PathLike[str] | bytes | BinaryIO
    filename: str | None = None
    content_type: str | None = None


UploadSource: TypeAlias = Upload | str | os.PathLike[str] | bytes | BinaryIO
"""What file parts and binary bodies accept."""


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """An upload whose file is open."""

    content: bytes | BinaryIO | _ReadOnce
    filename: str
    content_type: str
    size: int | None
    replayable: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One part of a multipart body that is no file."""

    name: str
    content: bytes
    content_type: str | None = None


def open_upload(source: UploadSource, files: ExitStack) -> OpenUpload:
    """Open `source`; what had to be opened is closed by `files`.

    Raises `OSError` when a named file cannot be read.
    """
    given = source if isinstance(source, Upload) else Upload(source)
    content = given.content
    if isinstance(content, (str, os.PathLike)):
        content = files.enter_context(Path(content).open("rb"))  # noqa: SIM115 (files closes it)
    name = given.filename or _name_of(content)
    guess = given.content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if isinstance(content, bytes):
        return OpenUpload(content, name, guess, len(content), replayable=True)
    if isinstance(content, io.TextIOBase):
        message = f"{name} is open as text; open it in binary mode"
        raise TypeError(message)
    size = _size_of(content)
    if size is None:
        return OpenUpload(_ReadOnce(content), name, guess, None, replayable=False)
    return OpenUpload(content, name, guess, size, replayable=True)


@dataclass(frozen=True, slots=True)
class Target:
    """A request whose body is still to be written."""

    build: BuildRequest
    method: str
    url: str
    headers: Mapping[str, str]

    def with_content(
        self, content: bytes | Iterable[bytes], content_type: str, **headers: str
    ) -> httpx2.Request:
        """Return the request with `content` as its whole body."""
        all_headers = {**self.headers, **headers, "Content-Type": content_type}
        return self.build(self.method, self.url, headers=all_headers, content=content)


def multipart_request(
    target: Target, parts: Sequence[tuple[str, OpenUpload] | Field]
) -> httpx2.Request:
    """Build a multipart/form-data request (RFC 7578) that streams its files."""
    if not parts:
        return target.with_content(b"--empty--\r\n", "multipart/form-data; boundary=empty")
    files = [_file(part) for part in parts]
    return target.build(target.method, target.url, headers=dict(target.headers), files=files)


def content_request(target: Target, upload: OpenUpload, content_type: str) -> httpx2.Request:
    """Build a request whose whole body is `upload`."""
    if isinstance(upload.content, bytes):
        return target.with_content(upload.content, content_type)
    length = {} if upload.size is None else {"Content-Length": str(upload.size)}
    return target.with_content(_chunks(upload.content), content_type, **length)


def stream_request(
    request: httpx2.Request, *, replayable: bool, progress: Progress | None
) -> httpx2.Request:
    """Let the body of `request` be read in a thread where needed, and reported to `progress`."""
    request.extensions[_REPLAYABLE] = replayable
    if not isinstance(request.stream, httpx2.SyncByteStream):
        message = "request bodies are built from synchronous sources"
        raise TypeError(message)
    total = request.headers.get("content-length")
    request.stream = _ReportingStream(
        request.stream, progress, None if total is None else int(total)
    )
    return request


def is_replayable(request: httpx2.Request) -> bool:
    """Return whether the body of `request` can be sent a second time."""
    return bool(request.extensions.get(_REPLAYABLE, True))


class _ReportingStream(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Passes chunks on and says how many bytes went; file reads stay off the event loop."""

    def __init__(
        self, stream: httpx2.SyncByteStream, progress: Progress | None, total: int | None
    ) -> None:
        self._stream = stream
        self._progress = progress
        self._total = total

    def __iter__(self) -> Iterator[bytes]:
        sent = 0
        for chunk in self._stream:
            yield chunk
            sent += len(chunk)
            self._report(sent)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        sent = 0
        chunks = iter(self._stream)
        # None marks the end, because StopIteration does not cross from a thread to a coroutine.
        while (chunk := await anyio.to_thread.run_sync(next, chunks, None)) is not None:
            yield chunk
            sent += len(chunk)
            self._report(sent)

    def _report(self, sent: int) -> None:
        if self._progress is not None:
            self._progress(sent, self._total)


class _ReadOnce:
    """A pipe or socket with nothing but `read`: its descriptor must not be asked for a size."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


class _chunks:  # noqa: N801 (used as a function; a class so that it can be iterated again)
    """The content of a file from its start, in chunks, as often as it is iterated."""

    def __init__(self, file: BinaryIO | _ReadOnce) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        if not isinstance(self._file, _ReadOnce):
            self._file.seek(0)
        while chunk := self._file.read(CHUNK_BYTES):
            yield chunk


def _file(
    part: tuple[str, OpenUpload] | Field,
) -> tuple[str, tuple[str | None, bytes | BinaryIO | _ReadOnce, str | None]]:
    if isinstance(part, Field):
        return part.name, (None, part.content, part.content_type)
    name, upload = part
    return name, (upload.filename, upload.content, upload.content_type)


def _name_of(content: bytes | BinaryIO) -> str:
    name = getattr(content, "name", None)
    return Path(name).name if isinstance(name, str) and name else "upload"


def _size_of(content: BinaryIO) -> int | None:
    """Return the length of a seekable file, None of one that can be read once only."""
    try:
        if not content.seekable():
            return None
        size = content.seek(0, os.SEEK_END)
        content.seek(0)
    except (AttributeError, OSError):
        return None
    return size
