"""What does a list hold, while it is asked one question after the other?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.oracles.coming_along import label_what_came_along
from specfoundry.fuzz.oracles.population import populate
from specfoundry.fuzz.promises.semantics import filter_of, lists, paging_of
from specfoundry.fuzz.server.exchange import Call, texts_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Follow, Taken
    from specfoundry.fuzz.promises.contract import Operation, Parameter
    from specfoundry.fuzz.promises.lists import Filter, Paging

_MANY: Final = 40
_KEPT: Final = 12
_PARENTS: Final = 6
_ENOUGH: Final = 3


@dataclass
class Listing:
    """One list below one parent, small enough to be walked again and again.

    Attributes:
        ground: The live server.
        operation: The list.
        paging: Where its items are.
        path: Its path parameters.
        base: A filter that every question repeats, so that a long list stays short.
        first: Its first page, as it comes unasked.
        walk: The list as it was at the beginning.

    """

    ground: Ground
    operation: Operation
    paging: Paging
    path: Mapping[str, Any]
    base: dict[str, Any] = field(default_factory=dict)
    first: Taken = field(init=False)
    walk: Taken = field(init=False)

    def __post_init__(self) -> None:
        """Walk it, or the part of it that is asked about."""
        self.first = self.walk = self.ask(follow="")
        following = self.walk.first.at(self.paging.next) if self.paging.next else None
        if following is not None or len(self.items) > _MANY:
            self._narrow()

    @property
    def items(self) -> list[Any]:
        """The items at the beginning."""
        return self.walk.items(self.paging.items)

    @property
    def filters(self) -> Iterator[tuple[Parameter, Filter]]:
        """What the list can be filtered by."""
        for parameter in self.operation.at("query"):
            rule = filter_of(self.operation, parameter)
            if rule is not None:
                yield parameter, rule

    def ask(self, query: Mapping[str, Any] | None = None, follow: Follow = "pages") -> Taken:
        """Walk the list with a query."""
        sent = {**self.base, **(query or {})}
        call = Call(operation=self.operation.id, path=self.path, query=sent)
        return self.ground.take(call, follow)

    def _narrow(self) -> None:
        """Look at a few items only, when there is a filter by which each can be named."""
        items = self.items
        mine = [plant.id for plant in populate(self.ground).listed(self.operation)]
        for parameter, rule in self.filters:
            named = [values_at(item, rule.path) for item in items]
            ids = [one[0] for one in named if len(one) == 1 and isinstance(one[0], str)]
            plain = rule.op == "in" and parameter.is_list and not rule.through and rule.null is None
            if plain and len(ids) == len(items) == len(set(ids)):
                chosen = [*mine[-_KEPT:], *(one for one in ids if one not in mine)]
                self.base = {parameter.name: chosen[: 2 * _KEPT]}
                break
        self.walk = self.ask()


def listings(ground: Ground) -> Iterator[Listing]:
    """Yield every list that is to be judged and can be read, the same for all oracles."""
    populate(ground)
    label_what_came_along(ground)
    for operation, paging in lists(ground.contract):
        if ground.judges(operation) and (found := _listing(ground, operation, paging)):
            yield found


def _listing(ground: Ground, operation: Operation, paging: Paging) -> Listing | None:
    known = ground.memory.setdefault("listings", {})
    if not isinstance(known, dict):
        return None
    if operation.id not in known:
        known[operation.id] = _fullest(ground, operation, paging)
    found: Listing | None = known[operation.id]
    return found


def _fullest(ground: Ground, operation: Operation, paging: Paging) -> Listing | None:
    """Return the list below the parent that has the most items, of the first few."""
    found: Listing | None = None
    tried: list[Mapping[str, Any]] = []
    for path, is_ours in _paths(ground, operation):
        if found and (len(found.items) >= _ENOUGH or (found.items and not is_ours)):
            break
        if path in tried or len(tried) >= _PARENTS:
            continue
        tried.append(path)
        listing = Listing(ground, operation, paging, path)
        if listing.walk.ok and (found is None or len(listing.items) > len(found.items)):
            found = listing
    return found


def _paths(ground: Ground, operation: Operation) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Yield path parameters of parents, the usual one first, and whether they are ours.

    Those of others may go away at any time.
    """
    names = [parameter.name for parameter in operation.at("path")]
    try:
        usual = ground.garden.parents(operation)
    except BarrenError:
        usual = {}
    if len(usual) == len(names):
        yield usual, True
    if not names:
        return
    plants = populate(ground).plants
    crowded = [dict(one.exchange.call.path) for one in plants if one.creator.path == operation.path]
    yield from ((path, True) for path in sorted(crowded, key=crowded.count, reverse=True))
    above, _, rest = operation.path.partition("/{")
    listed = ground.contract.paths.get(("GET", above))
    if len(names) == 1 and rest and listed is not None:
        for value, is_ours in _listed(ground, listed, names[0]):
            yield {names[0]: value}, is_ours


def _listed(ground: Ground, operation: Operation, name: str) -> Iterator[tuple[Any, bool]]:
    """Yield ids that a list shows, as a path parameter is named, and whether they are ours.

    Those that lie elsewhere come first, then what has to do with something of ours.
    """
    paging = paging_of(operation)
    readers = [one for one in ground.contract if one.path.startswith(f"{operation.path}/{{")]
    for reader in readers:
        for value in populate(ground).elsewhere.get(reader.id, {}).values():
            yield value, True
    if paging is None:
        return
    ours = {str(plant.id) for plant in ground.garden.living}
    found: list[tuple[Any, bool]] = []
    for item in ground.take(Call(operation=operation.id)).items(paging.items):
        named = (values_at(item, f"/{name}") or values_at(item, "/id"))[:1]
        is_ours = not ours.isdisjoint(texts_in(item))
        found += [(value, is_ours) for value in named if isinstance(value, str) and value]
    yield from sorted(found, key=lambda one: not one[1])
