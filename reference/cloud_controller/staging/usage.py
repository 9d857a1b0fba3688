"""How much do the scripts of a staging take right now?"""

from __future__ import annotations

import errno
import os
import signal
import stat
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK = 512


class ProcessUsage(NamedTuple):
    """What a process and all that descend from it take; sizes in bytes.

    Attributes:
        processes: How many there are.
        memory: What they have written to, without the files that they have mapped.
        hidden: Files that they have open and that no directory names, on disk or in memory.

    """

    processes: int
    memory: int
    hidden: int


class DiskUsage(NamedTuple):
    """What directories take: `size` in bytes; `countable` unless something is nested too deep."""

    entries: int
    size: int
    countable: bool


def of_processes(process: int) -> ProcessUsage:
    """Add up a process and its descendants."""
    found = _family(process)
    hidden: dict[tuple[int, int], int] = {}
    for member in found:
        hidden |= _hidden_files(member)
    memory = sum(_memory(member) for member in found)
    return ProcessUsage(len(found), memory, sum(hidden.values()))


def kill_children(process: int) -> None:
    """Kill what a process started itself; where that is a sandbox, all in it end with it."""
    for child in _children_of_all().get(process, ()):
        _kill(child)


def kill_family(process: int) -> None:
    """Kill a process, its group and what descends from it."""
    family = _family(process)
    kill_group(process)
    for member in family:
        _kill(member)


def kill_group(process: int) -> None:
    """Kill the process group that a process leads."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)


def kill_marked(marks: Iterable[bytes]) -> None:
    """Kill all processes that were started with one of these at the start of a variable."""
    wanted = tuple(marks)
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            variables = (path / "environ").read_bytes().split(b"\0")
            if any(variable.startswith(wanted) for variable in variables):
                _kill(int(path.name))


def _kill(process: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(process, signal.SIGKILL)


def _family(process: int) -> list[int]:
    started = _children_of_all()
    waiting, family = [process], []
    while waiting:
        member = waiting.pop()
        family.append(member)
        waiting += started.get(member, ())
    return family


def of_directories(directories: Iterable[Path]) -> DiskUsage:
    """Add up directories; what vanishes meanwhile counts as nothing.

    A directory that its owner cannot read is made readable: it would hide what is in it.
    """
    entries = size = 0
    try:
        for path in directories:
            for entry in entries_below(os.fspath(path)):
                with suppress(FileNotFoundError):
                    entries += 1
                    size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        return DiskUsage(entries, size, countable=False)
    return DiskUsage(entries, size, countable=True)


def entries_below(top: str) -> Iterator[os.DirEntry[str]]:
    """Yield all that is below a directory.

    Raises:
        OSError: Something is nested deeper than a path can say.

    """
    waiting = [top]
    while waiting:
        with suppress(FileNotFoundError, NotADirectoryError):
            for entry in _listed(waiting.pop()):
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                yield entry


def _listed(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as found:
            return list(found)
    except PermissionError:
        _open_up(directory)
        with os.scandir(directory) as found:
            return list(found)


def _open_up(directory: str) -> None:
    """Give the owner all rights on a directory, but only if no link has taken a place in its path.

    Scripts run meanwhile; a link would have the rights of something of the server's changed.
    """
    descriptor = os.open(directory, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        opened = f"/proc/self/fd/{descriptor}"
        if os.readlink(opened) == directory:  # noqa: PTH115 -- as it is written
            os.chmod(opened, 0o700)  # noqa: PTH101 -- by descriptor
    finally:
        os.close(descriptor)


def _children_of_all() -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for name in os.listdir("/proc"):  # noqa: PTH208 -- many and often
        if name.isdecimal():
            with suppress(OSError, ValueError, IndexError):
                stat = Path("/proc", name, "stat").read_bytes()
                # The program's name may hold anything, but it ends with the last parenthesis.
                parent = int(stat.rpartition(b")")[2].split()[1])
                found[parent].append(int(name))
    return found


def _memory(process: int) -> int:
    found = 0
    with suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{process}/status").read_bytes().splitlines():
            if line.startswith((b"RssAnon:", b"RssShmem:")):
                found += int(line.split()[1]) * 1024
    return found


def _hidden_files(process: int) -> dict[tuple[int, int], int]:
    found = {}
    with suppress(OSError), os.scandir(f"/proc/{process}/fd") as descriptors:
        for entry in descriptors:
            with suppress(OSError):
                status = os.stat(entry.path)  # noqa: PTH116 -- many and often
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                    found[status.st_dev, status.st_ino] = status.st_blocks * _BLOCK
    return found
