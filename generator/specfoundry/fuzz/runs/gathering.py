"""What do the events of many processes add up to, whatever order they came in?"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.reports.baseline import Baseline
from specfoundry.fuzz.reports.coverage import Coverage
from specfoundry.fuzz.reports.coverage_report import cover
from specfoundry.fuzz.reports.report import Crash, Finding, FuzzReport
from specfoundry.fuzz.runs.shards import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Contract
    from specfoundry.fuzz.promises.plan import Plan

_SIMILAR: Final = 20
"""So many findings of one check about one operation are kept."""
_Place = tuple[int, int, int, int]
"""Round, part, stage, and which finding of these: what comes first in a report."""


@dataclass
class Gathering:
    """Adds up events.

    Attributes:
        contract: The document.
        operations: operationIds that are put to the test.
        baseline: Accepted deviations.
        is_stopping: Whether the first finding that counts ends the run.

    """

    contract: Contract
    operations: frozenset[str]
    baseline: Baseline = field(default_factory=Baseline)
    is_stopping: bool = False
    requests: int = 0
    coverage: Coverage = field(init=False)
    _findings: dict[tuple[str, str, str], tuple[_Place, Finding]] = field(default_factory=dict)
    _crashes: dict[tuple[str, str, str], Crash] = field(default_factory=dict)
    _left: list[str] = field(default_factory=list)
    _withheld: dict[str, str] = field(default_factory=dict)
    _stages: Counter[str] = field(default_factory=Counter)
    _counts: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    _begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Begin with nothing."""
        self.coverage = Coverage(self.contract)

    @property
    def found(self) -> int:
        """How many findings count so far."""
        return sum(not finding.accepted for _, finding in self._findings.values())

    def take(self, event: Mapping[str, Any]) -> bool:
        """Take an event of a worker; return whether to go on."""
        match event["event"]:
            case "finding":
                return self._take_finding(event)
            case "crash":
                crash = Crash(**_members(Crash, event))
                self._crashes[crash.operation, crash.phase, crash.message] = crash
            case "coverage":
                self.requests += event["requests"]
                self.coverage.add(event)
            case "withheld":
                self._withheld[event["operation"]] = event["reason"]
            case "left":
                self._left.append(event["message"])
            case "stage":
                self._stages[event["stage"]] += event["seconds"]
        return True

    def report(self, seed: int, plan: Plan, stop_reason: str) -> FuzzReport:
        """Return what came of the run."""
        rows = {one.id: str(one) for one in self.contract if one.id in self.operations}
        statuses = {name: self.coverage.statuses[one] for one, name in rows.items()}
        deviations = (d for d in plan.deviations if d.operation in {*rows, "*"})
        placed = sorted(self._findings.values(), key=lambda found: found[0])
        return FuzzReport(
            seed=seed,
            stop_reason=stop_reason,
            seconds=round(time.monotonic() - self._begun, 3),
            cases=self.requests,
            statuses={
                name: dict(sorted(found.items())) for name, found in statuses.items() if found
            },
            findings=tuple(finding for _, finding in placed),
            crashes=tuple(self._crashes[key] for key in sorted(self._crashes)),
            untested=tuple(name for name, found in statuses.items() if not found),
            deviations=tuple(deviations),
            coverage=cover(self.coverage, self.operations),
            stale=self.baseline.stale if stop_reason == "completed" else (),
            left=tuple(sorted(self._left)),
            withheld=tuple(self._never_done()),
            stages={name: round(self._stages[name], 1) for name in STAGES if name in self._stages},
        )

    def _is_full(self, finding: Finding) -> bool:
        """Tell whether enough is known of a check about an operation: an hour can be long."""
        alike = (finding.check, finding.operation)
        return sum(key[:2] == alike for key in self._findings) >= _SIMILAR

    def _never_done(self) -> Iterator[str]:
        """Yield operations that were kept from what they would do, and did nothing at all."""
        for name, reason in sorted(self._withheld.items()):
            if not any(str(status).startswith("2") for status in self.coverage.statuses[name]):
                yield f"{name}: {reason}"

    def _take_finding(self, event: Mapping[str, Any]) -> bool:
        finding = Finding(**{**_members(Finding, event), "steps": tuple(event["steps"])})
        finding = self.baseline.judge(finding)
        where = (event["round"], event["part"], _rank(finding.phase))
        self._counts[where] += 1
        place = (*where, self._counts[where])
        known = self._findings.get(finding.key)
        if known is None and self._is_full(finding):
            return True
        if known is None or place < known[0]:
            self._findings[finding.key] = (place, finding)
        return not (self.is_stopping and not finding.accepted)


def _rank(phase: str) -> int:
    return STAGES.index(phase) if phase in STAGES else 0


def _members(kind: type, event: Mapping[str, Any]) -> dict[str, Any]:
    return {one.name: event[one.name] for one in fields(kind) if one.name in event}
