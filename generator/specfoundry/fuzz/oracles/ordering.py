"""Is a list in the order that was asked for?"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.garden import BarrenError
from specfoundry.fuzz.ground import Ground, values_at
from specfoundry.fuzz.oracles.population import populate, touch
from specfoundry.fuzz.semantics import lists, ordering_of
from specfoundry.fuzz.trial import Complaint, judged, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.semantics import Ordering, Paging
    from specfoundry.fuzz.trial import Taken

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


def orders(ground: Ground) -> Iterator[Complaint]:
    """Ask every list for every order, both ways."""
    for operation, paging in lists(ground.contract):
        found = ordering_of(operation)
        default = operation.node.get("x-default-order")
        if not ground.judges(operation) or (found is None and default is None):
            continue
        try:
            for plant in populate(ground, operation)[:1]:
                touch(ground, plant)
            if found is not None:
                yield from _asked(ground, operation, paging, found[0].name, found[1])
            if isinstance(default, list):
                yield from _default(ground, operation, paging, default)
        except BarrenError:
            continue


def _asked(
    ground: Ground, operation: Operation, paging: Paging, name: str, ordering: Ordering
) -> Iterator[Complaint]:
    for word, pointer in ordering.values.items():
        tie = [ordering.tie] if ordering.tie and word not in ordering.coarse else []
        for prefix in ("", ordering.descending):
            complaint = judged(
                CHECK,
                operation.id,
                in_order,
                [ground.walk(operation, **{name: f"{prefix}{word}"})],
                items=paging.items,
                keys=[pointer, *tie],
                descending=bool(prefix),
                asked=f"{name}={prefix}{word}",
            )
            if complaint:
                yield complaint


def _default(
    ground: Ground, operation: Operation, paging: Paging, keys: Sequence[str]
) -> Iterator[Complaint]:
    complaint = judged(
        CHECK,
        operation.id,
        in_order,
        [ground.walk(operation)],
        items=paging.items,
        keys=list(keys),
        descending=False,
        asked="without an order",
    )
    if complaint:
        yield complaint


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
