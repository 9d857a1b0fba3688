"""Does a list show what was created for it, and nothing that belongs elsewhere?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.live.trial import Complaint, Step, Taken, judged, verdict
from specfoundry.fuzz.oracles.listing import listings
from specfoundry.fuzz.oracles.population import populate
from specfoundry.fuzz.oracles.whereabouts import is_cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.oracles.listing import Listing
    from specfoundry.fuzz.promises.contract import Operation

CHECK: Final = "list"


@verdict
def shows_created(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that a list lacks what was created for it, or shows what was created below another parent.

    The steps: the creation, and the list. Arguments: `items` (pointer into a page), `total` (as
    in `is_cut`), `id` (pointer into an item and into the answer of the creation), `wanted` (whether the list should show it).
    """
    made, walk = taken
    shown = [values_at(item, arguments["id"]) for item in walk.items(arguments["items"])]
    is_there = values_at(made.first.json, arguments["id"]) in shown
    if is_there is arguments["wanted"] or not walk.ok or is_cut(walk, arguments):
        return None
    name = made.first.call.operation
    if is_there:
        return f"what {name} created below another parent is shown"
    return f"what {name} created is missing"


def belongings(ground: Ground) -> Iterator[Complaint]:
    """Look for what was created in every list that should show it, and in those that should not."""
    for listing in listings(ground):
        for plant in populate(ground).listed(listing.operation):
            wanted = _wanted(ground, listing, plant)
            if wanted is None or plant not in ground.garden.living:
                continue
            complaint = judged(
                CHECK,
                listing.operation.id,
                shows_created,
                [Taken(Step(call=plant.exchange.call), (plant.exchange,)), listing.walk],
                items=listing.paging.items,
                total=None if listing.paging.next else listing.paging.total,
                id=plant.creation.id,
                wanted=wanted,
            )
            if complaint:
                yield complaint


def _wanted(ground: Ground, listing: Listing, plant: Plant) -> bool | None:
    """Return whether a list should show a resource; None when nobody can tell."""
    if listing.base and not any(plant.id in values for values in listing.base.values()):
        return None
    if not listing.path:
        return True
    name, value = list(listing.path.items())[-1]
    reader = _reader(ground, listing.operation, name)
    parents = [
        found
        for place, known in plant.creation.references.items()
        if known == reader
        for found in _referred(plant, place)
    ]
    if len(parents) != 1:
        return None
    if parents[0] == value:
        return True
    return None if _is_changed(ground, plant) else False


def _reader(ground: Ground, operation: Operation, name: str) -> str | None:
    above = operation.path.partition(f"{{{name}}}")[0]
    found = ground.contract.paths.get(("GET", f"{above}{{{name}}}"))
    return found.id if found else None


def _referred(plant: Plant, place: str) -> list[Any]:
    if place.startswith("{"):
        path = plant.exchange.call.path
        return [path[place[1:-1]]] if place[1:-1] in path else []
    return values_at(plant.sent, place)


def _is_changed(ground: Ground, plant: Plant) -> bool:
    """Return whether somebody did something to a resource: it may have been shared, or moved."""
    return any(
        exchange.method != "GET" and plant.id in exchange.call.path.values()
        for exchange in ground.past
    )
