"""Is what was created what can be read, and does it hold what was sent?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import follow, join
from specfoundry.fuzz.live.plants import BarrenError, has, put
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.comparison import base, differences, within
from specfoundry.fuzz.oracles.whereabouts import is_cut, listings, said, shown, sought, told, twice
from specfoundry.fuzz.promises.contract import target
from specfoundry.fuzz.promises.semantics import creators
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation

CHECK: Final = "echo"
_UUID: Final = "11111111-2222-4333-8444-555555555555"
"""What ids of things look like that nobody has made."""


@verdict
def created(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step, a creation, was refused, or tells no id.

    Arguments: `id` (pointer into the answer).
    """
    answer = taken[-1].first
    if not answer.ok:
        return f"a request example was refused: {said(answer.summary())}"
    return None if answer.at(arguments["id"]) is not None else f"{arguments['id']}: no id"


@verdict
def echoed(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say where the last step's answer shows something else than was sent.

    Arguments: `hides` (pointers into the body that are not shown).
    """
    answer = taken[-1].first
    sent = answer.call.body
    if not answer.ok or not isinstance(sent, dict):
        return None
    beneath = base(sent, answer.json)
    for pointer, value, back in _missing(sent, answer.at(beneath)):
        if not within(pointer, arguments["hides"]):
            return f"{pointer}: {told(value)} was sent, {told(back)} came back"
    return None


@verdict
def read_back(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say where the last step, a reading, shows something else than what the first created.

    Arguments: `id` (pointer into both), `moves` (pointers of what goes on by itself).
    """
    answer, read = taken[0].first, taken[-1].first
    if not read.ok:
        return f"what was just created cannot be read: {said(read.summary())}"
    if read.at(arguments["id"]) != answer.at(arguments["id"]):
        return f"{arguments['id']}: another one was read than was created"
    for pointer, had, now in differences(answer.json, read.json):
        if not within(pointer, arguments["moves"]):
            return f"{pointer}: the creation answered {told(had)}, and then {told(now)} is read"
    return None


@verdict
def listed_once(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that a list does not show once, and as it is read, what the first step created.

    The last three steps: a reading, the walk along the list, and a reading; what has changed
    between the readings is not judged. Arguments: `items` (pointer into a page), `total` (as in
    `is_cut`), `id` (pointer into an item), `apart` (pointers of what lists show differently),
    `listed`.
    """
    before, walk, after = taken[-3:]
    name = arguments["listed"]
    if not walk.ok:
        return f"{name} was refused: {said(walk.last.summary())}"
    own = taken[0].first.at(arguments["id"])
    found = shown(walk, own, arguments["items"], arguments["id"])
    if not found and is_cut(walk, arguments):
        return None
    if len(found) != 1:
        return f"{name} shows {len(found)} times what was created"
    if not isinstance(before.first.json, dict):
        return None
    moved = [pointer for pointer, _, _ in differences(before.first.json, after.first.json)]
    moved += arguments["apart"]
    for pointer, item, read in differences(found[0], before.first.json):
        if item is not None and read is not None and not within(pointer, moved):
            return f"{name} shows {pointer} {told(item)}, reading it shows {told(read)}"
    return None


@verdict
def dangling(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step was accepted although a reference in it names nothing.

    Arguments: `what` (in words).
    """
    return f"{arguments['what']}, and was accepted" if taken[-1].first.ok else None


def _missing(sent: Any, back: Any, pointer: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(sent, dict) and isinstance(back, dict):
        for name, value in sent.items():
            yield from _missing(value, back.get(name), join(pointer, name))
    elif sent is not None and (type(sent) is not type(back) or sent != back):
        yield pointer, sent, back


def echoes(ground: Ground) -> Iterator[Complaint]:
    """Create one resource of every request example, and look for it everywhere."""
    if ground.read_only:
        return
    for operation, creation in creators(ground.contract):
        if not ground.concerns(operation, creation.get, *creation.lists):
            continue
        media = next(iter(operation.bodies), None)
        for example in (media.examples if media else ()) or (None,):
            yield from twice(partial(_trial, ground, operation, creation, example))
        if not creation.inferred:
            yield from twice(partial(_dangling, ground, operation, creation))


def _trial(
    ground: Ground, operation: Operation, creation: Creation, example: Any
) -> Iterator[Complaint]:
    try:
        taken = ground.take(ground.garden.call(operation, creation, example), "job")
    except BarrenError:
        return
    if taken.first.refused and _is_conditional(ground, operation, creation, example):
        return
    refused = judged(CHECK, operation.id, created, [taken], id=creation.id)
    if refused:
        yield refused
        return
    hides = [""] if creation.inferred else list(creation.hides)
    complaint = judged(CHECK, operation.id, echoed, [taken], hides=hides)
    if complaint:
        yield complaint
    plant = ground.garden.plant_of(taken.first)
    if plant is not None:
        yield from _seen(ground, plant, taken)


def _is_conditional(ground: Ground, operation: Operation, creation: Creation, example: Any) -> bool:
    """Return whether an example may be refused for want of something that nobody has made."""
    named = operation.bodies[0].node.get("examples", {}) if operation.bodies else {}
    values = [target(ground.contract.node, "", named.get(name))[1] for name in creation.conditional]
    return creation.inferred or example in [value.get("value") for value in values]


def _seen(ground: Ground, plant: Plant, taken: Taken) -> Iterator[Complaint]:
    creation, name = plant.creation, plant.creator.id
    reader = ground.contract.get(creation.get)
    if reader is None:
        return
    reading = Call(operation=reader.id, path=plant.path(reader))
    read = ground.take(reading)
    moves = [""] if creation.inferred else ground.moves(creation)
    complaint = judged(CHECK, name, read_back, [taken, read], id=creation.id, moves=moves)
    if complaint:
        yield complaint
    for listed, paging, call in listings(ground, plant):
        walk = sought(ground, plant, paging, call, 1)
        complaint = judged(
            CHECK,
            listed.id,
            listed_once,
            [taken, read, walk, ground.take(reading)],
            items=paging.items,
            total=None if paging.next else paging.total,
            id=creation.id,
            apart=list(creation.unlisted),
            listed=listed.id,
        )
        if complaint:
            yield complaint


def _dangling(ground: Ground, operation: Operation, creation: Creation) -> Iterator[Complaint]:
    """Refer to what nobody has made, and to what is of another kind."""
    media = next(iter(operation.bodies), None)
    for place, reader in creation.references.items():
        example = next((one for one in media.examples if has(one, place)), None) if media else None
        if place.startswith("{") or place in creation.optional or example is None:
            continue
        for what, value in _wrong_ids(ground, reader, follow(example, place)):
            try:
                call = ground.garden.call(operation, creation, example)
            except BarrenError:
                continue
            put(call.body, place, value)
            complaint = judged(
                CHECK, operation.id, dangling, [ground.take(call)], what=f"{place} names {what}"
            )
            if complaint:
                yield complaint


def _wrong_ids(ground: Ground, reader: str, like: Any) -> Iterator[tuple[str, Any]]:
    like = _UUID if isinstance(like, str) else like
    yield "nothing that exists", ground.garden.fresh(like)
    for plant in reversed(ground.garden.living):
        other = plant.creation.get
        if other not in (None, reader) and type(plant.id) is type(like):
            yield "a thing of another kind", plant.id
            return
