"""What do the contract's checks say of a live server?

Every way of checking is a function of a server that tells findings as they come; where to stop is up
to whoever is told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.bench import Bench, Circumstances
from specfoundry.fuzz.engine import Options, Target, run
from specfoundry.fuzz.plan import build_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    import httpx2

    Tell: TypeAlias = "Callable[[Finding], None]"

NODE: Final[dict[str, Any]] = json.loads(files("capi").joinpath("openapi.json").read_text("utf-8"))


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
        restart: Kills it and starts it again.
        seed: Of what is drawn by chance.

    """

    http: httpx2.Client
    identities: Mapping[str, Mapping[str, str]]
    references: Mapping[str, str]
    restart: Callable[[], None]
    seed: int = 1


def ask_oracles(live: Live, tell: Tell) -> None:
    """Tell what the active oracles find, and what the judge objects to on the way."""
    circumstances = Circumstances(
        identities=live.identities,
        roles={role or "admin": role for role in live.identities},
        seed=live.seed,
        references=live.references,
        restart=live.restart,
    )
    for found in Bench.of(NODE, live.http, circumstances).examine():
        tell(Finding(found.check, found.operation, found.message))


def run_engine(live: Live, tell: Tell) -> None:
    """Tell what the fuzzing engine finds with its pool of live resources and its passive checks."""
    options = Options(seed=live.seed, max_examples=3, headers=live.identities[""], shrink=False)
    report = run(NODE, Target(url=str(live.http.base_url)), build_plan(NODE), options)
    for found in report.findings:
        tell(Finding(f"engine: {found.check}", found.operation, found.message))


WAYS: Final[Mapping[str, Callable[[Live, Tell], None]]] = {
    "oracles": ask_oracles,
    "engine": run_engine,
}
"""By the name of a way to check a server."""
