"""What must be there before a list can show whether it is right?

Items that differ: of every request example, below two parents of every kind, in states that calls
have led to, with names whose order is not that in which they were made, some of them with labels,
some changed at another second than they were made.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError, has
from specfoundry.fuzz.oracles.breeding import bred, change, examples_of
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.promises.semantics import (
    blob_of,
    creation_of,
    creators,
    lists,
    merge_of,
    ordering_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.live.garden import Garden
    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.promises.contract import Operation

_WANTED: Final = 3
_SECOND: Final = 1.1
_LABELS: Final[tuple[Mapping[str, str], ...]] = (
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
        made: When the first part was made, by the monotonic clock.
        finished: Whether there is nothing more to make.
        creators: What makes it.

    """

    plants: list[Plant] = field(default_factory=list)
    elsewhere: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: float = 0.0
    finished: bool = False
    creators: list[Operation] = field(default_factory=list)

    def listed(self, operation: Operation) -> list[Plant]:
        """Return what a list should show, as far as its path lets it."""
        return [plant for plant in self.plants if operation.id in plant.creation.lists]


def begin(ground: Ground) -> Population:
    """Make the first part, once: what is to be older than the rest.

    On a server that must not be changed there is nothing: the lists show what they have.
    """
    found = ground.memory.get("population")
    if not isinstance(found, Population):
        needed = [] if ground.read_only else _needed(ground)
        found = ground.memory["population"] = Population(finished=not needed, creators=needed)
        _sow(ground, found)
        found.made = time.monotonic()
    return found


def _needed(ground: Ground) -> list[Operation]:
    """Return what creates items of the lists that are to be judged, and what they refer to.

    That is everything when there is a list whose items come to life by some other way.
    """
    judged = {operation.id for operation, _ in lists(ground.contract) if ground.judges(operation)}
    known = list(creators(ground.contract))
    if not judged <= {name for _, creation in known for name in creation.lists}:
        return [operation for operation, _ in known]
    wanted = {operation.id for operation, creation in known if judged & {*creation.lists}}
    for _ in known:  # as deep as references can lead
        readers = {
            reader
            for operation, creation in known
            if operation.id in wanted
            for reader in creation.references.values()
        }
        wanted |= {operation.id for operation, creation in known if creation.get in readers}
    return [operation for operation, _ in known if operation.id in wanted]


def populate(ground: Ground) -> Population:
    """Return what is there for all lists together; made at the first call."""
    found = begin(ground)
    if not found.finished:
        found.finished = True
        if _shows_seconds(ground):  # what is changed or made from here on is to show another one
            time.sleep(max(0.0, found.made + _SECOND - time.monotonic()))
        _tend(ground, found)
    return found


def _shows_seconds(ground: Ground) -> bool:
    """Return whether some list shows times less exactly than it knows them."""
    found = (ordering_of(operation) for operation, _ in lists(ground.contract))
    return any(one is not None and one[1].coarse for one in found)


def _sow(ground: Ground, found: Population) -> None:
    for operation in found.creators:
        examples = examples_of(operation)
        examples += examples[:1] * (_WANTED - len(examples))
        found.plants += [one for each in examples for one in bred(ground, operation, each)]
    with _parents(ground.garden, _fixed(ground.garden), {}) as found.elsewhere:
        for operation in found.creators:
            for example in examples_of(operation):
                found.plants += bred(ground, operation, example)


def _tend(ground: Ground, found: Population) -> None:
    """Change some of what there is, and make more, with a parent of its own."""
    labels = labels_of(ground.garden.prefix)
    for operation, creation in creators(ground.contract):
        if operation not in found.creators:
            continue
        plants = [plant for plant in found.plants if plant.creator is operation]
        for index, plant in enumerate([*plants[:2], *plants[-1:]]):
            change(ground, plant, labels[index])
        for place, reader in creation.references.items():
            found.plants += _beside(ground, found, operation, place, reader)
        if not creation.references:
            found.plants += bred(ground, operation, next(iter(examples_of(operation)), None))
    if len(found.creators) == len(list(creators(ground.contract))):
        with _parents(ground.garden, found.elsewhere, {}):
            _stir(ground)


def labels_of(prefix: str) -> list[dict[str, str]]:
    """Return different sets of labels, whose keys say whose they are."""
    return [{_named(key, prefix): value for key, value in one.items()} for one in _LABELS]


def _named(key: str, prefix: str) -> str:
    above, slash, last = key.rpartition("/")
    return f"{above}{slash}{prefix}-{last}"


def _beside(
    ground: Ground, found: Population, operation: Operation, place: str, reader: str
) -> list[Plant]:
    """Return one more that refers to a sibling of what the others refer to."""
    garden = ground.garden
    known = ground.contract.get(reader)
    usual = garden.shared.get(reader)
    others = found.elsewhere.get(reader)
    if known is None or usual is None:
        return []
    paths = [plant.path(known) for plant in found.plants if plant.creation.get == reader]
    sibling = next((path for path in paths if path not in (usual, others)), usual)
    examples = [one for one in examples_of(operation) if place.startswith("{") or has(one, place)]
    # What usually has a parent for itself alone is given one that has a child already.
    children = [plant for plant in garden.living if plant.creator is operation]
    crowded = creation_of(operation) if not place.startswith("{") else None
    alone = crowded is not None and any(one.startswith("{") for one in crowded.unique)
    path = children[0].exchange.call.path if alone and children else None
    with _parents(garden, {**garden.shared, reader: sibling}, garden.prepared):
        return bred(ground, operation, next(iter(examples), None), path)


def _stir(ground: Ground) -> None:
    """Call what changes resources without creating or removing them, so that they are not alike."""
    mine = {plant.id for plant in ground.garden.living if isinstance(plant.id, str)}
    for operation in ground.contract:
        plain = creation_of(operation) is None and merge_of(operation) is None
        if operation.method not in {"POST", "PATCH", "PUT"} or not plain or blob_of(operation):
            continue
        try:
            call = likely(ground, operation)
        except BarrenError:
            continue
        if mine & {value for value in call.path.values() if isinstance(value, str)}:
            ground.take(call, "job")


def _fixed(garden: Garden) -> dict[str, dict[str, Any]]:
    """Return the references that nobody grew: they are given, and used everywhere."""
    grown = [
        plant.path(reader)
        for plant in garden.living
        if (reader := garden.contract.get(plant.creation.get)) is not None
    ]
    return {name: path for name, path in garden.shared.items() if path not in grown}


@contextmanager
def _parents(
    garden: Garden, shared: dict[str, dict[str, Any]], prepared: dict[tuple[str, str], Plant]
) -> Iterator[dict[str, dict[str, Any]]]:
    """Let the garden refer to others than usual for a while."""
    usual = garden.shared, garden.prepared
    garden.shared, garden.prepared = shared, prepared
    try:
        yield shared
    finally:
        garden.shared, garden.prepared = usual
