"""Does an update change what it was sent, delete what is null, and leave everything else alone?"""

from __future__ import annotations

import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import join, split
from specfoundry.fuzz.exchange import Call
from specfoundry.fuzz.garden import BarrenError
from specfoundry.fuzz.oracles.whereabouts import made, said, told, twice
from specfoundry.fuzz.semantics import creators, merge_of
from specfoundry.fuzz.trial import Complaint, judged, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.garden import Plant
    from specfoundry.fuzz.ground import Ground
    from specfoundry.fuzz.semantics import Creation, Merge
    from specfoundry.fuzz.trial import Taken

CHECK: Final = "merge-patch"
_ABSENT: Final = object()


@verdict
def accepted(taken: Sequence[Taken], _arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step was refused."""
    answer = taken[-1].first
    sent = told(taken[-1].step.call.body if taken[-1].step.call else None)
    return None if answer.ok else f"{sent} was refused: {said(answer.summary())}"


@verdict
def merged(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say what an update did that it should not, or did not do.

    The last three steps are a reading, the update, and a reading. Arguments: `maps`, `bumps` (lists
    of pointers); what is neither sent nor bumped stays.
    """
    before, update, after = (one.first for one in taken[-3:])
    if not before.ok or not update.ok or update.call.body is None:
        return None
    if not after.ok:
        return f"after the update it cannot be read: {said(after.summary())}"
    maps, bumps = arguments["maps"], arguments["bumps"]
    return (
        _wrong_maps(before.json, update.call.body, after.json, maps)
        or _changed(before.json, update.call.body, after.json, [*maps, *bumps])
        or _gone_back(before.json, after.json, bumps)
    )


@verdict
def persisted(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say where the last step, a reading, shows something else than the update answered.

    Arguments: `bumps`.
    """
    update, after = (one.first for one in taken[-2:])
    if not (update.ok and after.ok and isinstance(update.json, dict)):
        return None
    for pointer, answered, read in differences(update.json, after.json):
        if not within(pointer, arguments["bumps"]):
            return f"the update answered {pointer} {told(answered)}, and then {told(read)} is read"
    return None


def _wrong_maps(before: Any, sent: Any, after: Any, maps: Sequence[str]) -> str | None:
    for pointer in maps:
        change = found(sent, pointer)
        had = found(before, pointer)
        if change is _ABSENT or not isinstance(change, dict):
            continue
        wanted = {**(had if isinstance(had, dict) else {}), **change}
        wanted = {key: value for key, value in wanted.items() if value is not None}
        has = found(after, pointer)
        if has != wanted:
            shown = None if has is _ABSENT else has
            return f"{pointer}: {told(had)} with {told(change)} became {told(shown)}"
    return None


def _changed(before: Any, sent: Any, after: Any, apart: Sequence[str]) -> str | None:
    beneath = base(sent, after)
    for pointer, had, has in differences(before, after):
        asked = found(sent, pointer.removeprefix(beneath), near=True)
        if not within(pointer, apart) and asked is _ABSENT:
            return f"the update {told(sent)} changed {pointer}: {told(had)} became {told(has)}"
    return None


def _gone_back(before: Any, after: Any, bumps: Sequence[str]) -> str | None:
    for pointer in bumps:
        had, has = found(before, pointer), found(after, pointer)
        if isinstance(had, str) and isinstance(has, str) and has < had:
            return f"{pointer} went back"
    return None


def found(node: Any, pointer: str, *, near: bool = False) -> Any:
    """Return what stands at a place, or a mark for nothing; `near`: what stands on the way counts."""
    for token in split(pointer):
        if isinstance(node, dict) and token in node:
            node = node[token]
        elif isinstance(node, list) and token.isdigit() and int(token) < len(node):
            node = node[int(token)]
        else:
            return node if near and not isinstance(node, dict) else _ABSENT
    return node


def base(sent: Any, shown: Any) -> str:
    """Return the pointer beneath which an answer shows what was sent: mostly the empty one.

    Some APIs wrap it: the only member of the answer that holds a name that was sent.
    """
    if not isinstance(sent, dict) or not isinstance(shown, dict) or sent.keys() & shown.keys():
        return ""
    holders = [
        name
        for name, value in shown.items()
        if isinstance(value, dict) and sent.keys() & value.keys()
    ]
    return join("", holders[0]) if len(holders) == 1 else ""


def within(pointer: str, places: Sequence[str]) -> bool:
    """Return whether a place is one of some places, or inside of one."""
    return any(pointer == place or pointer.startswith(f"{place}/") for place in places)


def differences(left: Any, right: Any, pointer: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield where two JSON values differ: pointer, left, right; None for what is not there."""
    if isinstance(left, dict) and isinstance(right, dict):
        for name in [*left, *(other for other in right if other not in left)]:
            yield from differences(left.get(name), right.get(name), join(pointer, name))
    elif type(left) is not type(right) or left != right:
        yield pointer, left, right


def merges(ground: Ground) -> Iterator[Complaint]:
    """Change one resource of every kind that can be changed, step by step."""
    if ground.read_only:
        return
    for creator, creation in creators(ground.contract):
        operation = ground.contract.get(creation.update)
        merge = merge_of(operation) if operation else None
        if operation is not None and merge is not None and ground.judges(operation):
            yield from twice(partial(_trial, ground, operation, merge, (creator, creation)))


def _trial(
    ground: Ground, operation: Operation, merge: Merge, kind: tuple[Operation, Creation]
) -> Iterator[Complaint]:
    try:
        plant = ground.garden.grow(*kind)
    except BarrenError:
        return
    reader = ground.contract[merge.get]
    reading = Call(operation=reader.id, path=plant.path(reader))
    start, before = made(plant), ground.take(reading)
    for body, sure in bodies(operation, merge):
        update = ground.take(_update(operation, plant, body), "job")
        after = ground.take(reading)
        steps = [start, before, update, after]
        refusable = str(update.first.status) in operation.node.get("x-state-dependent", {})
        complaints = [
            None if refusable and not sure else judged(CHECK, operation.id, accepted, steps[:3]),
            judged(
                CHECK, operation.id, merged, steps, maps=list(merge.maps), bumps=list(merge.bumps)
            ),
            judged(CHECK, operation.id, persisted, steps, bumps=list(merge.bumps)),
        ]
        yield from (one for one in complaints if one)
        before = after


def _update(operation: Operation, plant: Plant, body: Any) -> Call:
    media = operation.bodies[0].media_type if operation.bodies else None
    return Call(operation=operation.id, path=plant.path(operation), media_type=media, body=body)


def bodies(operation: Operation, merge: Merge) -> Iterator[tuple[Any, bool]]:
    """Yield the bodies to send in turn, and whether each of them must be accepted.

    Keys of every map come, change and go; then nothing is changed; then every member of the
    examples is sent alone, and every example as it is.
    """
    for pointer in merge.maps:
        for change in (
            {"one": "1", "two": "2"},
            {"three": "3"},
            {"two": None},
            {"one": "changed"},
            {"one": "again", "three": None, "four": "4"},
        ):
            yield nested(pointer, change), True
    yield {}, False
    media = next(iter(operation.bodies), None)
    for example in media.examples if media else ():
        if isinstance(example, dict) and len(example) > 1:
            yield from ((copy.deepcopy({name: value}), False) for name, value in example.items())
        yield copy.deepcopy(example), False


def nested(pointer: str, value: Any) -> Any:
    """Return a JSON value in which a pointer finds a value, and nothing else."""
    for token in reversed(split(pointer)):
        value = {token: value}
    return value
