"""Which bytes is a droplet?

A tar.gz of `./app`, `./deps`, `./profile.d`, `./logs`, `./tmp` and `./staging_info.yml`. The same
files give the same bytes: names are sorted, owners and times are set.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import stat
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cloud_controller.staging.grounds import Grounds

_USER: Final = 2000
_NAME: Final = "vcap"
# 1980-01-01, the first moment that a zip can name: packages without times carry it as well.
_TIME: Final = 315_532_800
_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: digests in hex, size in bytes."""

    sha1: str
    sha256: str
    size: int


class TarballError(Exception):
    """The droplet cannot be written; the text is one line."""


def write(grounds: Grounds, *, detected: str, start_command: str, limit: int) -> Written:
    """Write the droplet from what scripts left behind.

    Args:
        grounds: Where the files are, and where the droplet goes.
        detected: Name of the buildpack that finished the app.
        start_command: Command of the process `web`, or empty.
        limit: How many bytes it may take.

    Raises:
        TarballError: It grows too large, or files cannot be read.

    """
    try:
        with grounds.droplet.open("xb") as file:
            sink = _Sink(file, limit)
            # Without name and time in its header, the same contents give the same bytes.
            with gzip.GzipFile("", "wb", _LEVEL, sink, mtime=0) as packed:
                _write(packed, grounds, _information(detected, start_command))
        return sink.summary()
    except OSError as error:
        raise TarballError(f"the droplet cannot be written: {error.strerror}") from error


def _write(target: gzip.GzipFile, grounds: Grounds, information: bytes) -> None:
    # The format is pax: names of any bytes and any length.
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(_directory("."))
        _add(archive, "./app", grounds, grounds.app)
        _add(archive, "./deps", grounds, grounds.dependencies)
        archive.addfile(_directory("./logs"))
        _add(archive, "./profile.d", grounds, grounds.profile)
        entry = _entry("./staging_info.yml", tarfile.REGTYPE, 0o644)
        entry.size = len(information)
        archive.addfile(entry, io.BytesIO(information))
        archive.addfile(_directory("./tmp"))


def _information(detected: str, start_command: str) -> bytes:
    """Return the contents of staging_info.yml, JSON as the real lifecycle writes it."""
    found = {"detected_buildpack": detected, "start_command": start_command}
    return json.dumps(found, separators=(",", ":")).encode() + b"\n"


def _add(archive: tarfile.TarFile, name: str, grounds: Grounds, top: Path) -> None:
    if not top.is_dir() or not grounds.is_own(top):
        return  # scripts took it away
    archive.addfile(_directory(name))
    for path, status in _all(os.fspath(top)):
        inside = name + path[len(os.fspath(top)) :]
        if stat.S_ISDIR(status.st_mode):
            archive.addfile(_entry(inside, tarfile.DIRTYPE, stat.S_IMODE(status.st_mode)))
        elif stat.S_ISLNK(status.st_mode):
            link = _entry(inside, tarfile.SYMTYPE, 0o777)
            link.linkname = os.readlink(path)  # noqa: PTH115 -- as it is written
            archive.addfile(link)
        elif stat.S_ISREG(status.st_mode):
            _add_file(archive, inside, path)
        # Sockets, pipes and devices are of no use in a droplet.


def _all(top: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield what is below a directory, in an order that depends on names alone."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
        if folder != top:
            yield folder, os.lstat(folder)
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield entry.path, entry.stat(follow_symlinks=False)
        waiting += [e.path for e in reversed(entries) if e.is_dir(follow_symlinks=False)]


def _add_file(archive: tarfile.TarFile, name: str, path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        entry = _entry(name, tarfile.REGTYPE, stat.S_IMODE(status.st_mode))
        entry.size = status.st_size
        archive.addfile(entry, file)


def _directory(name: str) -> tarfile.TarInfo:
    return _entry(name, tarfile.DIRTYPE, 0o755)


def _entry(name: str, kind: bytes, permissions: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type = kind
    entry.mode = permissions
    entry.mtime = _TIME
    entry.uid = entry.gid = _USER
    entry.uname = entry.gname = _NAME
    return entry


class _Sink:
    """Counts and digests all that is written."""

    def __init__(self, target: BinaryIO, limit: int) -> None:
        self._target = target
        self._limit = limit
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        self._size += len(data)
        if self._size > self._limit:
            raise TarballError(f"the droplet is larger than {self._limit >> 20} MB")
        self._target.write(data)
        self._sha1.update(data)
        self._sha256.update(data)
        return len(data)

    def flush(self) -> None:
        self._target.flush()

    def summary(self) -> Written:
        return Written(self._sha1.hexdigest(), self._sha256.hexdigest(), self._size)
