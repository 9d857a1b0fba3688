"""How is the work on one server shared by processes, and how does it end?

Each part of the document belongs to one process from the beginning to the end, so that what a part
finds depends on its seed alone. Processes take orders and tell events, see `worker`.
"""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from specfoundry.fuzz.runs.shards import STAGES, Part, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

Event: TypeAlias = dict[str, Any]

_AGAIN: Final = ("oracles", "fuzzing", "stateful")
"""What asks anew with another seed."""
_DEATHS: Final = 3
_LIFE: Final = 60.0
"""Seconds after which a process makes room for a fresh one: libraries keep what they compiled."""
_RENEW: Final[Event] = {"do": "renew"}
_NOBODY: Final = -1
"""Tells, in the place of a process, that somebody has interrupted the run."""
_LAST_WORDS: Final = 2000
_PATIENCE: Final = 60.0
"""Seconds in which processes that are to end may clear up."""


@dataclass(kw_only=True)
class Campaign:
    """A run on one server.

    Attributes:
        work: What is to be done.
        parts: With which operations.
        stages: Which of `shards.STAGES`.
        workers: How many processes.
        seconds: How long to go on with fresh seeds; None: once through.
        listen: Told each event; returns whether to go on.
        logs: Folder for what processes print.

    """

    work: Work
    parts: Sequence[Part]
    stages: Sequence[str] = STAGES
    workers: int = 1
    seconds: float | None = None
    listen: Callable[[Event], bool]
    logs: Path
    stop_reason: str = "completed"
    # A signal may come while the queue is in use: only this kind can be put into then.
    _told: queue.SimpleQueue[tuple[int, Event | None]] = field(default_factory=queue.SimpleQueue)
    _slots: dict[int, _Slot] = field(default_factory=dict)
    _begun: float = 0.0
    _asked: int = -1
    """The last round in which anything was asked."""
    _interrupts: int = 0

    def run(self) -> None:
        """Go through all stages with all parts; an interrupt ends it early, but cleanly."""
        self._begun = time.monotonic()
        self.logs.mkdir(parents=True, exist_ok=True)
        count = max(1, min(self.workers, len(self.parts)))
        with _noticed(self._interrupt):
            for number in range(count):
                orders = self._orders(self.parts[number::count])
                log = self.logs / f"worker-{number}.log"
                slot = self._slots[number] = _Slot(number, orders, log)
                self._start(slot)
                self._send(slot)
            self._attend()
            if self._interrupts:
                self._end("interrupted")

    def _interrupt(self) -> None:
        self._interrupts += 1
        self._told.put((_NOBODY, None))

    def _orders(self, parts: Sequence[Part]) -> Iterator[Event]:
        """Yield the orders of one process, the cheap stages of all its parts first."""
        for stage in self.stages:
            for part in parts:
                yield self._order(part, stage)
        for part in parts:
            yield {"do": "close", "part": asdict(part)}
        again = [stage for stage in _AGAIN if stage in self.stages]
        number, born = 0, time.monotonic()
        while again and self.seconds is not None and self._left() > 0:
            if self._asked < number:
                self.stop_reason = "nothing could be asked any more"
                return
            number += 1
            for part in (replace(one, round=number) for one in parts):
                for stage in again:
                    yield self._order(part, stage)
                yield {"do": "close", "part": asdict(part)}
                if time.monotonic() - born > _LIFE:
                    yield dict(_RENEW)
                    born = time.monotonic()

    def _order(self, part: Part, stage: str) -> Event:
        left = None if self.seconds is None else max(self._left(), 0.0)
        return {"do": "stage", "part": asdict(part), "stage": stage, "seconds": left}

    def _left(self) -> float:
        return (self.seconds or 0.0) - (time.monotonic() - self._begun)

    def _start(self, slot: _Slot) -> None:
        slot.start(lambda event: self._told.put((slot.number, event)))
        slot.send({"do": "work", **asdict(self.work)})

    def _send(self, slot: _Slot) -> None:
        """Give a process its next order, or no more at all."""
        slot.order = next(slot.orders, None)
        if slot.order is None or slot.order == _RENEW:
            slot.finish()
        else:
            slot.send(slot.order)

    def _attend(self) -> None:
        """Take events until every process has ended."""
        while any(slot.is_running for slot in self._slots.values()):
            number, event = self._told.get()
            if number == _NOBODY:
                return
            slot = self._slots[number]
            if event is None:
                self._ended(slot)
            elif event["event"] == "done":
                self._send(slot)
            else:
                self._hear(event)

    def _hear(self, event: Event) -> None:
        if event["event"] == "coverage":  # comes after every stage that has begun
            self._asked = max(self._asked, event["round"])
        if not self.listen(event):
            self._end("stopped at the first finding")

    def _ended(self, slot: _Slot) -> None:
        status = slot.wait()
        if slot.order is None:
            return
        if slot.order != _RENEW:
            slot.deaths += 1
            self.listen({**_death(slot, status), "part": slot.order["part"]["number"]})
        if slot.deaths < _DEATHS:
            self._start(slot)
            self._send(slot)

    def _end(self, reason: str) -> None:
        """Let all processes end the stage they are in and clear up; a second interrupt kills them."""
        self.stop_reason = reason
        for slot in self._slots.values():
            slot.interrupt()
        self._drain(time.monotonic() + _PATIENCE)
        for slot in self._slots.values():
            slot.kill()

    def _drain(self, deadline: float) -> None:
        while time.monotonic() < deadline and any(s.is_running for s in self._slots.values()):
            with suppress(queue.Empty):
                number, event = self._told.get(timeout=0.2)
                if number == _NOBODY:
                    self.stop_reason = "killed"
                    return
                if event is None:
                    self._slots[number].wait()
                elif event["event"] != "done":
                    self.listen(event)


@contextmanager
def _noticed(interrupted: Callable[[], None]) -> Iterator[None]:
    """Have a function called at every interrupt, instead of an exception at any place.

    An exception could be lost in code that ends objects. Only the main thread is told of signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda _number, _frame: interrupted())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _death(slot: _Slot, status: int) -> Event:
    order = slot.order or {}
    text = f"the process of a part ended with status {status}; {slot.log} has its last words"
    return {
        "event": "crash",
        "operation": "*",
        "phase": order.get("stage", "clearing"),
        "message": text,
        "is_ours": True,
        "details": slot.last_words(),
        "round": order.get("part", {}).get("round", 0),
    }


@dataclass
class _Slot:
    """A process, and what it is to do."""

    number: int
    orders: Iterator[Event]
    log: Path
    order: Event | None = None
    """What it is at; None: nothing any more."""
    deaths: int = 0
    is_running: bool = False
    _process: subprocess.Popen[str] | None = None

    def start(self, tell: Callable[[Event | None], None]) -> None:
        """Start a process; `tell` gets its events, from another thread, and None at its end."""
        with self.log.open("a", encoding="utf-8") as log:
            # A session of its own: an interrupt at the terminal is for the parent to pass on.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "specfoundry.fuzz.runs.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                start_new_session=True,
            )
        self.is_running = True
        threading.Thread(target=_listen, args=(self._process, tell), daemon=True).start()

    def send(self, order: Mapping[str, Any]) -> None:
        """Write an order; a process that has died is noticed at the end of its output."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError, ValueError):
                self._process.stdin.write(json.dumps(order) + "\n")
                self._process.stdin.flush()

    def finish(self) -> None:
        """Give no more orders."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError, ValueError):
                self._process.stdin.close()

    def interrupt(self) -> None:
        """End what it is at, and give no more orders."""
        self.order = None
        if self._process is not None and self.is_running:
            self._process.send_signal(signal.SIGINT)
            self.finish()

    def kill(self) -> None:
        """End it now."""
        if self._process is not None and self.is_running:
            self._process.kill()
            self.wait()

    def wait(self) -> int:
        """Return the exit status."""
        self.is_running = False
        return self._process.wait() if self._process is not None else 0

    def last_words(self) -> str:
        """Return the end of what it printed."""
        with suppress(OSError):
            return self.log.read_text(encoding="utf-8", errors="replace")[-_LAST_WORDS:]
        return ""


def _listen(process: subprocess.Popen[str], tell: Callable[[Event | None], None]) -> None:
    with suppress(ValueError, OSError):
        for line in process.stdout or ():
            tell(json.loads(line))
    tell(None)
