"""Is a list in the order that was asked for?"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.live.trial import Complaint, Step, Taken, judged, verdict
from specfoundry.fuzz.oracles.listing import listings
from specfoundry.fuzz.oracles.population import populate
from specfoundry.fuzz.promises.semantics import ordering_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.oracles.listing import Listing
    from specfoundry.fuzz.promises.lists import Ordering

CHECK: Final = "order"


@verdict
def in_order(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say where the list that the last step walked is not sorted.

    Arguments: `items` (pointer into a page), `keys` (pointers into an item, the first counts most),
    `descending`, `asked` (how the order was asked for).
    """
    walk = taken[-1]
    if not walk.ok:
        return f"{arguments['asked']} was refused: {walk.last.summary()}"
    keys: list[str] = arguments["keys"]
    if is_sorted(walk.items(arguments["items"]), keys, descending=arguments["descending"]):
        return None
    return f"{arguments['asked']}: the items are not in the order of {', '.join(keys)}"


@verdict
def as_created(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say whether a list shows what the steps before it created in another order.

    Arguments: `items` (pointer into a page), `id` (pointer into an item and an answer).
    """
    *made, walk = taken
    shown = [values_at(item, arguments["id"]) for item in walk.items(arguments["items"])]
    mine = [values_at(one.last.json, arguments["id"]) for one in made]
    places = [shown.index(one) for one in mine if one in shown]
    return None if places == sorted(places) else "items do not stand in the order of creation"


def orders(ground: Ground) -> Iterator[Complaint]:
    """Ask every list for every order, both ways."""
    for listing in listings(ground):
        found = ordering_of(listing.operation)
        if found is not None:
            yield from _asked(listing, found[0].name, found[1])
        yield from _default(listing)


def _asked(listing: Listing, name: str, ordering: Ordering) -> Iterator[Complaint]:
    for word, pointer in ordering.values.items():
        tie = [ordering.tie] if ordering.tie and word not in ordering.coarse else []
        for descending in (False, True):
            query = ordering.query(name, word, descending=descending)
            arguments = {
                "keys": [pointer, *tie],
                "descending": descending,
                "asked": " and ".join(f"{one}={value}" for one, value in query.items()),
            }
            # Somebody may change something between two pages: what is wrong is wrong again.
            if _sorted(listing, listing.ask(query), arguments):
                again = _sorted(listing, listing.ask(query), arguments)
                if again:
                    yield again


def _sorted(listing: Listing, walk: Taken, arguments: Mapping[str, Any]) -> Complaint | None:
    items = listing.paging.items
    return judged(CHECK, listing.operation.id, in_order, [walk], items=items, **arguments)


def _default(listing: Listing) -> Iterator[Complaint]:
    default = listing.operation.node.get("x-default-order")
    complaint = None
    if isinstance(default, list):
        arguments = {"keys": list(default), "descending": False, "asked": "without an order"}
        complaint = _sorted(listing, listing.walk, arguments)
    elif default == "created":
        complaint = _as_created(listing)
    if complaint:
        yield complaint


def _as_created(listing: Listing) -> Complaint | None:
    plants = populate(listing.ground).listed(listing.operation)
    if not plants:
        return None
    made = [Taken(Step(call=one.exchange.call), (one.exchange,)) for one in plants]
    return judged(
        CHECK,
        listing.operation.id,
        as_created,
        [*made, listing.walk],
        items=listing.paging.items,
        id=plants[0].creation.id,
    )


def is_sorted(items: Sequence[Any], keys: Sequence[str], *, descending: bool) -> bool:
    """Return whether items are sorted by what these pointers find in them.

    Texts compare by code point, numbers by value; a pair of different kinds is not judged.
    """
    ranks = [[(values_at(item, key) or [None])[0] for key in keys] for item in items]
    pairs = itertools.pairwise(ranks)
    return all(_in_order(*(pair[::-1] if descending else pair)) for pair in pairs)


def _in_order(left: Sequence[Any], right: Sequence[Any]) -> bool:
    for one, other in zip(left, right, strict=True):
        if one == other:
            continue
        comparable = type(one) is type(other) and isinstance(one, str | int | float)
        return one < other if comparable else True
    return True
