"""Does nothing get lost, doubled or torn when several ask at the same time?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.exchange import Call
from specfoundry.fuzz.garden import BarrenError, has
from specfoundry.fuzz.oracles.comparison import found, nested
from specfoundry.fuzz.oracles.deletion import gone, remains
from specfoundry.fuzz.oracles.whereabouts import GONE, made, said
from specfoundry.fuzz.semantics import creators, merge_of
from specfoundry.fuzz.trial import Complaint, judged, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.ground import Ground
    from specfoundry.fuzz.semantics import Creation, Merge
    from specfoundry.fuzz.trial import Taken

CHECK: Final = "concurrency"
_AT_ONCE: Final = 4
_TWINS: Final = 3
_ROUNDS: Final = 2


@verdict
def nothing_lost(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say which key of a map is missing that an update at the same time was said to have set.

    The last step reads. Arguments: `map` (pointer).
    """
    read = taken[-1].first
    has_now = found(read.json, arguments["map"])
    shown = has_now if isinstance(has_now, dict) else {}
    for update in _parallel(taken):
        sent = found(update.first.call.body, arguments["map"])
        if not update.first.ok or not isinstance(sent, dict):
            continue
        for key, value in sent.items():
            if shown.get(key) != value:
                return f"{arguments['map']}: of updates at the same time one was lost"
    return None


@verdict
def only_one(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that of several calls at the same time not exactly one was granted.

    Arguments: `what` (in words).
    """
    granted = sum(one.first.ok for one in _parallel(taken))
    failed = [one.first for one in _parallel(taken) if not one.first.ok and not one.first.refused]
    if failed:
        return f"{arguments['what']} at the same time: {said(failed[0].summary())}"
    return None if granted == 1 else f"{arguments['what']} at the same time: {granted} were granted"


@verdict
def all_answered(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that a call which was made at the same time as others was refused.

    Arguments: `what` (in words), `statuses` (refusals that are right).
    """
    for one in _parallel(taken):
        if not one.first.ok and one.first.status not in arguments["statuses"]:
            return f"{arguments['what']} at the same time: {said(one.first.summary())}"
    return None


def _parallel(taken: Sequence[Taken]) -> list[Taken]:
    return [one for one in taken if one.step.together]


def races(ground: Ground) -> Iterator[Complaint]:
    """Update, create, move and delete things of every kind several times at once."""
    if ground.read_only:
        return
    seen: set[str] = set()
    for operation, creation in creators(ground.contract):
        update = ground.contract.get(creation.update)
        merge = merge_of(update) if update else None
        remove = ground.contract.get(creation.delete)
        kind = (operation, creation)
        if update is not None and merge is not None and _new(ground, update, seen):
            for _ in range(_ROUNDS):  # chance decides who comes first
                yield from _updates(ground, kind, update, merge)
        if creation.unique and ground.judges(operation):
            yield from _twins(ground, kind)
        if remove is not None and _new(ground, remove, seen):
            yield from _removals(ground, kind, remove)


def _new(ground: Ground, operation: Operation, seen: set[str]) -> bool:
    """Return whether an operation is to be judged and has not been."""
    if operation.id in seen or not ground.judges(operation):
        return False
    seen.add(operation.id)
    return True


def _updates(
    ground: Ground, kind: tuple[Operation, Creation], update: Operation, merge: Merge
) -> Iterator[Complaint]:
    if not merge.maps or not update.bodies:
        return
    try:
        plant = ground.garden.grow(*kind)
    except BarrenError:
        return
    pointer, reader = merge.maps[0], ground.contract[merge.get]
    call = Call(
        operation=update.id, path=plant.path(update), media_type=update.bodies[0].media_type
    )
    calls = [
        replace(call, body=nested(pointer, {f"key-{number}": str(number)}))
        for number in range(_AT_ONCE)
    ]
    steps = [made(plant), *ground.together(calls)]
    read = ground.take(Call(operation=reader.id, path=plant.path(reader)))
    yield from _told(
        judged(CHECK, update.id, all_answered, steps, what="updates", statuses=[409, 429]),
        judged(CHECK, update.id, nothing_lost, [*steps, read], map=pointer),
    )


def _twins(ground: Ground, kind: tuple[Operation, Creation]) -> Iterator[Complaint]:
    operation, creation = kind
    try:
        call = ground.garden.call(operation, creation)
    except BarrenError:
        return
    if not any(has(call.body, place) for place in creation.unique):
        return
    steps = ground.together([call] * _TWINS)
    if any(one.first.ok for one in steps):
        yield from _told(judged(CHECK, operation.id, only_one, steps, what="creations of the same"))


def _removals(
    ground: Ground, kind: tuple[Operation, Creation], remove: Operation
) -> Iterator[Complaint]:
    try:
        plant, sibling = (ground.garden.grow(*kind) for _ in range(2))
    except BarrenError:
        return
    call = Call(operation=remove.id, path=plant.path(remove))
    steps = [made(plant), *ground.together([call] * _TWINS)]
    for one in steps[1:]:
        ground.garden.settle(remove, one.first)
    allowed = [*GONE, 409, 429, *_foreseen(remove)]
    yield from _told(
        judged(CHECK, remove.id, all_answered, steps, what="removals", statuses=allowed)
    )
    reader = ground.contract.get(plant.creation.get)
    if reader is None or not any(one.first.ok for one in steps[1:]):
        return
    read = ground.take(Call(operation=reader.id, path=plant.path(reader)))
    other = ground.take(Call(operation=reader.id, path=sibling.path(reader)))
    yield from _told(
        judged(CHECK, remove.id, gone, [*steps, read], what="it can still be read"),
        judged(CHECK, remove.id, remains, [*steps, made(sibling), other], what="another one"),
    )


def _foreseen(operation: Operation) -> list[int]:
    """Return the refusals that the document promises for reasons of state."""
    return [int(status) for status in operation.node.get("x-state-dependent", {})]


def _told(*complaints: Complaint | None) -> Iterator[Complaint]:
    return (one for one in complaints if one is not None)
