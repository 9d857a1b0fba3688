"""How much do the scripts of a staging take right now?"""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PAGE = os.sysconf("SC_PAGE_SIZE")
_BLOCK = 512


class ProcessUsage(NamedTuple):
    """What a process and all that descend from it take; `memory` in bytes."""

    processes: int
    memory: int


class DiskUsage(NamedTuple):
    """What directories take: `size` in bytes."""

    entries: int
    size: int


def of_processes(process: int) -> ProcessUsage:
    """Add up a process and its descendants, without the memory of files that they have mapped."""
    found = _family(process)
    return ProcessUsage(len(found), sum(_memory(member) for member in found))


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


def kill_below(directory: Path) -> None:
    """Kill all processes that work in a directory or were started with its path as their home."""
    home = b"HOME=" + os.fsencode(directory) + b"/"
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            inside = (path / "cwd").readlink().is_relative_to(directory)
            if inside or (b"\0" + (path / "environ").read_bytes()).find(b"\0" + home) >= 0:
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
    """Add up directories; what vanishes meanwhile or cannot be read counts as nothing."""
    entries = size = 0
    for path in directories:
        for entry in _all(os.fspath(path)):
            with suppress(OSError):
                entries += 1
                size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
    return DiskUsage(entries, size)


def _all(top: str) -> Iterator[os.DirEntry[str]]:
    waiting = [top]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                yield entry


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
    with suppress(OSError, ValueError, IndexError):
        counts = Path(f"/proc/{process}/statm").read_bytes().split()
        return (int(counts[1]) - int(counts[2])) * _PAGE
    return 0
