"""Is a list in the order that was asked for?"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from specfoundry.fuzz.garden import BarrenError
from specfoundry.fuzz.oracles.ground import Complaint, Ground, Listing, values_at
from specfoundry.fuzz.oracles.population import populate, touch
from specfoundry.fuzz.semantics import lists, ordering_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.semantics import Ordering, Paging

CHECK = "order"


def orders(ground: Ground) -> Iterator[Complaint]:
    """Ask every list for every order, both ways."""
    for operation, paging in lists(ground.contract):
        found = ordering_of(operation)
        default = operation.node.get("x-default-order")
        if found is None and default is None:
            continue
        try:
            plants = populate(ground, operation)
        except BarrenError:
            continue
        if plants:
            touch(ground, plants[0])
        if found is not None:
            parameter, ordering = found
            yield from _asked(ground, operation, paging, parameter.name, ordering)
        if isinstance(default, list):
            yield from _default(ground, operation, paging, default)


def _asked(
    ground: Ground, operation: Operation, paging: Paging, name: str, ordering: Ordering
) -> Iterator[Complaint]:
    for word, pointer in ordering.values.items():
        tie = [ordering.tie] if ordering.tie and word not in ordering.coarse else []
        keys = [pointer, *tie]
        for prefix in ("", ordering.descending):
            listing = ground.list(operation, paging, **{name: f"{prefix}{word}"})
            if not listing.ok:
                text = f"{name}={prefix}{word} was refused"
                yield Complaint(CHECK, operation.id, text, listing.exchanges)
            elif not is_sorted(listing.items, keys, descending=bool(prefix)):
                text = f"{name}={prefix}{word}: the items are not in the order of {', '.join(keys)}"
                yield Complaint(CHECK, operation.id, text, listing.exchanges)


def _default(
    ground: Ground, operation: Operation, paging: Paging, keys: Sequence[str]
) -> Iterator[Complaint]:
    listing: Listing = ground.list(operation, paging)
    if listing.ok and not is_sorted(listing.items, keys, descending=False):
        text = f"without an order the items are not in the order of {', '.join(keys)}"
        yield Complaint(CHECK, operation.id, text, listing.exchanges)


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
