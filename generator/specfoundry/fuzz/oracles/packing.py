"""Which bytes are an archive whose members, and faults, a case names?

Zip as APPNOTE 6.3 describes it, written here because no library writes what is not so: sizes that
do not fit, two names of one member, bytes that were cut off.
"""

from __future__ import annotations

import bz2
import io
import random
import stat
import struct
import tarfile
import zlib
from dataclasses import dataclass, field, replace
from gzip import compress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_VERSION: Final = 45
_UNIX: Final = 3
_ENCRYPTED: Final = 0x1
_SIZES_FOLLOW: Final = 0x8
_UTF8: Final = 0x800
_DATE: Final = (1 << 5) | 1
_FULL: Final = 0xFFFFFFFF
_STAMP: Final = struct.pack("<HHBL", 0x5455, 5, 1, 315532800)
"""A field that packers add and that says nothing of sizes."""


@dataclass(frozen=True)
class Member:
    """What an archive holds at one path.

    Attributes:
        path: Its name, and that in front of its content when it `says` no other.
        content: Its bytes; of a link, where it leads.
        mode: As Unix has it, with the kind of file.
        method: How it is packed, as zip numbers it.
        system: On which it was made, as zip numbers it.
        is_encrypted: Whether it says that a password is needed.
        comment: How many characters are said of it.
        says: What is said that is not so, by `size`, `packed`, `sum`, `offset`, `comment`
            and `name`.

    """

    path: str
    content: bytes
    mode: int
    method: int = 8
    system: int = _UNIX
    is_encrypted: bool = False
    comment: int = 0
    says: Mapping[str, Any] = field(default_factory=dict)


def members(entries: Mapping[str, Any]) -> list[Member]:
    """Return the members that a case names by their paths."""
    return [member for path, one in entries.items() for member in _alike(_member(path, one), one)]


def _alike(first: Member, told: Any) -> list[Member]:
    """Return a member and its copies, which have numbers behind their paths."""
    copies = told.get("copies", 0) if isinstance(told, dict) else 0
    return [first, *(replace(first, path=f"{first.path}{n}") for n in range(1, copies + 1))]


def _member(path: str, told: Any) -> Member:
    if isinstance(told, str):
        told = {"text": told}
    path = str(told.get("path", path))
    content = content_of(told)
    return Member(
        path=path,
        content=content,
        mode=mode_of(path, told, content),
        method=told.get("method", 8),
        system=told.get("system", _UNIX),
        is_encrypted=told.get("encrypted", False),
        comment=told.get("comment", 0),
        says=told.get("says", {}),
    )


def content_of(told: Mapping[str, Any]) -> bytes:
    """Return the bytes of a member."""
    if "noise" in told:
        return random.Random(told["noise"]).randbytes(told["noise"])  # noqa: S311 -- repeatable
    text = str(told.get("link", told.get("text", "")))
    return text.encode() * int(told.get("repeat", 1))


def mode_of(path: str, told: Mapping[str, Any], content: bytes) -> int:
    """Return the kind of file and the permissions: what begins as a script does can be run."""
    if "link" in told:
        return stat.S_IFLNK | int(told.get("mode", "777"), 8)
    if path.endswith("/"):
        return stat.S_IFDIR | int(told.get("mode", "755"), 8)
    usual = "755" if content.startswith(b"#!") else "644"
    return stat.S_IFREG | int(told.get("mode", usual), 8)


def tarball(wanted: Sequence[Member]) -> bytes:
    """Return a gzipped tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for member in wanted:
            entry = tarfile.TarInfo(member.path)
            entry.mode = stat.S_IMODE(member.mode)
            if stat.S_ISLNK(member.mode):
                entry.type, entry.linkname = tarfile.SYMTYPE, member.content.decode()
                archive.addfile(entry)
                continue
            entry.type = tarfile.DIRTYPE if stat.S_ISDIR(member.mode) else tarfile.REGTYPE
            entry.size = len(member.content)
            archive.addfile(entry, io.BytesIO(member.content))
    return compress(buffer.getvalue(), mtime=0)


def zip_archive(wanted: Sequence[Member], packing: Mapping[str, Any]) -> bytes:
    """Return a zip archive.

    Args:
        wanted: Its members in order.
        packing: `streamed` (sizes stand behind the content, `signed` or `bare`), `zip64`,
            `wide` (which numbers of its end have eight bytes), `comment` (its length), `before`
            (text in front of it), `says` (`entries`, `size`, `offset` of the directory, and
            `place` of its wide end, that are not so), `cut` (how many of its last bytes are
            missing).

    """
    whole = bytearray(str(packing.get("before", "")).encode())
    shift = len(whole)
    records = []
    for member in wanted:
        offset = len(whole) - shift
        packed = _packed(member)
        whole += _before(member, packed, packing) + packed + _behind(member, packed, packing)
        records.append(_record(member, packed, offset, packing))
    begin = len(whole) - shift
    directory = b"".join(records)
    whole += directory
    whole += _end(len(wanted), len(directory), begin, packing)
    return bytes(whole[: len(whole) - packing.get("cut", 0)])


def _packed(member: Member) -> bytes:
    if member.method == 8:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return packer.compress(member.content) + packer.flush()
    return bz2.compress(member.content) if member.method == 12 else member.content


def _numbers(member: Member, packed: bytes) -> tuple[int, int, int]:
    """Return the check sum, the size when packed, and the size of a member, as it says them."""
    says = member.says
    return (
        says.get("sum", zlib.crc32(member.content)),
        says.get("packed", len(packed)),
        says.get("size", len(member.content)),
    )


def _flags(member: Member, packing: Mapping[str, Any]) -> int:
    streamed = _SIZES_FOLLOW if packing.get("streamed") else 0
    return _UTF8 | streamed | (_ENCRYPTED if member.is_encrypted else 0)


def _before(member: Member, packed: bytes, packing: Mapping[str, Any]) -> bytes:
    name = str(member.says.get("name", member.path)).encode()
    crc, packed_size, size = (0, 0, 0) if packing.get("streamed") else _numbers(member, packed)
    extra = _STAMP
    if packing.get("zip64"):
        extra += struct.pack("<HHQQ", 1, 16, size, packed_size)
        packed_size = size = _FULL
    fixed = (_VERSION, _flags(member, packing), member.method, 0, _DATE, crc, packed_size, size)
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", *fixed, len(name), len(extra)) + name + extra


def _behind(member: Member, packed: bytes, packing: Mapping[str, Any]) -> bytes:
    if not packing.get("streamed"):
        return b""
    layout = "<LQQ" if packing.get("zip64") else "<3L"
    signature = b"" if packing["streamed"] == "bare" else b"PK\x07\x08"
    return signature + struct.pack(layout, *_numbers(member, packed))


def _record(member: Member, packed: bytes, offset: int, packing: Mapping[str, Any]) -> bytes:
    name = member.path.encode()
    crc, packed_size, size = _numbers(member, packed)
    offset = member.says.get("offset", offset)
    extra = _STAMP
    if packing.get("zip64"):
        extra += struct.pack("<HHQQQ", 1, 24, size, packed_size, offset)
        packed_size = size = offset = _FULL
    made = member.system << 8 | _VERSION
    comment = member.says.get("comment", member.comment)
    fixed = (made, _VERSION, _flags(member, packing), member.method, 0, _DATE)
    sizes = (crc, packed_size, size, len(name), len(extra), comment, 0, 0)
    head = struct.pack("<4s6H3L5HLL", b"PK\x01\x02", *fixed, *sizes, member.mode << 16, offset)
    return head + name + extra + b" " * member.comment


def _end(count: int, size: int, offset: int, packing: Mapping[str, Any]) -> bytes:
    says = packing.get("says", {})
    count, size = says.get("entries", count), says.get("size", size)
    comment = b" " * int(packing.get("comment", 0))
    place = offset + size
    offset = says.get("offset", offset)
    wide = b""
    if kept := packing.get("wide", ["entries", "size", "offset"] if packing.get("zip64") else []):
        fixed = (44, _VERSION, _VERSION, 0, 0, count, count, size, offset)
        wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", *fixed)
        wide += struct.pack("<4sLQL", b"PK\x06\x07", 0, says.get("place", place), 1)
    count = 0xFFFF if "entries" in kept else count
    size, offset = (_FULL if "size" in kept else size), (_FULL if "offset" in kept else offset)
    ends = (0, 0, count, count, size, offset, min(len(comment), 0xFFFF))
    return wide + struct.pack("<4s4H2LH", b"PK\x05\x06", *ends) + comment
