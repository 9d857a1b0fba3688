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
    from collections.abc import Iterator

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
        and entry.method in (0, 8, 12)
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
    if entry.method == 0:
        yield from _pieces(archive, entry.compressed_size)
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == 8 else None
    older = bz2.BZ2Decompressor() if unpacker is None else None
    for piece in _pieces(archive, entry.compressed_size):
        if unpacker is not None:
            yield from _inflated(unpacker, piece)
        elif older is not None and not older.eof:
            yield older.decompress(piece, _CHUNK)
            while not older.eof and not older.needs_input:
                yield older.decompress(b"", _CHUNK)


def _inflated(unpacker: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    while not unpacker.eof:
        data = unpacker.decompress(piece, _CHUNK)
        yield data
        piece = unpacker.unconsumed_tail
        if not piece and len(data) < _CHUNK:
            return  # a full chunk may leave more inside the unpacker


def _pieces(archive: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0:
        piece = archive.read(min(length, _CHUNK))
        if not piece:
            raise BadZipError("the contents of an entry are cut off")
        length -= len(piece)
        yield piece
