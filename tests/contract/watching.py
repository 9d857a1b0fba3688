"""What does a long run leave behind in a server: more memory, jobs that never end?"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Final

_PATIENCE: Final = 60.0
_MEBIBYTE: Final = 1024


class MemoryWatch:
    """The resident memory of a process, looked at every so often until the watch is left.

    Where the system has no `/proc`, nothing is seen.
    """

    def __init__(self, pid: int, every: float = 5.0) -> None:
        """Watch a process.

        Args:
            pid: Of the process.
            every: Seconds between two looks.

        """
        self.status = Path(f"/proc/{pid}/status")
        self.every = every
        self.seen: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def tenths(self) -> list[float]:
        """Return the mean in MiB of each tenth of the time watched, as far as something was seen."""
        size = len(self.seen)
        cuts = [size * part // 10 for part in range(11)]
        parts = (self.seen[begin:end] for begin, end in pairwise(cuts))
        return [sum(part) / len(part) for part in parts if part]

    def _watch(self) -> None:
        while not self._over.wait(self.every):
            memory = _resident(self.status)
            if memory is not None:
                self.seen.append(memory)


def _resident(status: Path) -> float | None:
    try:
        lines = status.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes = [int(line.split()[1]) for line in lines if line.startswith("VmRSS:")]
    return sizes[0] / _MEBIBYTE if sizes else None


def unfinished_jobs(data: Path) -> list[str]:
    """Return which jobs of a server have not ended, a minute after the last request at most.

    Args:
        data: The data directory of the server.

    Returns:
        Operation and guid of each.

    """
    until = time.monotonic() + _PATIENCE
    while (left := _unfinished(data)) and time.monotonic() < until:
        time.sleep(0.5)
    return left


def _unfinished(data: Path) -> list[str]:
    address = f"{(data / 'cloud_controller.db').resolve().as_uri()}?mode=ro"
    query = "SELECT operation || ' ' || guid FROM jobs WHERE state NOT IN ('COMPLETE', 'FAILED')"
    with closing(sqlite3.connect(address, uri=True)) as database:
        return [row[0] for row in database.execute(query)]
