"""Where does a resource belong: to the place in which the callers' roles hold, or somewhere else?"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from specfoundry.fuzz.live.plants import BarrenError, Plant, has
from specfoundry.fuzz.oracles.likely import references
from specfoundry.fuzz.promises.semantics import creation_of, rights_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.promises.contract import Contract, Operation


@dataclass(frozen=True)
class Standing:
    """Knows what belongs to the place of the roles.

    Attributes:
        ground: Where everything lives.
        places: Path parameters of the places themselves by the operation that reads them.
        examples: Of the bodies with which resources are created in the place, where the first one
            of the document makes one that belongs nowhere; by the operation that creates.
        other: Path parameters of what is shared in another place.
        prepared: What was prepared there.
        moved: Not empty once the other place has been furnished.

    """

    ground: Ground
    places: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    examples: dict[str, Any] = field(default_factory=dict)
    other: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    prepared: dict[tuple[str, str], Plant] = field(default_factory=dict, repr=False)
    moved: list[bool] = field(default_factory=list, repr=False)

    @classmethod
    def of(cls, ground: Ground) -> Standing:
        """Take for places what was given from outside: it was not grown here."""
        grown = [plant for plant in ground.garden.living if plant.creation.get]
        known = {plant.creation.get: plant.path(_reader(ground, plant)) for plant in grown}
        return cls(
            ground,
            {
                reader: dict(path)
                for reader, path in ground.garden.shared.items()
                if reader in ground.garden.creators and known.get(reader) != path
            },
        )

    def move_in(self) -> None:
        """Let what is shared be in the place, where the document has an example of that."""
        for reader, (operation, creation) in self.ground.garden.creators.items():
            examples = operation.bodies[0].examples if operation.bodies else ()
            for example in examples[1:] if reader not in self.places else ():
                new = [place for place in creation.references if has(example, place)]
                if all(has(examples[0], place) for place in new):
                    continue
                try:
                    plant = self.ground.garden.grow(operation, creation, example)
                except BarrenError:  # another example may do, or the first one has to
                    continue
                self.ground.garden.shared[reader] = plant.path(self.ground.contract[reader])
                self.examples[operation.id] = example
                break

    @contextmanager
    def elsewhere(self) -> Iterator[Standing]:
        """Let everything that is shared be of another place, which is made when it is needed."""
        garden = self.ground.garden
        here, garden.shared = garden.shared, self.other
        kept, garden.prepared = garden.prepared, self.prepared
        try:
            for reader in self.places:
                garden.path(reader)
            places = {reader: garden.shared[reader] for reader in self.places}
            other = Standing(self.ground, places, self.examples)
            if not self.moved:
                self.moved.append(True)
                other.move_in()
            yield other
        finally:
            garden.shared, garden.prepared = here, kept

    def inside(self, call: Call) -> bool:
        """Return whether a call is about something in the place, as far as anybody can tell."""
        operation = self.ground.contract[call.operation]
        if any(self._holds(reader, path) for reader, path in self._above(operation, call)):
            return True
        creation = creation_of(operation)
        if creation is None:
            return False
        return any(
            self._is_place_or_in_one(reader)
            for place, reader in creation.references.items()
            if place.startswith("/") and has(call.body, place)
        )

    def _above(self, operation: Operation, call: Call) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield what the steps of the path read, with the parameters up to there."""
        for place, (source, _) in references(operation).items():
            other = self.ground.contract.get(source)
            if other is None or not place.startswith("{"):
                continue
            if source in self.ground.garden.shared:
                yield source, self.ground.garden.shared[source]
            elif other.path != operation.path:
                parents = self.ground.garden.parents(other)
                yield from self._above(other, Call(operation=other.id, path=parents))
        steps = operation.path.split("/")
        path: dict[str, Any] = {}
        for index, step in enumerate(steps):
            if not step.startswith("{"):
                continue
            path = {**path, step[1:-1]: call.path.get(step[1:-1])}
            reader = self.ground.contract.paths.get(("GET", "/".join(steps[: index + 1])))
            if reader is not None:
                yield reader.id, path

    def _holds(self, reader: str, path: Mapping[str, Any]) -> bool:
        if self.places.get(reader) == dict(path):
            return True
        plant = self._plant(reader, path)
        return plant is not None and any(
            self._is_place_or_in_one(other)
            for place, other in plant.creation.references.items()
            if place.startswith("{") or has(plant.sent, place)
        )

    def _is_place_or_in_one(self, reader: str) -> bool:
        shared = self.ground.garden.shared.get(reader)
        return shared is not None and self._holds(reader, shared)

    def _plant(self, reader: str, path: Mapping[str, Any]) -> Plant | None:
        for plant in reversed(self.ground.garden.living):
            if plant.creation.get == reader and plant.path(_reader(self.ground, plant)) == path:
                return plant
        return None


def _reader(ground: Ground, plant: Plant) -> Operation:
    return ground.contract[plant.creation.get or plant.creator.id]


def nobody_of(contract: Contract) -> str | None:
    """Return the role that stands for having none: told (`x-roles`), or most often refused."""
    told = contract.node.get("x-roles", {}).get("nobody")
    if isinstance(told, str):
        return told
    refused: dict[str, int] = {}
    for operation in contract:
        rights = rights_of(operation)
        for role in rights.refusals if rights else ():
            refused[role] = refused.get(role, 0) + 1
    return max(refused, key=lambda role: refused[role], default=None)


def bound_roles(ground: Ground, other: Standing) -> list[str]:
    """Return the roles that hold in one place only, as told (`x-roles`).

    Without a word of them they are those that cannot read most of what is elsewhere.
    """
    everywhere = ground.contract.node.get("x-roles", {}).get("everywhere")
    if everywhere is not None:
        return [role for role in ground.roles if role not in everywhere]
    calls = [
        Call(operation=reader, path=path)
        for reader, path in ground.garden.shared.items()
        if other.inside(Call(operation=reader, path=path))
    ]
    found = []
    for role, identity in ground.roles.items():
        seen = [ground.take(replace(call, identity=identity)).first.ok for call in calls]
        if sum(seen) * 2 < len(seen):
            found.append(role)
    return found
