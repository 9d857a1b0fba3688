"""Does what belonged to something go with it, and does nothing go on speaking of it?"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError, by_id, has, put
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.deletion import gone, unlisted
from specfoundry.fuzz.oracles.likely import likely, references
from specfoundry.fuzz.oracles.whereabouts import listings, made, referred, sought, twice
from specfoundry.fuzz.promises.semantics import creation_of, creators
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation

CHECK: Final = "cascade"


@verdict
def unmentioned(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that what the last step reads still names what the first step created.

    Arguments: `id` (pointer into the answer of the creation), `what` (in words).
    """
    own, read = taken[0].first.at(arguments["id"]), taken[-1].first
    if read.ok and own is not None and json.dumps(own) in json.dumps(read.json):
        return f"{arguments['what']} still names what is gone"
    return None


def cascades(ground: Ground) -> Iterator[Complaint]:
    """Remove what others belong to or refer to, and look at the others."""
    if ground.read_only:
        return
    for operation, creation in creators(ground.contract):
        for place in creation.owners:
            owner = ground.garden.creators.get(creation.references.get(place, ""))
            remove = ground.contract.get(owner[1].delete) if owner else None
            if owner is not None and remove is not None and ground.judges(remove):
                yield from twice(partial(_owned, ground, (operation, creation), place, owner))
    for operation in ground.contract:
        if not operation.reads and creation_of(operation) is None and ground.judges(operation):
            for place, kind in referable(ground, operation):
                yield from twice(partial(_referred, ground, operation, place, kind))


def _owned(
    ground: Ground,
    kind: tuple[Operation, Creation],
    place: str,
    owner_kind: tuple[Operation, Creation],
) -> Iterator[Complaint]:
    try:
        owner = ground.garden.grow(*owner_kind)
        call = _call(ground, kind, place, owner.id)
    except BarrenError:
        return
    child = ground.take(call, "job") if call else None
    plant = ground.garden.plant_of(child.first) if child else None
    if child is None or plant is None:
        return
    witnesses = list(_witnesses(ground, plant, place))
    remove = ground.contract[str(owner.creation.delete)]
    removed = ground.take(Call(operation=remove.id, path=owner.path(remove)), "job")
    if removed.first.ok:
        yield from _orphan(ground, plant, [child, made(owner), removed])
        for witness in witnesses:
            steps = [made(owner), child, removed, ground.take(witness)]
            yield from _told(
                judged(
                    CHECK,
                    remove.id,
                    unmentioned,
                    steps,
                    id=owner.creation.id,
                    what=witness.operation,
                )
            )


def _call(ground: Ground, kind: tuple[Operation, Creation], place: str, value: Any) -> Call | None:
    """Return a call that creates something below a given owner; None when no example can."""
    operation, creation = kind
    media = next(iter(operation.bodies), None)
    for example in (media.examples if media else ()) or (None,):
        if place.startswith("{"):
            call = ground.garden.call(operation, creation, example)
            return Call(
                operation=call.operation,
                path={**call.path, place[1:-1]: value},
                media_type=call.media_type,
                body=call.body,
            )
        if has(example, place):
            call = ground.garden.call(operation, creation, example)
            put(call.body, place, value)
            return call
    return None


def _witnesses(ground: Ground, plant: Plant, place: str) -> Iterator[Call]:
    """Yield the readings of what else a resource refers to."""
    for other, reader in plant.creation.references.items():
        value = referred(plant, reader)
        if other != place and value is not None and ground.contract.get(reader) is not None:
            yield by_id(ground.contract[reader], value)


def _orphan(ground: Ground, plant: Plant, steps: list[Taken]) -> Iterator[Complaint]:
    creation, name = plant.creation, steps[-1].first.call.operation
    reader = ground.contract.get(creation.get)
    if reader is not None:
        read = ground.take(Call(operation=reader.id, path=plant.path(reader)))
        what = f"what {plant.creator.id} created in it can still be read"
        yield from _told(judged(CHECK, name, gone, [*steps, read], what=what))
    for listed, paging, call in listings(ground, plant):
        walk = sought(ground, plant, paging, call, 0)
        yield from _told(
            judged(
                CHECK,
                name,
                unlisted,
                [*steps, walk],
                items=paging.items,
                id=creation.id,
                listed=listed.id,
            )
        )


def referable(
    ground: Ground, operation: Operation
) -> Iterator[tuple[str, tuple[Operation, Creation]]]:
    """Yield where the body of a call names what can be created and removed, and what creates it."""
    for place, (source, pointer) in references(operation).items():
        found = ground.contract.get(source)
        creation = creation_of(found) if found else None
        kind = ground.garden.creators.get(source) or (
            (found, creation) if found and creation else None
        )
        if place.startswith("/") and pointer is None and kind and kind[1].delete:
            yield place, kind


def _referred(
    ground: Ground, operation: Operation, place: str, kind: tuple[Operation, Creation]
) -> Iterator[Complaint]:
    """Let something refer to a new resource, remove that, and read the something."""
    reader = above(ground, operation)
    try:
        plant = ground.garden.grow(*kind)
        call = likely(ground, operation)
        put(call.body, place, plant.id)
    except (BarrenError, KeyError, IndexError, TypeError):
        return
    if reader is None or not ground.take(call, "job").ok:
        return
    reading = Call(
        operation=reader.id,
        path={one.name: call.path[one.name] for one in reader.at("path")},
    )
    before = ground.take(reading)
    remove = ground.contract[str(plant.creation.delete)]
    removed = ground.take(Call(operation=remove.id, path=plant.path(remove)), "job")
    if json.dumps(plant.id) in json.dumps(before.first.json) and removed.first.ok:
        steps = [made(plant), before, removed, ground.take(reading)]
        yield from _told(
            judged(CHECK, remove.id, unmentioned, steps, id=plant.creation.id, what=reader.id)
        )


def above(ground: Ground, operation: Operation) -> Operation | None:
    """Return what reads the resource that an operation works on: the nearest one above."""
    steps = operation.path.split("/")
    for length in range(len(steps), 1, -1):
        reader = ground.contract.paths.get(("GET", "/".join(steps[:length])))
        if reader is not None and any(reader.at("path")):
            return reader
    return None


def _told(*complaints: Complaint | None) -> Iterator[Complaint]:
    return (one for one in complaints if one is not None)
