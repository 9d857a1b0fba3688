"""Does a filter let through exactly what it says: nothing wrong, and nothing missing?"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.listing import listings
from specfoundry.fuzz.oracles.questions import Question, questions
from specfoundry.fuzz.oracles.selection import Selection, answers
from specfoundry.fuzz.oracles.taking import takes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.oracles.listing import Listing
    from specfoundry.fuzz.promises.lists import Filter

CHECK: Final = "filter"
_HOPS: Final = "what hops read"


@verdict
def lets_through(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say what a filter lets through that it should not, and what it withholds.

    The steps: the list before, the list after, what hops read, the filtered list. Items that do not
    stand unchanged in the first two are not judged, but for what is wrong with them by themselves.
    Arguments: `items` and `total` (pointers into a page, `total` may be null), `rules` (see
    `Selection`), `query` (the filters' values), `asked` (how it is called).
    """
    before, after, *reads, found = taken
    if not found.ok:
        return f"{arguments['asked']} was refused: {found.last.summary()}"
    pointer = arguments["items"]
    shown = found.items(pointer)
    selection = Selection(arguments["rules"], arguments["query"], answers(reads))
    stable = [item for item in before.items(pointer) if item in after.items(pointer)]
    missing = [item for item in stable if selection.verdict(item) and item not in shown]
    wrong = [item for item in shown if selection.verdict(item) is False]
    if wrong:
        return f"{arguments['asked']}: items came that it should not let through"
    if missing:
        return f"{arguments['asked']}: items are missing that it should let through"
    if any(item in shown[:index] for index, item in enumerate(shown)):
        return f"{arguments['asked']}: items came twice"
    total = found.first.at(arguments["total"]) if arguments["total"] else None
    if len(found.exchanges) == 1 and total is not None and total != len(shown):
        return f"{arguments['asked']}: {arguments['total']} is {total}, but {len(shown)} items came"
    return None


def filters(ground: Ground) -> Iterator[Complaint]:
    """Ask every list with every filter for values that its items have and that they have not."""
    for listing in listings(ground):
        if not listing.items:
            continue
        rules = {parameter.name: _rule(rule) for parameter, rule in listing.filters}
        values = {name: _Reader(ground, listing).values(rule) for name, rule in rules.items()}
        chosen = ground.some(list(questions(listing, values)), CHECK, listing.operation.id)
        asked = [_asked(listing, one, values) for one in chosen]
        after = listing.ask()
        for question, found in filter(None, asked):
            if _complaint(listing, rules, question, (listing.walk, after, found)):
                # Somebody may have changed something meanwhile: what is wrong is wrong again.
                ground.memory.pop(_HOPS, None)
                taken = listing.ask(), listing.ask(question.query), listing.ask()
                again = _complaint(listing, rules, question, (taken[0], taken[2], taken[1]))
                if again:
                    yield again


def _complaint(
    listing: Listing,
    rules: Mapping[str, Mapping[str, Any]],
    question: Question,
    taken: tuple[Taken, Taken, Taken],
) -> Complaint | None:
    before, after, found = taken
    chosen = {name: rule for name, rule in rules.items() if name in question.means}
    chosen |= {name: _rule(rule) for name, rule in question.forms.items()}
    reader = _Reader(listing.ground, listing)
    for rule in chosen.values():
        reader.values(rule)
    return judged(
        CHECK,
        listing.operation.id,
        lets_through,
        [before, after, *reader.taken, found],
        items=listing.paging.items,
        total=listing.paging.total,
        rules=chosen,
        query=question.means,
        asked=question.name,
    )


def _asked(
    listing: Listing, question: Question, values: Mapping[str, Sequence[Sequence[Any]]]
) -> tuple[Question, Taken] | None:
    """Ask a question; with a filter that lets all through beside it where the state wants one."""
    if not _fits(listing, question):
        return None
    found = listing.ask(question.query)
    told = listing.operation.node.get("x-state-dependent", {})
    if found.ok or str(found.last.status) not in told:
        return question, found
    for other in question.beside(listing, values):
        found = listing.ask(other.query)
        if found.ok:
            return other, found
    return None


def _fits(listing: Listing, question: Question) -> bool:
    """Return whether the schemas of the parameters allow what is sent."""
    known = {parameter.name: parameter for parameter in listing.operation.at("query")}
    return all(takes(listing.ground, known[name], value) for name, value in question.query.items())


def _rule(rule: Filter) -> dict[str, Any]:
    node = asdict(rule)
    node["through"] = [[hop.operation, hop.path] for hop in rule.through]
    return node


def _is_id(value: Any) -> bool:
    """Return whether a value can stand in a path."""
    return isinstance(value, str | int) and value not in ("", ".", "..")


class _Reader:
    """Reads what hops lead to, each resource once."""

    def __init__(self, ground: Ground, listing: Listing) -> None:
        self._ground = ground
        self._listing = listing
        self.taken: list[Taken] = []

    def values(self, rule: Mapping[str, Any]) -> list[list[Any]]:
        """Return what a filter compares, for each item of the list."""
        return [self._of(item, rule) for item in self._listing.items]

    def _of(self, item: Any, rule: Mapping[str, Any]) -> list[Any]:
        values = values_at(item, rule["path"])
        for operation, pointer in rule["through"]:
            read = [self._read(operation, value) for value in values if _is_id(value)]
            values = [inner for one in read for inner in values_at(one.first.json, pointer)]
        return values

    def _read(self, operation: str, value: Any) -> Taken:
        known = self._ground.memory.setdefault(_HOPS, {})
        if not isinstance(known, dict):
            raise TypeError("what hops read is kept by operation and value")
        if (operation, value) not in known:
            known[operation, value] = self._ground.read(operation, value)
        found: Taken = known[operation, value]
        if found not in self.taken:
            self.taken.append(found)
        return found
