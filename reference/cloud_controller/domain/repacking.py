"""Which zip is stored when directory entries go and known files come in?"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from io import DEFAULT_BUFFER_SIZE
from typing import TYPE_CHECKING, BinaryIO, Final

from cloud_controller.domain import zip_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cloud_controller.domain.zip_directory import Directory, Entry

_OFFSET_PLACE: Final = 42
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_DESCRIPTOR: Final = struct.Struct("<4s3L")
_DESCRIPTOR_SIGNATURE: Final = b"PK\x07\x08"
_SIZES_FOLLOW: Final = 0x0008
_UTF8: Final = 0x0800
_UNIX: Final = 3 << 8
_REGULAR_FILE: Final = 0o100000
# 1980-01-01, the first moment a zip can name: the same input gives the same bytes.
_DATE: Final = (1 << 5) | 1
_LIMIT16: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Addition:
    """A file to append: its path in the zip, its permissions, and its open contents."""

    path: str
    permissions: int
    contents: BinaryIO


@dataclass(frozen=True, slots=True)
class Repacked:
    """What was written: digests in hex, size in bytes."""

    sha1: str
    sha256: str
    size: int


class _Sink:
    """Counts and digests all that is written."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self.position = 0

    def write(self, data: bytes) -> None:
        self._target.write(data)
        self._sha1.update(data)
        self._sha256.update(data)
        self.position += len(data)

    def summary(self) -> Repacked:
        return Repacked(self._sha1.hexdigest(), self._sha256.hexdigest(), self.position)


def repack(
    source: tuple[BinaryIO, Directory] | None,
    additions: Iterable[Addition],
    *,
    replaced: frozenset[bytes],
    target: BinaryIO,
    records: BinaryIO,
) -> Repacked:
    """Copy `source` without directory entries, then append `additions` (2.8, steps 4 and 5).

    Entries named in `replaced` are left out, because an appended file wins over an uploaded
    one. Contents are copied as they are, never unpacked. `records` is a scratch file for the
    new central directory, so memory stays constant. The source must have been surveyed, and all
    of it must stay below 4 GiB (the settings see to that).
    """
    sink = _Sink(target)
    count = 0
    if source is not None:
        for entry in _kept(*source, replaced):
            records.write(_copy(*source, entry, sink))
            count += 1
    for addition in additions:
        records.write(_append(addition, sink))
        count += 1
    _finish(sink, records, count)
    return sink.summary()


def _kept(archive: BinaryIO, directory: Directory, replaced: frozenset[bytes]) -> Iterator[Entry]:
    for entry in zip_directory.entries(archive, directory):
        if not entry.is_directory and entry.name not in replaced:
            yield entry


def _copy(archive: BinaryIO, directory: Directory, entry: Entry, sink: _Sink) -> bytes:
    """Copy one entry with its header and contents; its new central record is returned."""
    header = zip_directory.local_header(archive, entry, directory)
    offset = sink.position
    length = header.length + entry.compressed_size
    archive.seek(entry.local_offset)
    while data := archive.read(min(length, DEFAULT_BUFFER_SIZE)):
        sink.write(data)
        length -= len(data)
    if entry.flags & _SIZES_FOLLOW:
        sink.write(_descriptor(archive, wide=header.is_zip64))
    record = bytearray(entry.record)
    struct.pack_into("<L", record, _OFFSET_PLACE, offset)
    return bytes(record)


def _descriptor(archive: BinaryIO, *, wide: bool) -> bytes:
    """Return the sizes behind the contents, whose signature is optional (APPNOTE 4.3.9)."""
    start = archive.read(4)
    rest = 12 if start == _DESCRIPTOR_SIGNATURE else 8
    return start + archive.read(rest + (8 if wide else 0))


def _append(addition: Addition, sink: _Sink) -> bytes:
    name = addition.path.encode()
    offset = sink.position
    flags = _SIZES_FOLLOW | _UTF8
    sink.write(_LOCAL.pack(b"PK\x03\x04", 20, flags, 8, 0, _DATE, 0, 0, 0, len(name), 0) + name)
    crc, compressed, size = _deflate(addition.contents, sink)
    sink.write(_DESCRIPTOR.pack(_DESCRIPTOR_SIGNATURE, crc, compressed, size))
    mode = (_REGULAR_FILE | addition.permissions) << 16
    made_by = _UNIX | 20
    fixed = (made_by, 20, flags, 8, 0, _DATE, crc, compressed, size, len(name), 0, 0, 0, 0)
    return _CENTRAL.pack(b"PK\x01\x02", *fixed, mode, offset) + name


def _deflate(contents: BinaryIO, sink: _Sink) -> tuple[int, int, int]:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    start = sink.position
    crc = size = 0
    while data := contents.read(DEFAULT_BUFFER_SIZE):
        crc = zlib.crc32(data, crc)
        size += len(data)
        sink.write(packer.compress(data))
    sink.write(packer.flush())
    return crc, sink.position - start, size


def _finish(sink: _Sink, records: BinaryIO, count: int) -> None:
    offset = sink.position
    records.seek(0)
    while data := records.read(DEFAULT_BUFFER_SIZE):
        sink.write(data)
    size = sink.position - offset
    if count >= _LIMIT16:
        place = sink.position
        sink.write(
            struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
        )
        sink.write(struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1))
    few = min(count, _LIMIT16)
    sink.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, few, few, size, offset, 0))
