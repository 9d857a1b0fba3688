"""What does somebody at a terminal see while processes fuzz?"""

from __future__ import annotations

import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from specfoundry.fuzz.runs.gathering import Gathering


@dataclass
class Progress:
    """Turns events into one line.

    Attributes:
        gathering: Knows the findings.
        whole: How many stages of parts there are in the first round.

    """

    gathering: Gathering
    whole: int
    _doing: dict[int, str] = field(default_factory=dict)
    _requests: Counter[tuple[int, int]] = field(default_factory=Counter)
    _done: int = 0
    _begun: float = field(default_factory=time.monotonic)

    def take(self, event: Mapping[str, Any]) -> None:
        """Take an event of a worker."""
        if event["event"] == "progress":
            self._doing[event["part"]] = f"{event['doing']} {event['name']}".strip()
            self._requests[event["part"], event["round"]] = event["requests"]
        elif event["event"] == "stage":
            self._doing.pop(event["part"], None)
            self._done += 1

    def line(self) -> str:
        """Return where the run stands."""
        requests = sum(self._requests.values())
        rate = requests / max(time.monotonic() - self._begun, 0.001)
        doing = " · ".join(self._doing[part] for part in sorted(self._doing)) or "starting"
        steps = f"{self._done}/{self.whole}" if self._done <= self.whole else f"{self._done}"
        return (
            f"{steps} stages · {requests} requests, {rate:.0f}/s · "
            f"{self.gathering.found} findings · {doing}"
        )


@contextmanager
def shown(progress: Progress) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Show progress on a terminal; give what takes the events."""
    if not sys.stderr.isatty():
        yield progress.take
        return
    from rich.console import Console  # noqa: PLC0415 -- for terminals only
    from rich.text import Text  # noqa: PLC0415

    with Console(stderr=True).status("starting") as status:

        def take(event: Mapping[str, Any]) -> None:
            progress.take(event)
            status.update(Text(progress.line(), overflow="ellipsis", no_wrap=True))

        yield take
