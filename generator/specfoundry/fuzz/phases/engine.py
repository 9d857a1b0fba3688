"""How is a running server put through Schemathesis' phases?

Only this module, `outcome`, `wire` and `hooks` touch Schemathesis. Its engine interface is not
promised to be stable, so the version is pinned in pyproject.toml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.engine import from_schema

from specfoundry.fuzz.phases.hooks import (
    boundary_filter,
    install_unknown_method_check,
    leniency_filter,
    pool_hooks,
    prime,
    selector_filter,
)
from specfoundry.fuzz.phases.outcome import Outcome
from specfoundry.fuzz.phases.pool import Pool
from specfoundry.fuzz.phases.wire import exchange_of
from specfoundry.fuzz.promises.contract import read_contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from schemathesis import Case, Response
    from schemathesis.schemas import BaseSchema

    from specfoundry.fuzz.promises.plan import Plan
    from specfoundry.fuzz.reports.report import FuzzReport
    from specfoundry.fuzz.server.exchange import Exchange

PHASES = ("examples", "coverage", "fuzzing", "stateful")


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
    boundaries: int | None = None
    """How many cases of one kind an operation gets in the coverage phase; None: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server: an ASGI application in this process, or an address."""

    app: Any = None
    url: str | None = None


def _unwatched(_exchange: Exchange) -> None:
    return None


def _unspared(_name: str, _path: Mapping[str, Any]) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Schemathesis, aimed at one server.

    Attributes:
        node: The bundled OpenAPI 3.1 document.
        target: Where to send.
        plan: The checks, from `build_plan`.
        options: Seed, bounds and headers.
        outcome: Grows by what comes of the phases.
        pool: Live values; lasts from phase to phase.
        watch: Told each exchange that is a call of a documented operation.
        spare: Given an operationId and path parameters, returns the one that names what must not
            be changed, or "".
        is_stopped: Asked before each request; true ends the phase.

    """

    node: Mapping[str, Any]
    target: Target
    plan: Plan
    options: Options
    outcome: Outcome
    pool: Pool
    watch: Callable[[Exchange], None] = _unwatched
    spare: Callable[[str, Mapping[str, Any]], str] = _unspared
    is_stopped: Callable[[], bool] = lambda: False

    def prime(self) -> None:
        """Bring the first resources to life, by the document's examples and links."""
        schema = self._schema(())
        with self._hooks(lambda: None):
            prime(
                schema,
                self.node,
                self.pool,
                self.options.headers,
                self.outcome.take_primed,
                self.options.operations,
            )

    def run(
        self,
        phases: tuple[str, ...],
        listen: Callable[[str, str], None] = lambda _phase, _operation: None,
        seconds: int | None = None,
    ) -> None:
        """Go through some phases.

        Args:
            phases: Which of `PHASES`.
            listen: Told each phase and operation as it ends.
            seconds: The random phases repeat until then; None: once through.
        """
        schema = self._chosen(self._schema(phases, seconds))
        install_unknown_method_check(self.plan.unknown_method)
        stream = from_schema(schema).execute()
        with self._hooks(stream.stop):
            try:
                for event in stream:
                    self.outcome.take(event, listen)
            except KeyboardInterrupt:
                stream.stop()
                self.outcome.stop_reason = "interrupted"

    def labels(self) -> list[str]:
        """Return method and path of the operations under test."""
        schema = self._chosen(self._schema(()))
        return [one.ok().label for one in schema.get_all_operations() if isinstance(one, Ok)]

    def _chosen(self, schema: BaseSchema) -> BaseSchema:
        chosen = self.options.operations
        if chosen is None:
            return schema
        # Where single operations have settings, Schemathesis takes no notice of what is included.
        names = {str(one.node.get("operationId", "")) for one in read_contract(self.node)}
        others = sorted(names - {"", *chosen})
        return schema.exclude(operation_id=others) if others else schema

    def _hooks(self, stop: Callable[[], None]) -> Any:
        def watch(case: Case[Any], response: Response) -> None:
            exchange = exchange_of(case, response)
            if exchange is not None:
                self.outcome.remember(case, exchange)
                self.watch(exchange)

        def check() -> None:
            if self.is_stopped():
                stop()
                raise KeyboardInterrupt

        def spare(case: Case[Any], path: Mapping[str, Any]) -> str:
            spared = self.spare(str(case.operation.definition.raw.get("operationId", "")), path)
            if spared:
                self.outcome.spared.add(case.id)
            return spared

        return pool_hooks(self.pool, watch, check, spare)

    def _schema(self, phases: tuple[str, ...], seconds: int | None = None) -> BaseSchema:
        settings = _settings(self.plan, self.options, phases, seconds, self.target)
        config = SchemathesisConfig.from_dict(settings)
        schema = schemathesis.openapi.from_dict(dict(self.node), config=config)
        if self.target.app is not None:
            schema.app = self.target.app
            schema.location = "/openapi.json"
        if self.plan.lenient:
            schema.hook("filter_case")(leniency_filter(self.plan))
        if self.plan.selectors:
            schema.hook("filter_case")(selector_filter(self.plan))
        if self.options.boundaries is not None:
            schema.hook("filter_case")(boundary_filter(self.options.boundaries))
        return schema


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
    outcome, pool = Outcome(), Pool.of(node, options.seed)
    engine = Engine(
        node=node, target=target, plan=plan, options=options, outcome=outcome, pool=pool
    )
    engine.prime()
    engine.run(options.phases, listen, options.max_seconds)
    return outcome.report(options.seed, plan, engine.labels())


def _settings(
    plan: Plan, options: Options, phases: tuple[str, ...], seconds: int | None, target: Target
) -> dict[str, Any]:
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
        "phases": {phase: {"enabled": phase in phases} for phase in PHASES},
        "checks": dict(plan.checks),
        "operations": list(_of_operations(plan, options.operations)),
        # A run must be the same whatever the server is written in.
        "analysis": {"constants": {"enabled": False}},
    }
    if seconds is not None:
        settings["max-time"] = seconds
    if target.url is not None:
        settings["base-url"] = target.url
    return settings


def _of_operations(plan: Plan, chosen: tuple[str, ...] | None) -> Iterator[dict[str, Any]]:
    """Yield one entry for each operation that is put to the test and has settings of its own.

    Schemathesis looks through all entries for each case: there should be few.
    """
    checks: dict[str, dict[str, Any]] = {}
    for entry in plan.operations:
        name = entry["include-operation-id"]
        if chosen is None or name in chosen:
            checks.setdefault(name, {}).update(entry["checks"])
    for name, found in checks.items():
        yield {"include-operation-id": name, "checks": found}


def iter_unreached(report: FuzzReport) -> Iterator[str]:
    """Yield the operations that never answered with a 2xx status."""
    for name, statuses in report.statuses.items():
        if not any(status.startswith("2") for status in statuses):
            yield name
