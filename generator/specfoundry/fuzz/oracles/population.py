"""What must be there before a list can show whether it is right?

Items that differ: of every request example, below two parents of every kind, with names whose order
is not that in which they were made, some of them with labels, changed at another second than made.
"""

from __future__ import annotations

import copy
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import follow, split
from specfoundry.fuzz.exchange import Call
from specfoundry.fuzz.garden import BarrenError, has, put
from specfoundry.fuzz.semantics import creators, filter_of, lists, merge_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.garden import Garden, Plant
    from specfoundry.fuzz.ground import Ground
    from specfoundry.fuzz.semantics import Creation

_WANTED: Final = 3
_SECOND: Final = 1.1
_LETTERS: Final = "xBkAqZc"
_LABELS: Final[tuple[dict[str, str], ...]] = (
    {"key": "one", "mark": "x"},
    {"key": "two"},
    {"example.org/key": "one", "mark": "y"},
)


@dataclass
class Population:
    """What was made for the lists of one server.

    Attributes:
        plants: Everything, in the order in which it was made.
        elsewhere: Path parameters by reading operation, of the second parents.
        labels: The keys and values that some resources have.

    """

    plants: list[Plant] = field(default_factory=list)
    elsewhere: dict[str, dict[str, Any]] = field(default_factory=dict)
    labels: tuple[Mapping[str, str], ...] = ()

    def listed(self, operation: Operation) -> list[Plant]:
        """Return what a list should show, as far as its path lets it."""
        return [plant for plant in self.plants if operation.id in plant.creation.lists]


def populate(ground: Ground) -> Population:
    """Return what is there for all lists together; made at the first call.

    On a server that must not be changed there is nothing: the lists show what they have.
    """
    found = ground.memory.get("population")
    if not isinstance(found, Population):
        found = ground.memory["population"] = Population()
        if not ground.read_only:
            _stock(ground, found)
    return found


def _stock(ground: Ground, found: Population) -> None:
    mine = list(creators(ground.contract))
    for operation, creation in mine:
        found.plants += _kinds(ground, operation, creation)
    with _parents(ground.garden, _fixed(ground.garden)) as found.elsewhere:
        for operation, creation in mine:
            found.plants += _grown(ground, operation, creation, None)
    time.sleep(_SECOND)  # so that what is changed or made from here on shows another time
    prefix = ground.garden.prefix
    found.labels = tuple(
        {_named(key, prefix): value for key, value in labels.items()} for labels in _LABELS
    )
    for operation, creation in mine:
        plants = [plant for plant in found.plants if plant.creator is operation]
        for index, plant in enumerate([*plants[:2], *plants[-1:]]):
            labels = found.labels[index] if index < len(found.labels) else {}
            change(ground, plant, labels)
        found.plants += _grown(ground, operation, creation, None)


def _named(key: str, prefix: str) -> str:
    above, slash, last = key.rpartition("/")
    return f"{above}{slash}{prefix}-{last}"


def _kinds(ground: Ground, operation: Operation, creation: Creation) -> list[Plant]:
    media = next(iter(operation.bodies), None)
    examples = list(media.examples) if media else [None]
    while len(examples) < _WANTED:
        examples.append(examples[0] if examples else None)
    return [one for example in examples for one in _grown(ground, operation, creation, example)]


def _grown(ground: Ground, operation: Operation, creation: Creation, example: Any) -> list[Plant]:
    """Return one resource with names of its own; none where the server refuses the example."""
    garden = ground.garden
    try:
        call = garden.call(operation, creation, example)
    except BarrenError:
        return []
    for body in (_scattered(call.body, creation, garden), call.body):
        exchange = ground.session.send(_with(call, body))
        if exchange.ok and exchange.at(creation.id) is not None:
            garden.settle(operation, exchange)
            return [plant for plant in garden.living if plant.exchange is exchange]
    return []


def _with(call: Call, body: Any) -> Call:
    return Call(operation=call.operation, path=call.path, media_type=call.media_type, body=body)


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


def _fixed(garden: Garden) -> dict[str, dict[str, Any]]:
    """Return the references that nobody grew: they are given, and used everywhere."""
    grown = [
        plant.path(reader)
        for plant in garden.living
        if (reader := garden.contract.get(plant.creation.get)) is not None
    ]
    return {name: path for name, path in garden.shared.items() if path not in grown}


@contextmanager
def _parents(garden: Garden, shared: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Let the garden refer to others than usual for a while."""
    usual, garden.shared = garden.shared, shared
    try:
        yield shared
    finally:
        garden.shared = usual


def change(ground: Ground, plant: Plant, labels: Mapping[str, str]) -> None:
    """Change a resource a little, so that its times differ, when the document says how."""
    operation = ground.contract.get(plant.creation.update)
    merge = merge_of(operation) if operation else None
    if operation is None or merge is None or not operation.bodies:
        return
    media = operation.bodies[0]
    place = next((one for one in _label_places(ground) if one in merge.maps), None)
    body = _nested(place, dict(labels)) if place else next(iter(media.examples), None)
    if body is None:
        return
    body = copy.deepcopy(body)
    for unique in plant.creation.unique:
        if has(body, unique):
            put(body, unique, ground.garden.fresh(follow(body, unique)))
    path = plant.path(operation)
    ground.take(Call(operation=operation.id, path=path, media_type=media.media_type, body=body))


def _label_places(ground: Ground) -> set[str]:
    return {
        rule.path
        for operation, _ in lists(ground.contract)
        for parameter in operation.at("query")
        if (rule := filter_of(operation, parameter)) and rule.op == "labels"
    }


def _nested(pointer: str, value: Any) -> Any:
    for token in reversed(split(pointer)):
        value = {token: value}
    return value
