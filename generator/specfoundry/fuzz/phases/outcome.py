"""What came of a run of Schemathesis' engine, event by event?"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import Status, events
from schemathesis.specs.openapi import checks as openapi_checks

from specfoundry.fuzz.phases.wire import complaint_of
from specfoundry.fuzz.reports.report import Crash, Finding, FuzzReport
from specfoundry.fuzz.server.exchange import SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from schemathesis import Case, Response
    from schemathesis.engine.recorder import CaseNode, CheckNode, ScenarioRecorder

    from specfoundry.fuzz.live.trial import Complaint
    from specfoundry.fuzz.promises.plan import Plan
    from specfoundry.fuzz.server.exchange import Exchange

# What the answers to the first requests must hold, whatever was sent.
_CONFORMANCE: Final = (
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
)

_REMEMBERED: Final = 2000


@dataclass(slots=True)
class Outcome:
    """Everything that matters of the engine's events; exchanges are not kept for long."""

    take_finding: Callable[[Finding, Complaint | None], None] = lambda _finding, _complaint: None
    """Told each finding once, with what leads to it when that can be told."""
    allows_query: Callable[[Exchange], bool] = lambda _exchange: False
    """Whether nothing is wrong with the query of a request, as it went over the wire."""
    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    primed: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Statuses of the requests that brought something to life, which are no test yet."""
    spared: set[str] = field(default_factory=set)
    """Cases that were sent somewhere else, where they could change nothing."""
    findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    crashes: dict[tuple[str, str], Crash] = field(default_factory=dict)
    cases: int = 0
    seconds: float = 0.0
    stop_reason: str = "completed"
    _exchanges: OrderedDict[str, Exchange] = field(default_factory=OrderedDict)

    def remember(self, case: Case[Any], exchange: Exchange) -> None:
        """Keep an exchange until its scenario is judged."""
        self._exchanges[case.id] = exchange
        if len(self._exchanges) > _REMEMBERED:
            self._exchanges.popitem(last=False)

    def take(self, event: object, listen: Callable[[str, str], None]) -> None:
        """Take one event of the engine."""
        match event:
            case events.ScenarioFinished():
                self._take_scenario(event.recorder, event.phase.value)
                listen(event.phase.value, event.label or "")
            case events.NonFatalError():
                phase = event.phase.value if event.phase else ""
                message = event.info.format() if hasattr(event.info, "format") else str(event.value)
                self._take_crash(event.label, phase, message)
            case events.FatalError():
                self._take_crash("*", "", str(event.exception))
            case events.EngineFinished():
                self.seconds += event.running_time
                self.stop_reason = event.stop_reason.value

    def take_primed(self, case: Case[Any], response: Response) -> None:
        """Take what a request was answered that brought something to life."""
        self.cases += 1
        self.primed[case.operation.label][str(response.status_code)] += 1
        for check in _CONFORMANCE:
            try:
                case.validate_response(response, checks=[check])
            except FailureGroup as group:
                for failure in group.exceptions:
                    finding = Finding(
                        operation=case.operation.label,
                        operation_id=_operation_id(case),
                        check=check.__name__,
                        title=failure.title,
                        message=failure.message,
                        curl=without_secrets(case.as_curl_command()),
                        phase="priming",
                        status=response.status_code,
                    )
                    chain = [self._exchanges[case.id]] if case.id in self._exchanges else []
                    self._add(finding, complaint_of(finding.check, finding.message, chain))

    def report(self, seed: int, plan: Plan, labels: list[str]) -> FuzzReport:
        """Return the report on the operations of these labels."""
        sums = {name: self.statuses[name] + self.primed[name] for name in sorted(labels)}
        untested = tuple(name for name in labels if not self.statuses[name])
        return FuzzReport(
            seed=seed,
            stop_reason=self.stop_reason,
            seconds=self.seconds,
            cases=self.cases,
            statuses={name: dict(sorted(found.items())) for name, found in sums.items() if found},
            findings=tuple(self.findings.values()),
            crashes=tuple(self.crashes.values()),
            untested=untested,
            deviations=plan.deviations,
        )

    def _take_scenario(self, recorder: ScenarioRecorder, phase: str) -> None:
        for case_id, interaction in recorder.interactions.items():
            node = recorder.cases.get(case_id)
            if node is None:
                continue
            self.cases += 1
            status = interaction.response.status_code if interaction.response else 0
            self.statuses[node.value.operation.label][str(status)] += 1
        for case_id, checks in recorder.checks.items():
            node = recorder.cases.get(case_id)
            for check in checks:
                if node is not None and check.status == Status.FAILURE:
                    chain = list(self._chain(recorder, case_id))
                    if self._is_harmless(node.value, check, chain):
                        continue
                    finding = _finding(node, check, phase, _status(recorder, case_id))
                    self._add(finding, complaint_of(check.name, finding.message, chain))

    def _is_harmless(self, case: Case[Any], check: CheckNode, chain: Sequence[Exchange]) -> bool:
        """Return whether a failure tells nothing of the server.

        A value may be wrong as JSON and become a right one in the URL: an empty object in a query
        is nothing there, and `false` is a text. What was sent somewhere else finds nothing.
        """
        if case.id in self.spared and check.name == "ensure_resource_availability":
            return True
        if check.name != "negative_data_rejection" or case.meta is None or not chain:
            return False
        wrong = [place for place in ParameterLocation if case.meta.is_negative_at(place)]
        return wrong == [ParameterLocation.QUERY] and self.allows_query(chain[-1])

    def _chain(self, recorder: ScenarioRecorder, case_id: str) -> Iterator[Exchange]:
        """Yield the exchanges that led to a case, the case's own last; none when one is missing."""
        ids: list[str] = []
        current: str | None = case_id
        while current is not None and current not in ids and current in recorder.cases:
            ids.append(current)
            current = recorder.cases[current].parent_id
        if all(one in self._exchanges for one in ids):
            yield from (self._exchanges[one] for one in reversed(ids))

    def _add(self, finding: Finding, complaint: Complaint | None) -> None:
        key = (finding.operation, finding.check, finding.title)
        if key not in self.findings:
            self.findings[key] = finding
            self.take_finding(finding, complaint)

    def _take_crash(self, operation: str, phase: str, message: str) -> None:
        # Schemathesis shows where one of our hooks failed.
        is_ours = "Traceback (most recent call last)" in message
        crash = Crash(
            operation=operation,
            phase=phase,
            message=" ".join(message.partition("Traceback")[0].split()) if is_ours else message,
            is_ours=is_ours,
            details=message if is_ours else "",
        )
        self.crashes[operation, crash.message] = crash


def _finding(node: CaseNode, check: CheckNode, phase: str, status: int | None) -> Finding:
    info = check.failure_info
    failure = info.failure if info else None
    return Finding(
        operation=node.value.operation.label,
        operation_id=_operation_id(node.value),
        check=check.name,
        title=failure.title if failure else check.name,
        message=failure.message if failure else "",
        curl=without_secrets(info.code_sample if info else ""),
        phase=phase,
        status=status,
    )


def _status(recorder: ScenarioRecorder, case_id: str) -> int | None:
    interaction = recorder.interactions.get(case_id)
    return interaction.response.status_code if interaction and interaction.response else None


def _operation_id(case: Case[Any]) -> str:
    return str(case.operation.definition.raw.get("operationId", case.operation.label))


def without_secrets(curl: str) -> str:
    """Return a curl command without the credentials in its headers."""

    def conceal(match: re.Match[str]) -> str:
        name = match[1]
        return f"-H '{name}: …'" if name.lower() in SECRETS else match[0]

    return re.sub(r"-H '([^:']+): [^']*'", conceal, curl)
