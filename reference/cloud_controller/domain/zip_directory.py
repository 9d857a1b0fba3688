"""What does the central directory of a zip say, read entry by entry in constant memory?"""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_END: Final = struct.Struct("<4s4H2LH")
_END_SIGNATURE: Final = b"PK\x05\x06"
_LOCATOR64: Final = struct.Struct("<4sLQL")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_MAX_COMMENT: Final = 0xFFFF
_FULL: Final = 0xFFFFFFFF
_ZIP64_EXTRA: Final = 0x0001


class BadZipError(ValueError):
    """The bytes are no zip that could be read."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the central directory stands; `shift` counts bytes put before the archive."""

    offset: int
    size: int
    entries: int
    shift: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the central directory (APPNOTE 6.3, 4.3.12); `name` as stored."""

    name: bytes
    flags: int
    method: int
    crc: int
    compressed_size: int
    size: int
    local_offset: int
    unix_mode: int
    record: bytes

    @property
    def is_directory(self) -> bool:
        """Whether the entry names a directory."""
        return self.name.endswith(b"/")

    @property
    def is_symlink(self) -> bool:
        """Whether the entry is a symbolic link made on a Unix."""
        return stat.S_ISLNK(self.unix_mode)

    @property
    def is_encrypted(self) -> bool:
        """Whether the contents need a password."""
        return bool(self.flags & 0x1)


@dataclass(frozen=True, slots=True)
class LocalHeader:
    """What stands before the contents of one entry."""

    name: bytes
    extra: bytes
    length: int

    @property
    def is_zip64(self) -> bool:
        """Whether sizes behind the contents are written with eight bytes."""
        return any(kind == _ZIP64_EXTRA for kind, _ in _extra_fields(self.extra))


def find(archive: BinaryIO) -> Directory:
    """Find the central directory. Raises BadZipError when there is none that fits the file."""
    length = archive.seek(0, 2)
    start = max(0, length - _END.size - _MAX_COMMENT)
    archive.seek(start)
    tail = archive.read()
    place = tail.rfind(_END_SIGNATURE)
    if place < 0 or len(tail) - place < _END.size:
        raise BadZipError("there is no end of central directory")
    _, _, _, _, entries, size, offset, _ = _END.unpack_from(tail, place)
    end = start + place
    if _FULL in (size, offset) or entries == 0xFFFF:
        found = _find64(archive, end)
        if found is not None:
            return found
    return _checked(Directory(offset, size, entries, end - size - offset))


def _find64(archive: BinaryIO, end: int) -> Directory | None:
    if end < _LOCATOR64.size:
        return None
    archive.seek(end - _LOCATOR64.size)
    signature, _, place, _ = _LOCATOR64.unpack(archive.read(_LOCATOR64.size))
    if signature != b"PK\x06\x07":
        return None
    if place > end:  # it may be farther away than a file can be read
        raise BadZipError("the end of central directory is damaged")
    archive.seek(place)
    record = archive.read(_END64.size)
    if len(record) < _END64.size or record[:4] != b"PK\x06\x06":
        raise BadZipError("the end of central directory is damaged")
    *_, entries, size, offset = _END64.unpack(record)
    return _checked(Directory(offset, size, entries, place - size - offset))


def _checked(directory: Directory) -> Directory:
    if directory.shift < 0 or directory.entries * _CENTRAL.size > directory.size:
        raise BadZipError("the central directory does not fit the file")
    return directory


def entries(archive: BinaryIO, directory: Directory) -> Iterator[Entry]:
    """All records in order. Raises BadZipError at the first damaged one.

    The file position may be moved between two records.
    """
    position = directory.offset + directory.shift
    for _ in range(directory.entries):
        archive.seek(position)
        record = _record(archive)
        position += len(record)
        yield _entry(record[: _CENTRAL.size], record[_CENTRAL.size :])


def _record(archive: BinaryIO) -> bytes:
    head = archive.read(_CENTRAL.size)
    if len(head) < _CENTRAL.size or head[:4] != b"PK\x01\x02":
        raise BadZipError("a record of the central directory is damaged")
    length = sum(_CENTRAL.unpack(head)[10:13])
    rest = archive.read(length)
    if len(rest) < length:
        raise BadZipError("a record of the central directory is cut off")
    return head + rest


def _entry(head: bytes, rest: bytes) -> Entry:
    fields = _CENTRAL.unpack(head)
    made_by, _, flags, method = fields[1:5]
    crc, compressed, size, name_length, extra_length = fields[7:12]
    external, offset = fields[15:]
    extra = rest[name_length : name_length + extra_length]
    size, compressed, offset = _zip64_values(extra, size, compressed, offset)
    made_on_unix = made_by >> 8 in (3, 19)
    return Entry(
        name=rest[:name_length],
        flags=flags,
        method=method,
        crc=crc,
        compressed_size=compressed,
        size=size,
        local_offset=offset,
        unix_mode=external >> 16 if made_on_unix else 0,
        record=head + rest,
    )


def _zip64_values(extra: bytes, *values: int) -> list[int]:
    """Values that do not fit 32 bits stand in the zip64 extra field, in this order (4.5.3)."""
    wide = next((data for kind, data in _extra_fields(extra) if kind == _ZIP64_EXTRA), b"")
    found = []
    for value in values:
        if value == _FULL:
            if len(wide) < 8:
                raise BadZipError("a zip64 field is missing")
            found.append(int.from_bytes(wide[:8], "little"))
            wide = wide[8:]
        else:
            found.append(value)
    return found


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        yield kind, extra[position + 4 : position + 4 + length]
        position += 4 + length


def local_header(archive: BinaryIO, entry: Entry, directory: Directory) -> LocalHeader:
    """Return the header before an entry's contents; the file then stands at the contents.

    Nothing may stand before the archive. Raises BadZipError when there is none.
    """
    if entry.local_offset >= directory.offset:
        raise BadZipError("a local header is missing")
    archive.seek(entry.local_offset)
    head = archive.read(_LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
        raise BadZipError("a local header is missing")
    name_length, extra_length = _LOCAL.unpack(head)[9:]
    rest = archive.read(name_length + extra_length)
    if len(rest) < name_length + extra_length:
        raise BadZipError("a local header is cut off")
    return LocalHeader(rest[:name_length], rest[name_length:], len(head) + len(rest))
