"""How are requests kept below a rate?"""

from __future__ import annotations

import threading
import time


class Pace:
    """Holds callers back so that they go on at most so many times in a second."""

    def __init__(self, per_second: float) -> None:
        """`per_second` is greater than 0."""
        self._gap = 1 / per_second
        self._lock = threading.Lock()
        self._next = 0.0

    def __call__(self) -> None:
        """Wait until it is one's turn."""
        with self._lock:
            now = time.monotonic()
            turn = max(self._next, now)
            self._next = turn + self._gap
        if turn > now:
            time.sleep(turn - now)
