"""Are query parameters refused that an operation does not know, and bad values of known ones?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.bad_values import bad_values, good_values, too_many
from specfoundry.fuzz.oracles.population import begin
from specfoundry.fuzz.promises.semantics import filter_of, paging_of
from specfoundry.fuzz.server.exchange import Call
from specfoundry.runtime.client_parameters import scalar_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation, Parameter

STRICT: Final = "strict-query"
VALUES: Final = "query-values"
_UNKNOWN: Final = "nobody_knows_this"
_FIRST: Final = 8
_SHOWN: Final = 60


@verdict
def is_refused(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step should have been refused. Arguments: `asked` (how it is called)."""
    return f"{arguments['asked']} was accepted" if taken[-1].last.ok else None


@verdict
def is_accepted(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step should not have been refused.

    Arguments: `asked` (how it is called), `told` (statuses that the state may call for).
    """
    answer = taken[-1].last
    if not answer.refused or str(answer.status) in arguments["told"]:
        return None
    return f"{arguments['asked']} was refused: {answer.summary()}"


def queries(ground: Ground) -> Iterator[Complaint]:
    """Send every reading operation a parameter that it lacks, and bad values of those it has."""
    begin(ground)  # so that no time is lost until what was made is old enough
    seen: set[str] = set()
    for operation in ground.contract:
        if operation.method != "GET" or not ground.judges(operation):
            continue
        try:
            path = ground.garden.parents(operation)
        except BarrenError:
            continue
        if len(path) == len(list(operation.at("path"))):
            asking = _Asking(ground, operation, path)
            yield from asking.unknown()
            for parameter in ground.some(list(operation.at("query")), operation.id):
                yield from asking.known(parameter, is_new=parameter.pointer not in seen)
                seen.add(parameter.pointer)


class _Asking:
    """Questions to one operation."""

    def __init__(self, ground: Ground, operation: Operation, path: Mapping[str, Any]) -> None:
        self._ground = ground
        self._operation = operation
        self._path = path

    def unknown(self) -> Iterator[Complaint]:
        """Send a parameter that nobody knows; without a word about it nothing is judged."""
        strict = self._operation.node.get("x-strict-query")
        asked = "a query parameter that nobody knows"
        if strict is True:
            yield from self._refused(STRICT, {_UNKNOWN: "1"}, asked)
        elif strict is False:
            yield from self._accepted(STRICT, {_UNKNOWN: "1"}, asked)

    def known(self, parameter: Parameter, *, is_new: bool) -> Iterator[Complaint]:
        """Send bad and good values: many where the parameter is met first, else one of each."""
        name = parameter.name
        chance = self._ground.random("query", self._operation.id, name)
        bad = bad_values(self._ground, parameter)
        usual = self._ground.some(bad[:_FIRST], VALUES, self._operation.id, name)
        for value in usual if is_new else bad and [chance.choice(bad)]:
            yield from self._refused(VALUES, {name: value}, f"{name}={_shown(value)}")
        rule = filter_of(self._operation, parameter)
        if rule is not None and rule.most is not None:
            asked = f"{name} of {rule.most} values"
            yield from self._accepted(VALUES, {name: too_many(rule, 0)}, asked)
            yield from self._refused(VALUES, {name: too_many(rule, 1)}, f"{asked} and one more")
        if rule is None and not self._pages(name):
            good = good_values(self._ground, parameter)
            for value in good if is_new else good and [chance.choice(good)]:
                yield from self._accepted(VALUES, {name: value}, f"{name}={_shown(value)}")

    def _pages(self, name: str) -> bool:
        paging = paging_of(self._operation)
        return paging is not None and name == paging.per_page

    def _taken(self, query: Mapping[str, Any]) -> list[Taken]:
        return [self._ground.take(Call(operation=self._operation.id, path=self._path, query=query))]

    def _refused(self, check: str, query: Mapping[str, Any], asked: str) -> Iterator[Complaint]:
        complaint = judged(check, self._operation.id, is_refused, self._taken(query), asked=asked)
        if complaint:
            yield complaint

    def _accepted(self, check: str, query: Mapping[str, Any], asked: str) -> Iterator[Complaint]:
        told = sorted(self._operation.node.get("x-state-dependent", {}))
        complaint = judged(
            check, self._operation.id, is_accepted, self._taken(query), asked=asked, told=told
        )
        if complaint:
            yield complaint


def _shown(value: Any) -> str:
    text = ",".join(map(scalar_text, value)) if isinstance(value, list) else str(value)
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
