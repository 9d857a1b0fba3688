"""What does a live server that belongs to others break of its document, without harm to them?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.judge import Judge
from specfoundry.fuzz.oracles.bench import Bench, Circumstances
from specfoundry.fuzz.oracles.suite import ORACLES
from specfoundry.fuzz.reports.coverage import Coverage
from specfoundry.fuzz.runs.keeping import SIMILAR
from specfoundry.fuzz.scripts.slicing import script_of
from specfoundry.fuzz.server.guard import Guard
from specfoundry.fuzz.server.session import GoneError, StopRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import httpx2

    from specfoundry.fuzz.live.trial import Complaint
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.scripts.script import Script
    from specfoundry.fuzz.server.exchange import Exchange

_STRANGE: Final = 25
"""So many first answers, none of them documented, and the address must be wrong."""


class StrangerError(StopRunError):
    """The server's answers have nothing to do with the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One complaint, and what leads to it."""

    complaint: Complaint
    script: Script | None
    """None for recorded traffic, which cannot be asked again."""


@dataclass(kw_only=True)
class Outcome:
    """What came of a run.

    Attributes:
        found: The complaints, in the order in which they came.
        statuses: How often each status was answered, by operationId.
        unknown: How often something was asked for that the document does not know.
        withheld: Why an operation was not called, or not with everything, by operationId.
        left: What could not be removed again, in words.
        crashes: Which oracles failed by our own fault, and how.
        coverage: What of the document was sent and seen; None for recorded traffic.
        stopped: Why the run ended early; None: it did not.

    """

    found: list[Found] = field(default_factory=list)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    withheld: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    coverage: Coverage | None = None
    stopped: str | None = None
    _similar: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, complaint: Complaint, bench: Bench) -> None:
        """Take a complaint, unless there are enough of its kind."""
        alike = complaint.check, complaint.operation
        self._similar[alike] += 1
        if self._similar[alike] <= SIMILAR:
            ground = bench.ground
            script = script_of(complaint, ground.past, bench.contract, ground.garden)
            self.found.append(Found(complaint=complaint, script=script))

    def crashed(self, name: str, error: Exception) -> None:
        """Take the failure of an oracle."""
        self.crashes.append(f"{name}: {error!r}")

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return sum(sum(counts.values()) for counts in self.statuses.values())


def examine_live(
    node: Mapping[str, Any],
    http: httpx2.Client,
    circumstances: Circumstances,
    names: Sequence[str] = tuple(ORACLES),
    listen: Callable[[str], None] = lambda _name: None,
) -> Outcome:
    """Question a server, and remove everything that this created, whatever happens.

    Args:
        node: The bundled OpenAPI 3.1 document.
        http: Reaches the server; its base URL is the server's.
        circumstances: Who calls, and what may be done; `is_shared` should be true.
        names: Which oracles to ask.
        listen: Told the name of each oracle as it begins.
    """
    bench = Bench.of(node, http, circumstances)
    outcome = Outcome()
    outcome.withheld |= dict(_never(bench, circumstances))
    outcome.coverage = Coverage(bench.contract)
    bench.ground.session.watchers.append(outcome.coverage.watch)
    bench.ground.session.watchers.append(_Watch(outcome, Judge(bench.contract)))
    try:
        for complaint in bench.examine(names, listen, outcome.crashed):
            outcome.take(complaint, bench)
    except GoneError as error:
        outcome.stopped = f"the server has stopped answering: {error}"
    except StopRunError as error:
        outcome.stopped = str(error)
    except KeyboardInterrupt:
        outcome.stopped = "interrupted"
    finally:
        outcome.left += _cleared(bench)
        outcome.withheld = {**bench.ground.session.withheld, **outcome.withheld}
    return outcome


def _never(bench: Bench, circumstances: Circumstances) -> Iterator[tuple[str, str]]:
    guard = Guard(bench.contract, bench.belongings, read_only=circumstances.read_only)
    for operation in bench.contract:
        reason = guard.unsafe(operation) if circumstances.is_shared else None
        if circumstances.read_only and not operation.reads:
            reason = "the run is read-only"
        if reason is not None:
            yield operation.id, reason


def _cleared(bench: Bench) -> list[str]:
    """Remove what was created; return what stayed, in words."""
    garden = bench.ground.garden
    try:
        return [
            f"{plant.creator.id} made {plant.id}, which stays: {exchange.summary()}"
            for plant, exchange in garden.clear()
        ]
    except (StopRunError, KeyboardInterrupt) as error:
        reason = str(error) or "interrupted"
        return [
            f"{plant.creator.id} made {plant.id}, which stays: {reason}" for plant in garden.living
        ]


class _Watch:
    """Counts answers, and notices when none of them is the document's."""

    def __init__(self, outcome: Outcome, judge: Judge) -> None:
        self._outcome = outcome
        self._judge = judge
        self._is_known = False

    def __call__(self, operation: Operation, exchange: Exchange) -> None:
        """Take one exchange.

        Raises:
            StrangerError: No answer so far was as documented.

        """
        counts = self._outcome.statuses.setdefault(operation.id, Counter())
        counts[exchange.status] += 1
        if self._is_known or exchange.unanswered:
            return
        said = self._judge.objections(operation, exchange)
        self._is_known = not any(one.check in {"status", "media-type"} for one in said)
        if not self._is_known and self._outcome.requests >= _STRANGE:
            raise StrangerError(
                f"none of the first {_STRANGE} answers is one that the document knows (the last: "
                f"{exchange.status} {exchange.media_type or 'without a media type'}): is the address right?"
            )
