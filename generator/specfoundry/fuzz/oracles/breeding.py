"""How are resources made that differ from each other in more than their ids?"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import follow, split
from specfoundry.fuzz.live.plants import BarrenError, has, names_it, put
from specfoundry.fuzz.promises.semantics import creation_of, filter_of, lists, merge_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.live.garden import Garden
    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation

_LETTERS: Final = "xBkAqZc"
_EARLIER: Final = 3


def examples_of(operation: Operation) -> list[Any]:
    """Return the examples of a request body; one None where there is no body."""
    media = next(iter(operation.bodies), None)
    return list(media.examples) if media else [None]


def bred(
    ground: Ground, operation: Operation, example: Any, path: Mapping[str, Any] | None = None
) -> list[Plant]:
    """Return one resource with names of its own; none where the server refuses the example.

    A name of a strange form is tried first, then a plain one, then those that others have: what
    must be unique need not be so by itself.

    Args:
        ground: Where to make it.
        operation: What creates it.
        example: The body to start from.
        path: Path parameters instead of the usual ones.
    """
    garden = ground.garden
    creation = creation_of(operation)
    try:
        call = garden.call(operation, creation, example) if creation else None
    except BarrenError:
        return []
    if creation is None or call is None:
        return []
    tried: list[Any] = []
    for body in _bodies(garden, operation, creation, call.body):
        if body in tried:
            continue
        tried.append(body)
        exchange = ground.session.send(replace(call, body=body, path=path or call.path))
        if exchange.ok and names_it(exchange.at(creation.id)):
            garden.settle(operation, exchange)
            return [plant for plant in garden.living if plant.exchange is exchange]
    return []


def _bodies(garden: Garden, operation: Operation, creation: Creation, body: Any) -> Iterator[Any]:
    yield _scattered(body, creation, garden)
    yield body
    earlier = [plant.sent for plant in garden.living if plant.creator is operation]
    for sent in reversed(earlier[-_EARLIER:]):
        other = copy.deepcopy(body)
        for unique in creation.unique:
            place = _nearest(other, unique)
            if place and has(sent, place):
                put(other, place, copy.deepcopy(follow(sent, place)))
        yield other


def _nearest(body: Any, pointer: str) -> str:
    """Return the pointer, or that of the innermost object around it that is there."""
    while pointer and not has(body, pointer):
        pointer = pointer.rpartition("/")[0]
    return pointer


def _scattered(body: Any, creation: Creation, garden: Garden) -> Any:
    """Return the body with names that are not sorted as they are made, nor all in lower case."""
    body = copy.deepcopy(body)
    head = f"{garden.prefix}-"
    letter = _LETTERS[len(garden.living) % len(_LETTERS)]
    for place in creation.unique:
        text = follow(body, place) if has(body, place) else None
        if isinstance(text, str) and text.startswith(head):
            put(body, place, f"{head}{letter}{text.removeprefix(head)}")
    return body


def change(ground: Ground, plant: Plant, labels: Mapping[str, str]) -> None:
    """Change a resource a little, so that its times differ, when the document says how."""
    operation = ground.contract.get(plant.creation.update)
    merge = merge_of(operation) if operation else None
    if operation is None or merge is None or not operation.bodies:
        return
    media = operation.bodies[0]
    place = next((one for one in label_places(ground) if one in merge.maps), None)
    body = nested(place, dict(labels)) if place else next(iter(media.examples), None)
    if body is None:
        return
    body = copy.deepcopy(body)
    for unique in plant.creation.unique:
        if has(body, unique):
            put(body, unique, ground.garden.fresh(follow(body, unique)))
    path = plant.path(operation)
    ground.take(Call(operation=operation.id, path=path, media_type=media.media_type, body=body))


def label_places(ground: Ground) -> set[str]:
    """Return pointers to the labels that some list can be filtered by."""
    return {
        rule.path
        for operation, _ in lists(ground.contract)
        for parameter in operation.at("query")
        if (rule := filter_of(operation, parameter)) and rule.op == "labels"
    }


def nested(pointer: str, value: Any) -> Any:
    """Return the smallest JSON value that has a value at a pointer."""
    for token in reversed(split(pointer)):
        value = {token: value}
    return value
