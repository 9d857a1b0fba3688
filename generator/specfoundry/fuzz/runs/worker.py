"""What does a process do that shares in a run?

It reads orders from its standard input and tells events on its standard output, one JSON value to a
line. Whatever else is printed goes to the standard error.

Orders: `{"do": "work", …}` says what all is about and comes first; `{"do": "stage", "part": …,
"stage": …, "seconds": …}` is answered by events and a last one, `done`, after so many seconds at the
latest; `{"do": "close", "part": …}` removes what the part created; at the end of the input everything
is closed. An interrupt ends the stage that goes on.
"""

from __future__ import annotations

import json
import logging
import math
import os
import signal
import sys
import time
import traceback
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from specfoundry.fuzz.runs.shards import Part, Work
from specfoundry.fuzz.server.hosting import HostingError, Relay

if TYPE_CHECKING:
    from collections.abc import Callable

    from specfoundry.fuzz.runs.shard import Shard


@dataclass
class Worker:
    """Keeps the parts that this process was given.

    Attributes:
        write: Takes each event.

    """

    write: Callable[[dict[str, Any]], None]
    is_stopped: bool = False
    _deadline: float = math.inf
    _work: Work | None = None
    _relay: Relay = field(default_factory=Relay)
    _shards: dict[tuple[int, int], Shard] = field(default_factory=dict)

    def obey(self, order: dict[str, Any]) -> None:
        """Carry out one order; whatever goes wrong is told."""
        doing = order.pop("do")
        if doing == "work":
            self._work = Work(**order)
            return
        given = order.pop("part")
        part = Part(**{**given, "operations": tuple(given["operations"])})
        if doing == "close":
            self._close(part)
        elif not self.is_stopped:
            self._run(part, order["stage"], order.get("seconds"))
        self._tell(part, {"event": "done", "doing": order.get("stage", doing)})

    def close(self) -> None:
        """Close all parts."""
        for shard in list(self._shards.values()):
            self._close(shard.part)

    def stop(self) -> None:
        """End the stage that goes on, and begin no other."""
        self.is_stopped = True

    def _run(self, part: Part, stage: str, seconds: float | None) -> None:
        begun = time.monotonic()
        self._deadline = math.inf if seconds is None else begun + seconds
        try:
            self._shard(part).run(stage)
        except HostingError as error:
            self._tell(part, _crash(stage, str(error)))
        except Exception as error:  # noqa: BLE001 -- the edge: a mistake of ours is told, with its place
            self._tell(part, _crash(stage, repr(error), traceback.format_exc()))
        spent = round(time.monotonic() - begun, 3)
        self._tell(part, {"event": "stage", "stage": stage, "seconds": spent})

    def _shard(self, part: Part) -> Shard:
        from specfoundry.fuzz.runs.shard import Shard  # noqa: PLC0415 -- slow; the parent is told first

        key = part.number, part.round
        if key not in self._shards:
            if self._work is None:
                raise ValueError("an order came before the work")
            shard = Shard(
                self._work,
                part,
                self._relay,
                lambda event: self._tell(part, event),
                lambda: self.is_stopped or time.monotonic() > self._deadline,
            )
            shard.open()
            self._shards[key] = shard
        return self._shards[key]

    def _close(self, part: Part) -> None:
        shard = self._shards.pop((part.number, part.round), None)
        if shard is None:
            return
        try:
            shard.close()
        except Exception as error:  # noqa: BLE001 -- as above
            self._tell(part, _crash("clearing", repr(error), traceback.format_exc()))

    def _tell(self, part: Part, event: dict[str, Any]) -> None:
        self.write({**event, "part": part.number, "round": part.round})


def _crash(phase: str, message: str, details: str = "") -> dict[str, Any]:
    return {
        "event": "crash",
        "operation": "*",
        "phase": phase,
        "message": message,
        "is_ours": bool(details),
        "details": details,
    }


def main() -> None:
    """Obey orders until there are no more."""
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what an application prints is no event
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    worker = Worker(lambda event: _write(told, event))
    signal.signal(signal.SIGINT, lambda _number, _frame: worker.stop())
    for line in sys.stdin:
        worker.obey(json.loads(line))
    worker.close()


def _write(told: TextIO, event: dict[str, Any]) -> None:
    told.write(json.dumps(event, ensure_ascii=False) + "\n")
    told.flush()


if __name__ == "__main__":
    main()
