"""How is a running server put through Schemathesis' phases, and what came of it?

Only this module and `hooks` touch Schemathesis. Its engine interface is not promised to be stable,
so the version is pinned in pyproject.toml.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.engine import Status, events, from_schema
from schemathesis.specs.openapi import checks as openapi_checks

from specfoundry.fuzz.hooks import (
    install_unknown_method_check,
    leniency_filter,
    pool_hooks,
    prime,
)
from specfoundry.fuzz.pool import Pool
from specfoundry.fuzz.report import Crash, Finding, FuzzReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from schemathesis import Case, Response
    from schemathesis.engine.recorder import CaseNode, CheckNode
    from schemathesis.schemas import BaseSchema

    from specfoundry.fuzz.plan import Plan

PHASES = ("examples", "coverage", "fuzzing", "stateful")
# What the answers to the first requests must hold, whatever was sent.
_CONFORMANCE = (
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
)
_SECRET_HEADERS = frozenset({"authorization", "cookie", "x-api-key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How long and how hard to try."""

    seed: int = 1
    max_examples: int = 25
    phases: tuple[str, ...] = PHASES
    max_seconds: int | None = None
    """The random phases repeat until then; None: once through."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with every request, e.g. the Authorization header."""
    shrink: bool = True
    operations: tuple[str, ...] | None = None
    """operationIds to put to the test; None: all. The others only bring resources to life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server: an ASGI application in this process, or an address."""

    app: Any = None
    url: str | None = None


def run(
    node: Mapping[str, Any],
    target: Target,
    plan: Plan,
    options: Options,
    listen: Callable[[str, str], None] = lambda _phase, _operation: None,
) -> FuzzReport:
    """Send what the document allows and forbids, and judge the answers.

    Args:
        node: the bundled OpenAPI 3.1 document.
        target: where to send it.
        plan: the checks, from `build_plan`.
        options: seed, bounds and headers.
        listen: told each phase and operation as it ends.
    """
    config = SchemathesisConfig.from_dict(_settings(plan, options, target))
    schema = schemathesis.openapi.from_dict(dict(node), config=config)
    if target.app is not None:
        schema.app = target.app
        schema.location = "/openapi.json"
    if plan.lenient:
        schema.hook("filter_case")(leniency_filter(plan))
    install_unknown_method_check(plan.unknown_method)
    tested: BaseSchema = schema
    if options.operations is not None:
        tested = schema.include(operation_id=list(options.operations))
    outcome = _Outcome()
    stream = from_schema(tested).execute()
    pool = Pool.of(node, options.seed)
    with pool_hooks(pool):
        prime(schema, node, pool, options.headers, outcome.take_primed)
        try:
            for event in stream:
                outcome.take(event, listen)
        except KeyboardInterrupt:
            stream.stop()
            outcome.stop_reason = "interrupted"
    results = tested.get_all_operations()
    labels = [found.ok().label for found in results if isinstance(found, Ok)]
    return outcome.report(options.seed, plan, labels)


def _settings(plan: Plan, options: Options, target: Target) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "seed": options.seed,
        "continue-on-failure": True,
        "workers": 1,
        "headers": dict(options.headers),
        "generation": {
            "max-examples": options.max_examples,
            "database": "none",
            "no-shrink": not options.shrink,
        },
        "phases": {phase: {"enabled": phase in options.phases} for phase in PHASES},
        "checks": dict(plan.checks),
        "operations": [dict(entry) for entry in plan.operations],
        # A run must be the same whatever the server is written in.
        "analysis": {"constants": {"enabled": False}},
    }
    if options.max_seconds is not None:
        settings["max-time"] = options.max_seconds
    if target.url is not None:
        settings["base-url"] = target.url
    return settings


@dataclass(slots=True)
class _Outcome:
    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    primed: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Statuses of the requests that brought something to life, which are no test yet."""
    findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    crashes: dict[tuple[str, str], Crash] = field(default_factory=dict)
    cases: int = 0
    seconds: float = 0.0
    stop_reason: str = "completed"

    def take(self, event: object, listen: Callable[[str, str], None]) -> None:
        match event:
            case events.ScenarioFinished():
                self._take_scenario(event)
                listen(event.phase.value, event.label or "")
            case events.NonFatalError():
                phase = event.phase.value if event.phase else ""
                message = event.info.format() if hasattr(event.info, "format") else str(event.value)
                crash = Crash(operation=event.label, phase=phase, message=message)
                self.crashes[event.label, crash.message] = crash
            case events.FatalError():
                message = str(event.exception)
                self.crashes["*", message] = Crash(operation="*", phase="", message=message)
            case events.EngineFinished():
                self.seconds = event.running_time
                self.stop_reason = event.stop_reason.value

    def take_primed(self, case: Case[Any], response: Response) -> None:
        """Take what a request was answered that brought something to life."""
        self.cases += 1
        self.primed[case.operation.label][str(response.status_code)] += 1
        try:
            case.validate_response(response, checks=list(_CONFORMANCE))
        except FailureGroup as group:
            for failure in group.exceptions:
                finding = Finding(
                    operation=case.operation.label,
                    check=failure.title,
                    title=failure.title,
                    message=failure.message,
                    curl=_without_secrets(case.as_curl_command()),
                    phase="priming",
                    status=response.status_code,
                )
                key = finding.operation, finding.check, finding.title
                self.findings.setdefault(key, finding)

    def _take_scenario(self, event: events.ScenarioFinished) -> None:
        recorder = event.recorder
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
                    finding = _finding(node, check, event.phase.value)
                    self.findings.setdefault(
                        (finding.operation, finding.check, finding.title), finding
                    )

    def report(self, seed: int, plan: Plan, labels: list[str]) -> FuzzReport:
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


def _finding(node: CaseNode, check: CheckNode, phase: str) -> Finding:
    info = check.failure_info
    failure = info.failure if info else None
    return Finding(
        operation=node.value.operation.label,
        check=check.name,
        title=failure.title if failure else check.name,
        message=failure.message if failure else "",
        curl=_without_secrets(info.code_sample if info else ""),
        phase=phase,
        status=getattr(failure, "status_code", None),
    )


def _without_secrets(curl: str) -> str:
    def conceal(match: re.Match[str]) -> str:
        name = match[1]
        return f"-H '{name}: …'" if name.lower() in _SECRET_HEADERS else match[0]

    return re.sub(r"-H '([^:']+): [^']*'", conceal, curl)


def iter_unreached(report: FuzzReport) -> Iterator[str]:
    """Yield the operations that never answered with a 2xx status."""
    for name, statuses in report.statuses.items():
        if not any(status.startswith("2") for status in statuses):
            yield name
