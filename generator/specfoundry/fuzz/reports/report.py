"""What did a fuzzing run find, in a form that a person and a program can act on?"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specfoundry.fuzz.live.trial import Complaint
    from specfoundry.fuzz.promises.contract import Contract
    from specfoundry.fuzz.promises.plan import Deviation
    from specfoundry.fuzz.reports.baseline import Accepted
    from specfoundry.fuzz.reports.coverage_report import ContractCoverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One way in which the server broke the document."""

    operation: str
    """Method and path."""
    check: str
    title: str
    message: str
    curl: str
    """A command that sends the offending request; credentials are left out."""
    phase: str
    status: int | None = None
    operation_id: str = ""
    steps: tuple[str, ...] = ()
    """Commands that lead to it, the offending one last."""
    trial: str = ""
    """File of the steps, relative to the report, for `--replay`; empty when there is none."""
    accepted: str = ""
    """Why the baseline accepts it; empty when it counts."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Equal for findings of which one is enough."""
        return self.check, self.operation, self.message


def finding_of(complaint: Complaint, contract: Contract, phase: str) -> Finding:
    """Return a complaint as a finding, with a command for each of its exchanges."""
    operation = contract.get(complaint.operation)
    steps = tuple(exchange.curl() for exchange in complaint.exchanges)
    return Finding(
        operation=str(operation) if operation else complaint.operation,
        operation_id=complaint.operation,
        check=complaint.check,
        title=complaint.check,
        message=complaint.message,
        curl=steps[-1] if steps else "",
        steps=steps,
        phase=phase,
        status=complaint.exchanges[-1].status if steps else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """An operation that could not be tested, and why."""

    operation: str
    phase: str
    message: str
    is_ours: bool = False
    """Whether this is a mistake of the toolchain, not of the document or the server."""
    details: str = ""
    """File with the details, relative to the report; empty when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzReport:
    """The outcome of one run."""

    seed: int
    stop_reason: str
    seconds: float
    cases: int
    statuses: dict[str, dict[str, int]]
    """Per operation (method and path), how often each status was answered."""
    findings: tuple[Finding, ...]
    crashes: tuple[Crash, ...]
    untested: tuple[str, ...]
    deviations: tuple[Deviation, ...] = field(default=())
    coverage: ContractCoverage | None = None
    stale: tuple[Accepted, ...] = ()
    """Entries of the baseline that nothing matched."""
    left: tuple[str, ...] = ()
    """What was created and could not be removed."""
    withheld: tuple[str, ...] = ()
    """Which operations did nothing because they would have changed what others use, and why."""
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds that processes spent in each stage, added up."""

    @property
    def ok(self) -> bool:
        """Whether nothing was found that is not accepted, and everything was tested."""
        return not self.open and not self.crashes

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that count."""
        return tuple(finding for finding in self.findings if not finding.accepted)

    def to_json(self) -> str:
        """Return the report as JSON text."""
        value = asdict(replace(self, coverage=None))
        value["coverage"] = self.coverage.to_json() if self.coverage else None
        return json.dumps(value, indent=2, ensure_ascii=False) + "\n"

    def to_junit(self) -> str:
        """Return the report as JUnit XML: one test case for each operation."""
        by_operation: dict[str, list[Finding | Crash]] = {name: [] for name in self.statuses}
        entries: tuple[Finding | Crash, ...] = (*self.open, *self.crashes)
        for entry in entries:
            by_operation.setdefault(entry.operation, []).append(entry)
        suite = ET.Element("testsuite", name="fuzz", tests=str(len(by_operation)))
        for name, found in sorted(by_operation.items()):
            case = ET.SubElement(suite, "testcase", classname="contract", name=name)
            for entry in found:
                kind = "failure" if isinstance(entry, Finding) else "error"
                child = ET.SubElement(case, kind, message=_printable(entry.message))
                child.text = _printable("\n".join(_steps(entry)))
        suite.set("failures", str(len(self.open)))
        suite.set("errors", str(len(self.crashes)))
        suite.set("time", f"{self.seconds:.3f}")
        return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"

    def lines(self) -> Iterator[str]:
        """Yield the report as plain text, one line at a time."""
        for finding in self.findings:
            yield from _told(finding)
        for crash in self.crashes:
            yield f"{crash.operation}: could not be tested ({crash.phase}): {crash.message}"
        for name in self.untested:
            yield f"{name}: never answered"
        for entry in self.stale:
            yield f"{entry.operation}: {entry.check} is accepted but was not found: {entry.reason}"
        for text in self.left:
            yield f"not removed: {text}"
        for text in self.withheld:
            yield f"not tried out: {text}"
        for deviation in self.deviations:
            yield f"{deviation.operation}: {deviation.check} is not applied as it comes: {deviation.reason}"
        if self.coverage is not None:
            yield from self.coverage.lines()
        accepted = len(self.findings) - len(self.open)
        told = f" ({accepted} more accepted)" if accepted else ""
        yield (
            f"{len(self.open)} findings{told}, {len(self.crashes)} errors in {self.cases} requests to "
            f"{len(self.statuses)} operations, {self.seconds:.1f} s, seed {self.seed} ({self.stop_reason})"
        )


def _told(finding: Finding) -> Iterator[str]:
    accepted = f" accepted: {finding.accepted}" if finding.accepted else ""
    yield f"{finding.operation}: {finding.title} [{finding.check}, {finding.phase}]{accepted}"
    if finding.accepted:
        return
    yield from (f"    {line}" for line in finding.message.splitlines())
    yield f"    {finding.curl}"
    if finding.trial:
        yield f"    again: --replay {finding.trial}"


def _steps(entry: Finding | Crash) -> Sequence[str]:
    if isinstance(entry, Crash):
        return (entry.details,)
    return entry.steps or (entry.curl,)


def _printable(text: str) -> str:
    # XML 1.0 (section 2.2) has no place for most control characters, not even escaped.
    return "".join(c if c in "\t\n\r" or c >= " " else f"\\x{ord(c):02x}" for c in text)
