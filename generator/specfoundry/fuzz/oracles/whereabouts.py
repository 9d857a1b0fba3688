"""Where must a resource be seen, and how is it spoken of?"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import PointerError, follow
from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.live.trial import Step, Taken
from specfoundry.fuzz.promises.contract import target
from specfoundry.fuzz.promises.semantics import paging_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.live.trial import Complaint
    from specfoundry.fuzz.promises.contract import Contract, Operation
    from specfoundry.fuzz.promises.lists import Paging

GONE: Final = frozenset({404, 410})
"""What is answered for something that is not there any more."""

_ATTEMPTS: Final = 3
_SHOWN: Final = 120
_SURE: Final = frozenset({"job_ends"})
"""Verdicts on what nobody else can have brought about."""
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def made(plant: Plant) -> Taken:
    """Return the step that created a resource."""
    return Taken(Step(call=plant.exchange.call), (plant.exchange,))


def told(value: Any) -> str:
    """Return a value as a message shows it: short, and without ids that differ in every run."""
    text = _ID.sub("…", json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def said(text: str) -> str:
    """Return what a server said without ids that differ in every run."""
    return _ID.sub("…", text)


def listings(ground: Ground, plant: Plant) -> Iterator[tuple[Operation, Paging, Call]]:
    """Yield every list that must show a resource, with the call that walks it fast."""
    for name in plant.creation.lists:
        operation = ground.contract.get(name)
        paging = paging_of(operation) if operation else None
        path = _above(ground.contract, plant, operation) if operation else None
        if operation is None or paging is None or path is None:
            continue
        yield (
            operation,
            paging,
            Call(operation=name, path=path, query=widest(ground.contract, operation, paging)),
        )


def shown(walk: Taken, own: Any, items: str, pointer: str) -> list[Any]:
    """Return the items of a walked list that have an id: a pointer tells where in them."""
    return [item for item in walk.items(items) if own in values_at(item, pointer)]


def is_cut(walk: Taken, arguments: Mapping[str, Any]) -> bool:
    """Return whether a list tells of more than it shows, and not where the rest is.

    Arguments: `items` (pointer), `total` (pointer; None: the rest can be had).
    """
    total = walk.first.at(arguments["total"]) if arguments.get("total") else None
    return isinstance(total, int) and total > len(walk.items(arguments["items"]))


def sought(ground: Ground, plant: Plant, paging: Paging, call: Call, wanted: int) -> Taken:
    """Walk a list until it shows a resource so often, three times at most.

    While others create and delete, what a walk has passed moves to another page: once is chance.
    """
    walk = ground.take(call, "pages")
    for _ in range(_ATTEMPTS - 1):
        if len(shown(walk, plant.id, paging.items, plant.creation.id)) == wanted:
            break
        walk = ground.take(call, "pages")
    return walk


def widest(contract: Contract, operation: Operation, paging: Paging) -> dict[str, int]:
    """Return the query that asks for the longest pages, as far as the document tells."""
    parameter = operation.parameter(paging.per_page) if paging.per_page else None
    if parameter is None:
        return {}
    _, schema = target(contract.node, "", parameter.schema)
    most = schema.get("maximum")
    return {parameter.name: most} if isinstance(most, int) else {}


def referred(plant: Plant, reader: str) -> Any:
    """Return the id by which a resource refers to what an operation reads, or None."""
    for place, operation in plant.creation.references.items():
        if operation != reader:
            continue
        if place.startswith("{"):
            return plant.exchange.call.path.get(place.strip("{}"))
        try:
            return follow(plant.sent, place)
        except PointerError:
            continue
    return None


def _above(contract: Contract, plant: Plant, listed: Operation) -> dict[str, Any] | None:
    if listed.path == plant.creator.path:
        return dict(plant.exchange.call.path)
    found: dict[str, Any] = {}
    steps = listed.path.split("/")
    for index, step in enumerate(steps):
        if not step.startswith("{"):
            continue
        reader = contract.paths.get(("GET", "/".join(steps[: index + 1])))
        value = referred(plant, reader.id) if reader else None
        if value is None:
            return None
        found[step[1:-1]] = value
    return found


def twice(trial: Callable[[], Iterator[Complaint]]) -> Iterator[Complaint]:
    """Yield the complaints that a trial makes again when it is made again, from the beginning.

    What somebody else does to the same server at the same time goes wrong once.
    """
    first = list(trial())
    sure = [one for one in first if one.verdict in _SURE]
    yield from sure
    if first and not sure:
        known = {(one.check, one.operation, one.verdict) for one in first}
        for complaint in trial():
            if (complaint.check, complaint.operation, complaint.verdict) in known:
                yield complaint
