"""Which files of an upload does the resource cache keep (behaviour document, 2.8, step 3)?"""

from __future__ import annotations

import asyncio
import bz2
import hashlib
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Final

from cloud_controller.domain import zip_directory
from cloud_controller.domain.zip_directory import BadZipError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.domain.zip_directory import Directory, Entry

# Smaller files cost more to remember than to send again (capi-release's defaults, 2.11).
MIN_SIZE: Final = 65536
MAX_SIZE: Final = 536870912
_CHUNK: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class _Unpacked:
    path: Path
    sha1: str


async def harvest(context: Context, path: Path, directory: Directory) -> None:
    """Put the files of a middling size into the resource cache under their SHA-1.

    Raises BadZipError when the contents of such a file are damaged or larger than declared.
    """
    with path.open("rb") as archive:
        for entry in zip_directory.entries(archive, directory):
            if not _is_wanted(entry):
                continue
            unpacked = await asyncio.to_thread(
                _unpack, archive, directory, entry, context.settings.uploads
            )
            try:
                if not await context.resources.known([unpacked.sha1]):
                    await context.resources.add(unpacked.sha1, unpacked.path)
            finally:
                unpacked.path.unlink(missing_ok=True)


def _is_wanted(entry: Entry) -> bool:
    # deflate64 and older methods cannot be read here; their files are just not remembered.
    return (
        MIN_SIZE < entry.size < MAX_SIZE
        and entry.method in _UNPACKERS
        and not entry.is_directory
        and not entry.is_symlink
    )


def _unpack(archive: BinaryIO, directory: Directory, entry: Entry, folder: Path) -> _Unpacked:
    zip_directory.local_header(archive, entry, directory)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as target:
        path = Path(target.name)
        try:
            sha1 = _unpack_into(target, archive, entry)
        except (zlib.error, OSError, EOFError, ValueError) as error:
            path.unlink()
            raise BadZipError("the contents of an entry are damaged") from error
    return _Unpacked(path, sha1)


def _unpack_into(target: IO[bytes], archive: BinaryIO, entry: Entry) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    size = crc = 0
    for data in _contents(archive, entry):
        size += len(data)
        if size > entry.size:
            raise BadZipError("an entry is larger than it says")
        crc = zlib.crc32(data, crc)
        digest.update(data)
        target.write(data)
    if size != entry.size or crc != entry.crc:
        raise BadZipError("the contents of an entry are damaged")
    return digest.hexdigest()


def _contents(archive: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """Yield the contents in bounded pieces, however far they are compressed."""
    pieces = _pieces(archive, entry.compressed_size)
    return _UNPACKERS[entry.method](pieces)


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in pieces:
        rest = piece
        while not unpacker.eof:
            data = unpacker.decompress(rest, _CHUNK)
            yield data
            rest = unpacker.unconsumed_tail
            if not rest and len(data) < _CHUNK:
                break  # a full chunk may leave more inside the unpacker


def _decompressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = bz2.BZ2Decompressor()
    for piece in pieces:
        rest = piece
        while not unpacker.eof:
            yield unpacker.decompress(rest, _CHUNK)
            rest = b""
            if unpacker.needs_input:
                break


_UNPACKERS: Final[Mapping[int, Callable[[Iterator[bytes]], Iterator[bytes]]]] = {
    0: iter,
    8: _inflated,
    12: _decompressed,
}
"""By the methods of a zip (APPNOTE 4.4.5)."""


def _pieces(archive: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0:
        piece = archive.read(min(length, _CHUNK))
        if not piece:
            raise BadZipError("the contents of an entry are cut off")
        length -= len(piece)
        yield piece
