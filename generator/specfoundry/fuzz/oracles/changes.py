"""Which changes of one resource say most about how it is changed?"""

from __future__ import annotations

import copy
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import join, split
from specfoundry.fuzz.oracles.comparison import ABSENT, found, nested, within
from specfoundry.fuzz.oracles.whereabouts import made
from specfoundry.fuzz.promises.contract import target
from specfoundry.fuzz.promises.samples import NoSampleError, sample
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Merge

_KEYS: Final = 3
_STEPS: Final = (
    {"one": "1", "two": "2"},
    {"three": "3"},
    {"two": None},
    {"one": "changed"},
    {"one": "again", "three": None, "four": "4"},
)


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be changed.

    Attributes:
        update: What changes it.
        merge: How that treats what it is not sent.
        reading: The call that reads it.
        path: Path parameters of the update.
        start: How it was created; nothing when it was there before.
        hides: Pointers into the body that created it: what is not shown as it was sent.

    """

    update: Operation
    merge: Merge
    reading: Call
    path: Mapping[str, Any]
    start: tuple[Taken, ...] = ()
    hides: tuple[str, ...] = ()

    @classmethod
    def of(cls, ground: Ground, plant: Plant, update: Operation, merge: Merge) -> Target:
        """Return a resource that was created as something that can be changed."""
        reading = Call(operation=merge.get, path=plant.path(ground.contract[merge.get]))
        start, hides = (made(plant),), plant.creation.hides
        return cls(update, merge, reading, plant.path(update), start, hides)

    @classmethod
    def found(cls, ground: Ground, update: Operation, merge: Merge) -> Target:
        """Return what nobody creates as something that can be changed.

        Raises:
            BarrenError: There is none.

        """
        path = ground.garden.parents(update)
        return cls(update, merge, Call(operation=merge.get, path=path), path)

    def beside(self, path: Mapping[str, Any]) -> Target:
        """Return another one, that some path parameters name."""
        reading = replace(self.reading, path={**self.reading.path, **path})
        return replace(self, reading=reading, path={**self.path, **path})

    def restoring(self, before: Any) -> Call:
        """Return the call that sets everything back that the examples change.

        Args:
            before: What was read at first.
        """
        media = next(iter(self.update.bodies), None)
        names = [name for body in (media.examples if media else ()) for name in body]
        known = before if isinstance(before, dict) else {}
        return self.call({name: known[name] for name in names if name in known})

    def call(self, body: Any) -> Call:
        """Return the call that makes a change."""
        media = self.update.bodies[0].media_type if self.update.bodies else None
        return Call(operation=self.update.id, path=self.path, media_type=media, body=body)


def is_valid(ground: Ground, update: Operation, body: Any) -> bool:
    """Return whether the schema of an update allows a body."""
    pointer = update.bodies[0].schema_pointer if update.bodies else None
    return pointer is not None and ground.contract.validators.allows(pointer, body)


def parts(ground: Ground, update: Operation, merge: Merge) -> list[Any]:
    """Return changes that have nothing to do with each other: of every member one."""
    media = next(iter(update.bodies), None)
    alone: dict[str, Any] = {}
    for example in media.examples if media else ():
        for pointer in leaves(example) if isinstance(example, dict) else ():
            top = join("", split(pointer)[0])
            if top in alone or within(pointer, [*merge.maps, *merge.hides]):
                continue
            value = found(example, pointer)
            value = ground.garden.fresh(value) if pointer in merge.unique else value
            body = nested(pointer, next(iter(others(value)), value))
            if is_valid(ground, update, body):
                alone[top] = body
    for body in unshown(ground, update):
        if not _is_apart(body, merge):
            alone[join("", next(iter(body)))] = body
    keys = [{f"key-{number}": str(number)} for number in range(_KEYS)]
    return [*alone.values(), *(nested(one, key) for one in merge.maps[:1] for key in keys)]


def flips(ground: Ground, update: Operation, merge: Merge) -> list[Any]:
    """Return changes to one value and to its opposite; nothing when no example holds one."""
    for body in parts(ground, update, merge):
        for pointer in leaves(body):
            value = found(body, pointer)
            if isinstance(value, bool):
                return [body, nested(pointer, not value), body]
    return []


def unshown(ground: Ground, update: Operation) -> list[Any]:
    """Return changes of those members that no example of an update has: each has one of them."""
    media = next(iter(update.bodies), None)
    _, schema = target(ground.contract.node, "", media.node.get("schema")) if media else ("", {})
    examples = media.examples if media else ()
    shown = {name for example in examples if isinstance(example, dict) for name in example}
    found_bodies = []
    for name, node in schema.get("properties", {}).items():
        if name not in shown:
            with suppress(NoSampleError):
                value = sample(ground.contract.node, node)
                found_bodies += [{name: one} for one in (*others(value), value)]
    return [body for body in found_bodies if is_valid(ground, update, body)]


def changes(ground: Ground, update: Operation, merge: Merge) -> list[tuple[Any, bool]]:
    """Return the bodies to send in turn, and whether each of them must be accepted.

    Keys of every map come, change and go; then nothing changes; then every example is sent, and
    every value in it alone, then another one in its place, then null, and the example again; then
    what no example shows.
    """
    media = next(iter(update.bodies), None)
    steps = [(nested(pointer, change), True) for pointer in merge.maps for change in _STEPS]
    steps.append(({}, False))
    for example in media.examples if media else ():
        if isinstance(example, dict):
            steps.append((copy.deepcopy(example), False))
            steps += [(body, False) for body in _alone(example, merge)]
    steps += [(body, False) for body in unshown(ground, update)]
    return [(body, sure) for body, sure in steps if sure or is_valid(ground, update, body)]


def _alone(example: Any, merge: Merge) -> Iterator[Any]:
    places = [pointer for pointer in leaves(example) if not within(pointer, merge.maps)]
    tops = [join("", name) for name in example]
    for pointer in dict.fromkeys([*tops, *places]):
        if any(within(one, [pointer]) for one in merge.maps):
            continue
        value = found(example, pointer)
        for other in (*others(value), value):
            yield nested(pointer, other)
        if value is not None:
            yield nested(pointer, None)
            yield nested(pointer, value)


def _is_apart(body: Any, merge: Merge) -> bool:
    return any(within(join("", name), [*merge.maps, *merge.hides]) for name in body)


def leaves(value: Any, pointer: str = "") -> Iterator[str]:
    """Yield where a JSON value has something that is no object, or an empty one."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, join(pointer, name))
    elif value is not ABSENT and pointer:
        yield pointer


def others(value: Any) -> tuple[Any, ...]:
    """Return other values of the same kind, where some are sure to mean no more than themselves."""
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1,)
    return ()
