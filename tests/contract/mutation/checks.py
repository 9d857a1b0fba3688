"""What do the contract's checks say of a live server?

Every way of checking is a function of a server that tells findings as they come; where to stop is up
to whoever is told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import schemathesis
from callers import ADMIN, log_in
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from specfoundry.fuzz.oracles.bench import Bench, Circumstances
from specfoundry.fuzz.oracles.suite import ORACLES
from specfoundry.fuzz.phases.engine import Engine, Options, Target
from specfoundry.fuzz.phases.outcome import Outcome
from specfoundry.fuzz.phases.pool import Pool
from specfoundry.fuzz.promises.contract import read_contract
from specfoundry.fuzz.promises.plan import build_plan
from specfoundry.fuzz.server.spoilt import REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    import httpx2
    from schemathesis.schemas import BaseSchema

    from specfoundry.fuzz.live.trial import Complaint
    from specfoundry.fuzz.reports.report import Finding as EngineFinding

    Tell: TypeAlias = "Callable[[Finding], None]"

NODE: Final[dict[str, Any]] = json.loads(files("capi").joinpath("openapi.json").read_text("utf-8"))
FRESH: Final = "fresh"
"""The way to check a server on an empty folder."""
_LIKELY: Final = "likely"
"""Begins what is made where a fault is likely to show: two runs must not give the same names."""
_ENGINE_EXAMPLES: Final = 5
_STOCK_EXAMPLES: Final = 5


def operation_ids() -> frozenset[str]:
    """Return the operationIds of the contract."""
    return frozenset(operation.id for operation in read_contract(NODE))


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise that a server broke.

    Attributes:
        check: Who noticed.
        operation: operationId, or `METHOD path`.
        message: What is wrong.

    """

    check: str
    operation: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A server that answers.

    Attributes:
        http: Reaches it.
        identities: Headers by role; the empty name is the administrator.
        references: Resources where the roles are held, by the operation that reads them.
        restart: Kills it and starts it again; None: that must not be.
        hamper: Fills its disk, or frees it.
        note: Told the name of each part of a check as it begins, and why a part failed by our fault.
        focus: operationIds to ask about before all others.
        thorough: Whether to ask about the others at all.
        seed: Of what is drawn by chance.
        thrift: Of so many variations of a question one is sent.

    """

    http: httpx2.Client
    identities: Mapping[str, Mapping[str, str]]
    references: Mapping[str, str]
    restart: Callable[[], None] | None
    hamper: Callable[[bool], None]
    note: Callable[[str, Exception | None], None]
    focus: frozenset[str] = frozenset()
    thorough: bool = True
    seed: int = 1
    thrift: int = 1


def ask_oracles(live: Live, tell: Tell) -> None:
    """Tell what the active oracles find, and what the judge objects to on the way."""
    if live.focus:
        _ask(live, tell, live.focus, prefix=_LIKELY)
    if live.thorough or not live.focus:
        _ask(live, tell, None)


def ask_about_restarts(live: Live, tell: Tell) -> None:
    """Tell what is lost when the server is killed while its jobs still wait."""
    _ask(live, tell, None, ("durability",))


def ask_afresh(live: Live, tell: Tell) -> None:
    """Tell what is wrong with a server that begins with nothing."""
    own = replace(live, identities={"": log_in(live.http, ADMIN, ADMIN)}, references={})
    _ask(own, tell, None, ("list", "echo"))


def _ask(
    live: Live,
    tell: Tell,
    operations: frozenset[str] | None,
    names: Sequence[str] = tuple(ORACLES),
    prefix: str = "specfoundry",
) -> None:
    circumstances = Circumstances(
        prefix=prefix,
        identities=live.identities,
        roles={role or ADMIN: role for role in live.identities if not role.startswith(REFUSED)},
        seed=live.seed,
        references=live.references,
        operations=operations,
        is_alone=True,
        restart=live.restart,
        hamper=live.hamper,
        thrift=live.thrift,
    )
    bench = Bench.of(NODE, live.http, circumstances)
    heard = bench.examine(names, listen=lambda name: live.note(name, None), crashed=live.note)
    for found in heard:
        tell(Finding(found.check, found.operation, found.message))


def run_engine(live: Live, tell: Tell) -> None:
    """Tell what the fuzzing engine finds with its pool of live resources and its passive checks."""
    options = Options(
        seed=live.seed,
        max_examples=_ENGINE_EXAMPLES,
        headers=live.identities[""],
        shrink=False,
        operations=tuple(sorted(live.focus)) or None,
    )

    def take(found: EngineFinding, _: Complaint | None) -> None:
        tell(Finding(f"engine: {found.check}", found.operation, found.message))

    engine = Engine(
        node=NODE,
        target=Target(url=str(live.http.base_url)),
        plan=build_plan(NODE),
        options=options,
        outcome=Outcome(take_finding=take),
        pool=Pool.of(NODE, live.seed),
    )
    engine.prime()
    engine.run(options.phases)


def run_stock(live: Live, tell: Tell) -> None:
    """Tell what Schemathesis finds by itself: its engine, all phases and all default checks.

    It gets what it is given on a command line: the document, the address, a token and a seed. Where a
    fault is known to show, it is asked about the operations of the same tags alone: which saves hours,
    and spares it nothing.
    """
    settings = {
        "seed": live.seed,
        "base-url": str(live.http.base_url),
        "headers": dict(live.identities[""]),
        "continue-on-failure": True,
        "workers": 1,
        "generation": {"max-examples": _STOCK_EXAMPLES, "database": "none", "no-shrink": True},
    }
    config = SchemathesisConfig.from_dict(settings)
    schema: BaseSchema = schemathesis.openapi.from_dict(NODE, config=config)
    tags = {
        tag
        for operation in read_contract(NODE)
        if operation.id in live.focus
        for tag in operation.node.get("tags", ())
    }
    if tags:
        schema = schema.include(tag=sorted(tags))
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            recorder = event.recorder
            for case_id, results in recorder.checks.items():
                label = recorder.cases[case_id].value.operation.label
                for result in results:
                    if result.status == Status.FAILURE:
                        info = result.failure_info
                        tell(Finding(result.name, label, info.failure.message if info else ""))
        elif isinstance(event, events.NonFatalError):
            tell(Finding("error", event.label, str(event.value)))


WAYS: Final[Mapping[str, Callable[[Live, Tell], None]]] = {
    "oracles": ask_oracles,
    "late": ask_about_restarts,
    FRESH: ask_afresh,
    "engine": run_engine,
    "stock": run_stock,
}
"""By the name of a way to check a server."""
