"""Does an archive that came hold what it must, and can every reader read it?"""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.oracles.packing import Member, content_of, mode_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_UNREADABLE: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    struct.error,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
_SIZES_FOLLOW: Final = 0x8
_MANY: Final = 0xFFFF
_FULL: Final = 0xFFFFFFFF
_WITH_MODES: Final = (3, 19)
"""Unix and that of Apple."""


def amiss(content: bytes, wanted: Mapping[str, Any]) -> Iterator[str]:
    """Yield what members of an archive are not as they must be.

    Args:
        content: The archive, zip or gzipped tar.
        wanted: By path what a member is: a text, an object like those of the archive that is
            uploaded, or null when there must be none.

    """
    try:
        is_tar = content[:2] == b"\x1f\x8b"
        found = list(_of_tar(content) if is_tar else _of_zip(content))
        gap = None if is_tar else _gap(content)
    except _UNREADABLE:
        yield "the content is no archive that can be read"
        return
    if gap is not None:
        yield gap
    for path, told in _by_path(wanted).items():
        there = [one for one in found if one.path == path]
        if len(there) == len(told):
            yield from _unlike(path, told, there)
        else:
            yield f"the archive holds {path} {len(there)} times, not {len(told)}"


def _by_path(wanted: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Return what must be at each path, in order."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for name, told in wanted.items():
        one = {"text": told} if isinstance(told, str) else told or {}
        found.setdefault(one.get("path", name), []).extend([] if told is None else [one])
    return found


def _unlike(path: str, wanted: list[Mapping[str, Any]], there: list[Member]) -> Iterator[str]:
    for told, one in zip(wanted, there, strict=True):
        if not _is_content(one, told):
            yield f"{path} has other content"
        right = mode_of(path, told, one.content)
        if ("mode" in told or "link" in told) and one.mode != right:
            yield f"{path} has the mode {one.mode:o}, not {right:o}"


def _is_content(one: Member, told: Mapping[str, Any]) -> bool:
    if "sha1" in told:
        digest = hashlib.sha1(one.content, usedforsecurity=False).hexdigest()
        return digest == str(told["sha1"])
    return one.content == content_of(told)


def _of_zip(content: bytes) -> Iterator[Member]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            mode = entry.external_attr >> 16 if entry.create_system in _WITH_MODES else 0
            yield Member(entry.filename, archive.read(entry), mode)


def _of_tar(content: bytes) -> Iterator[Member]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        for entry in archive:
            path = entry.name.removeprefix("./") + ("/" if entry.isdir() else "")
            if entry.issym():
                yield Member(path, entry.linkname.encode(), stat.S_IFLNK | entry.mode)
                continue
            file = archive.extractfile(entry)
            kind = stat.S_IFDIR if entry.isdir() else stat.S_IFREG
            yield Member(path, file.read() if file else b"", kind | entry.mode)


def _gap(content: bytes) -> str | None:
    """Say where readers that go from front to back would lose their way in a zip archive.

    Raises:
        struct.error: It is cut off.

    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
        begin = archive.start_dir
    position = 0
    for entry in entries:
        if entry.header_offset != position or entry.volume:
            return f"in front of {entry.filename} stands something that nothing tells of"
        if content[position + 4 : position + 14] != _told_twice(entry):
            return f"what stands in front of {entry.filename} is not what the directory tells"
        if 0 in entry.date_time[1:3]:
            return f"the date of {entry.filename} is no day"
        if content[position + 14 : position + 26] not in _sizes_in_front(entry):
            return f"the sizes in front of {entry.filename} are not its own"
        flags, lengths = content[position + 6], struct.unpack_from("<HH", content, position + 26)
        position += 30 + sum(lengths) + entry.compress_size
        if flags & _SIZES_FOLLOW:
            extra = content[position - entry.compress_size - lengths[1] :][: lengths[1]]
            sizes = _descriptor(content[position : position + 24], entry, is_wide=_is_wide(extra))
            if sizes is None:
                return f"the sizes behind {entry.filename} are not its own"
            position += sizes
    if position != begin:
        return "in front of the directory stands something else"
    return _end_problem(content, len(entries), begin)


def _end_problem(content: bytes, count: int, begin: int) -> str | None:
    """Say what the end of a zip archive does not tell of a directory, or tells wrongly."""
    end = content.rindex(b"PK\x05\x06")
    numbers = struct.unpack_from("<4H", content, end + 4)
    if numbers not in ((0, 0, count, count), (0, 0, _MANY, _MANY)):
        return "the end does not tell how many members there are"
    comment = struct.unpack_from("<H", content, end + 20)[0]
    if end + 22 + comment != len(content):
        return "the end is longer than it says"
    is_told = numbers[2] != _MANY or _is_wide_end(content, end, count, begin)
    return None if is_told else "the end in zip64 does not tell what the directory is"


def _is_wide_end(content: bytes, end: int, count: int, begin: int) -> bool:
    """Whether the two records in front of the end are those of zip64 (APPNOTE 4.3.14, 4.3.15)."""
    place = end - 76
    size = place - begin
    record = struct.pack("<H2L4Q", 45, 0, 0, count, count, size, begin)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1)
    return (
        content[place : place + 12] == struct.pack("<4sQ", b"PK\x06\x06", 44)
        and content[place + 14 : end] == record + locator
    )


def _told_twice(entry: zipfile.ZipInfo) -> bytes:
    """Return version, flags, method, time and date of a member as the directory tells them."""
    year, month, day, hour, minute, second = entry.date_time
    date = (year - 1980) << 9 | month << 5 | day
    time = hour << 11 | minute << 5 | second // 2
    flags, method = entry.flag_bits, entry.compress_type
    return struct.pack("<5H", entry.extract_version, flags, method, time, date)


def _sizes_in_front(entry: zipfile.ZipInfo) -> list[bytes]:
    """Return how check sum and sizes may stand in front of a member: of no use when they follow."""
    full = struct.pack("<3L", entry.CRC, _FULL, _FULL)
    if entry.flag_bits & _SIZES_FOLLOW:
        return [bytes(12), struct.pack("<3L", 0, _FULL, _FULL), full]
    return [struct.pack("<3L", entry.CRC, entry.compress_size, entry.file_size), full]


def _is_wide(extra: bytes) -> bool:
    """Whether sizes have eight bytes: zip64 is among the fields of a member (APPNOTE 4.5.3)."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1:
            return True
        extra = extra[4 + length :]
    return False


def _descriptor(text: bytes, entry: zipfile.ZipInfo, *, is_wide: bool) -> int | None:
    """Return how long the sizes behind a member are, None when they are not its sizes."""
    layout = "<LQQ" if is_wide else "<3L"
    sizes = struct.pack(layout, entry.CRC, entry.compress_size, entry.file_size)
    right = next((one for one in (b"PK\x07\x08" + sizes, sizes) if text.startswith(one)), None)
    return None if right is None else len(right)
