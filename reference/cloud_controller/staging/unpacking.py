"""How do the files of a zip come into a directory, and nowhere else?"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from cloud_controller.domain import zip_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK: Final = 1024 * 1024
_MAX_LINK: Final = 4096
_USUAL_RECORD: Final = 512  # more than an entry takes in the directory of a zip
_UTF8: Final = 0x0800
_UNIX: Final = (3, 19)

# What zipfile and its decompressors raise for damaged, encrypted or unknown contents.
_DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    OverflowError,
)  # fmt: skip


class UnpackingError(Exception):
    """The zip cannot be unpacked; the text is one line."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a zip may hold: entries, and uncompressed bytes."""

    entries: int
    size: int


def unpack(archive: Path, directory: Path, bounds: Bounds) -> None:
    """Unpack a zip.

    As Info-ZIP does, `..`, `.` and a leading slash are left out of names. Links are made last and
    nothing is ever written through one, so that nothing outside of `directory` is touched;
    wherever they point, only whoever reads them later may mind.

    Raises:
        UnpackingError: It is damaged or encrypted, holds too much or no sensible names.

    """
    try:
        with archive.open("rb") as file:
            found = zip_directory.find(file)
            # The number may be a lie; zipfile goes by the size.
            if found.entries > bounds.entries or found.size > bounds.entries * _USUAL_RECORD:
                raise UnpackingError(f"it has more than {bounds.entries} entries")
            with zipfile.ZipFile(file) as opened:
                _unpack(opened, os.fsencode(directory), bounds)
    except (zip_directory.BadZipError, *_DAMAGED) as error:
        raise UnpackingError(f"it is damaged: {error}") from error
    except OSError as error:
        raise UnpackingError(f"its files cannot be made: {error.strerror}") from error


def _unpack(archive: zipfile.ZipFile, top: bytes, bounds: Bounds) -> None:
    left = bounds.size
    links: dict[bytes, bytes] = {}
    for entry in archive.infolist():
        path = _path(entry, top)
        if path == top:
            continue
        if stat.S_ISLNK(_mode(entry)):
            links[path] = _target(archive, entry)
        elif entry.is_dir():
            os.makedirs(path, mode=0o755, exist_ok=True)  # noqa: PTH103 -- names are bytes
        else:
            with archive.open(entry) as contents:
                left = _write(contents, path, _permissions(entry), left)
    for path, target in links.items():
        if any(above in links for above in _above(path)):
            raise UnpackingError("it has a link below a link")
        _make_parent(path)
        os.symlink(target, path)  # noqa: PTH211 -- names are bytes


def _path(entry: zipfile.ZipInfo, top: bytes) -> bytes:
    name = entry.orig_filename.partition("\0")[0]
    # Names without the mark of UTF-8 are taken as they are; zipfile has decoded them as cp437.
    raw = name.encode("utf-8" if entry.flag_bits & _UTF8 else "cp437", "surrogateescape")
    return b"/".join((top, *(part for part in raw.split(b"/") if part not in (b"", b".", b".."))))


def _above(path: bytes) -> Iterator[bytes]:
    while b"/" in path:
        path = path[: path.rindex(b"/")]
        yield path


def _mode(entry: zipfile.ZipInfo) -> int:
    return entry.external_attr >> 16 if entry.create_system in _UNIX else 0


def _permissions(entry: zipfile.ZipInfo) -> int:
    # Whatever the zip says, the owner can read and change it, and nothing changes its user.
    return (_mode(entry) & 0o777 or 0o644) | 0o600


def _target(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as contents:
        target = contents.read(_MAX_LINK)
    if not target or b"\0" in target or len(target) == _MAX_LINK:
        raise UnpackingError("it has a link to nowhere")
    return target


def _write(contents: IO[bytes], path: bytes, permissions: int, left: int) -> int:
    """Write a file; return how many bytes are left for others."""
    _make_parent(path)
    if os.path.lexists(path):  # named twice: the last one stays
        os.unlink(path)  # noqa: PTH108 -- names are bytes
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(path, flags, permissions), "wb") as file:  # noqa: PTH123 -- names are bytes
        os.fchmod(file.fileno(), permissions)
        while chunk := contents.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise UnpackingError("its files are too large together")
            file.write(chunk)
    return left


def _make_parent(path: bytes) -> None:
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)  # noqa: PTH103, PTH120 -- bytes


def make_programs_executable(directory: Path) -> None:
    """Make what lies in `bin` executable, unless something there is: zips may have no modes."""
    programs = [path for path in sorted((directory / "bin").glob("*")) if _is_plain(path)]
    if any(path.stat().st_mode & 0o111 for path in programs):
        return
    for path in programs:
        path.chmod(0o755)


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
