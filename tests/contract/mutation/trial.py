"""What becomes of one changed server, from its start to the first finding?"""

from __future__ import annotations

import signal
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
from mutation.checks import FRESH, WAYS, Finding, Live
from mutation.grounds import SETTINGS, Grounds, log_in
from mutation.serving import CannotStart, ServerProcess

from specfoundry.fuzz.server.session import StopRunError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 200
_ANSWER_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to do with one server.

    Attributes:
        grounds: What it begins with.
        way: Name of the way to check it.
        sources: Changed sources by module; empty for the healthy server.
        seed: For what is drawn by chance.
        settings: Of the server, beside those of all.
        keep_on: Go on after the first finding.
        known: Findings that do not count, as pairs of check and operation.
        focus: operationIds to ask about before all others.
        thorough: Whether to ask about the others at all.
        thrift: Of so many variations of a question one is sent.
        trace: File for what the server's functions work for; the server is not restarted then.

    """

    grounds: Grounds
    way: str = "oracles"
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)
    seed: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)
    keep_on: bool = False
    known: frozenset[tuple[str, str]] = frozenset()
    focus: frozenset[str] = frozenset()
    thorough: bool = True
    thrift: int = 1
    trace: Path | None = None

    def __call__(self, folder: Path) -> dict[str, Any]:
        """Start the server in an empty folder and check it.

        Returns:
            `findings`, a list of objects with check, operation and message; `unused`, the changed
            modules that were not imported when it was up; `times`, the seconds of each part;
            `crashes`, the parts that failed by our own fault.

        """
        if self.way != FRESH:
            self.grounds.lay_out(folder)
        settings = {**SETTINGS, **self.settings}
        server = ServerProcess(folder, self.sources, settings, self.trace)
        course = _Course(self)
        try:
            server.start()
            course.note("", None)
            self._check(server, course)
        except CannotStart as problem:
            course.found[Finding("start", "", str(problem))] = None
        except StopRunError as problem:
            course.found[Finding("gone", "", str(problem))] = None
        except _Enough:
            pass
        finally:
            server.kill(signal.SIGTERM if self.trace else signal.SIGKILL)
        course.note("", None)
        return {
            "findings": [asdict(finding) for finding in course.found],
            "unused": server.unused,
            "times": course.times,
            "crashes": course.crashes,
        }

    def _check(self, server: ServerProcess, course: _Course) -> None:
        with httpx2.Client(base_url=server.url, timeout=_ANSWER_SECONDS) as http:
            log_in(http, "admin", "admin")
            live = Live(
                http=http,
                identities=self.grounds.identities,
                references=self.grounds.references,
                restart=None if self.trace else server.restart,
                hamper=server.hamper,
                focus=self.focus,
                thorough=self.thorough,
                note=course.note,
                seed=self.seed,
                thrift=self.thrift,
            )
            WAYS[self.way](live, course.tell)


class _Enough(BaseException):
    """The first finding; no `except Exception` of a check may hold it back."""


class _Course:
    """What is told during one trial."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._part, self._since = "start", time.monotonic()
        self.found: dict[Finding, None] = {}
        self.times: dict[str, float] = {}
        self.crashes: list[str] = []

    def tell(self, finding: Finding) -> None:
        """Take a finding; the first may be enough."""
        if (finding.check, finding.operation) not in self._trial.known:
            self.found[finding] = None
            if not self._trial.keep_on or len(self.found) >= _MOST:
                raise _Enough

    def note(self, part: str, problem: Exception | None) -> None:
        """Take that a part of a check begins, or failed by our own fault."""
        if isinstance(problem, CannotStart):
            raise problem
        if problem is not None:
            last = traceback.extract_tb(problem.__traceback__)[-1]
            where = f"{Path(last.filename).name}:{last.lineno}"
            self.crashes.append(f"{part}: {type(problem).__name__}: {problem} ({where})")
            return
        now = time.monotonic()
        if self._part:
            self.times[self._part] = round(now - self._since, 2)
        self._part, self._since = part, now
