"""Does a filter let through exactly what it says: nothing wrong, and nothing missing?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.fuzz.garden import BarrenError
from specfoundry.fuzz.oracles.ground import Complaint, Ground, Listing, values_at
from specfoundry.fuzz.oracles.population import populate
from specfoundry.fuzz.semantics import Filter, filter_of, lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.fuzz.contract import Operation, Parameter
    from specfoundry.fuzz.semantics import Paging

CHECK = "filter"
_NOBODY = "nothing-has-this-value"
_RELATIONS = {
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
}


def filters(ground: Ground) -> Iterator[Complaint]:
    """Ask every list with every filter for values that its items have."""
    for operation, paging in lists(ground.contract):
        known = [
            (one, found) for one in operation.at("query") if (found := filter_of(operation, one))
        ]
        if not known:
            continue
        try:
            populate(ground, operation)
            everything = ground.list(operation, paging)
        except BarrenError:
            continue
        if everything.ok and everything.items:
            for parameter, rule in known:
                yield from _Probe(ground, operation, paging, parameter, rule).run(everything)


class _Probe:
    """One filter of one list."""

    def __init__(
        self,
        ground: Ground,
        operation: Operation,
        paging: Paging,
        parameter: Parameter,
        rule: Filter,
    ) -> None:
        self._ground = ground
        self._operation = operation
        self._paging = paging
        self._parameter = parameter
        self._rule = rule

    def run(self, everything: Listing) -> Iterator[Complaint]:
        """Compare what the server lets through with what it should, for several values."""
        values = [self._values(item) for item in everything.items]
        for asked in self._questions(values):
            query = {self._parameter.name: asked}
            found = self._ground.list(self._operation, self._paging, **query)
            if not found.ok:
                if not _may_be_refused(found):
                    continue
                yield self._complaint(f"`{asked}` was refused", found)
                continue
            pairs = zip(everything.items, values, strict=True)
            wanted = [item for item, has in pairs if self._passes(has, asked)]
            yield from self._compare(asked, wanted, found)

    def _compare(self, asked: Any, wanted: list[Any], found: Listing) -> Iterator[Complaint]:
        missing = [item for item in wanted if item not in found.items]
        wrong = [item for item in found.items if item not in wanted]
        # What came to life in between is nobody's fault: it is not judged.
        wrong = [item for item in wrong if not self._passes(self._values(item), asked)]
        if missing:
            yield self._complaint(f"`{asked}`: {len(missing)} matching items are missing", found)
        if wrong:
            yield self._complaint(f"`{asked}`: {len(wrong)} items do not match", found)

    def _complaint(self, text: str, found: Listing) -> Complaint:
        message = f"{self._parameter.name}={text}"
        return Complaint(CHECK, self._operation.id, message, found.exchanges)

    def _values(self, item: Any) -> list[Any]:
        values = values_at(item, self._rule.path)
        for hop in self._rule.through:
            answers = [self._ground.read(hop.operation, value) for value in values]
            values = [answer.at(hop.path) for answer in answers if answer.ok]
        return values

    def _questions(self, values: list[list[Any]]) -> Iterator[Any]:
        rule = self._rule
        known = sorted({value for has in values for value in has if isinstance(value, str)})
        if rule.op in _RELATIONS:
            yield from known[:1] + known[-1:]
        elif rule.op == "labels":
            return
        else:
            chosen = [known[:1], known[:2], [_NOBODY], [*known[:1], _NOBODY]]
            if rule.null is not None:
                chosen.append([rule.null])
            for members in chosen:
                if members:
                    yield members if self._parameter.is_list else members[0]

    def _passes(self, has: list[Any], asked: Any) -> bool:
        relation = _RELATIONS.get(self._rule.op)
        if relation is not None:
            return any(isinstance(value, str) and relation(value, asked) for value in has)
        members = asked if isinstance(asked, list) else [asked]
        is_null = not has or None in has
        inside = any(value in members for value in has) or (
            self._rule.null is not None and self._rule.null in members and is_null
        )
        return inside is (self._rule.op == "in")


def _may_be_refused(found: Listing) -> bool:
    """Whether the refusal itself is wrong; a value that the schema forbids may be refused."""
    return found.exchanges[-1].status not in {400, 422}
