"""Does nothing get lost, doubled or torn when several ask at the same time?"""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError, has, put
from specfoundry.fuzz.live.readiness import preparation
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.cascades import above, referable
from specfoundry.fuzz.oracles.changes import Target, flips, parts
from specfoundry.fuzz.oracles.comparison import ABSENT, base, found, lacking, within
from specfoundry.fuzz.oracles.deletion import gone, remains
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.oracles.whereabouts import GONE, made, said
from specfoundry.fuzz.promises.semantics import blob_of, creation_of, creators, merge_of, paging_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation, Merge

CHECK: Final = "concurrency"
_AT_ONCE: Final = 4
_TWINS: Final = 3
_ROUNDS: Final = 3
_FEWEST: Final = 2


@verdict
def nothing_lost(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say what is missing that an update at the same time as others was said to have changed.

    The last step reads. Arguments: `hides` (pointers into the bodies that are not shown).
    """
    read = taken[-1].first
    for update in _parallel(taken):
        sent = update.first.call.body
        if not update.first.ok or not read.ok:
            continue
        for pointer, _, _ in lacking(sent, found(read.json, base(sent, read.json))):
            if not within(pointer, arguments["hides"]):
                return f"of changes at the same time one was lost: {top(pointer)}"
    return None


@verdict
def all_mentioned(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that what was given at the same time as others is not named by what the last step reads.

    Arguments: `place` (pointer into the bodies: what was given).
    """
    read = taken[-1].first
    for one in _parallel(taken):
        given = found(one.first.call.body, arguments["place"])
        if read.ok and one.first.ok and json.dumps(given) not in json.dumps(read.json):
            return f"of several {arguments['place']} given at the same time one was lost"
    return None


@verdict
def own_answers(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that of several creations at the same time one shows what another one was sent.

    Arguments: `places` (pointers into the bodies: texts that only one has).
    """
    for one in _parallel(taken):
        sent = one.first.call.body
        shown = found(one.first.json, base(sent, one.first.json))
        for place in arguments["places"]:
            wanted = found(sent, place)
            if one.first.ok and wanted is not ABSENT and found(shown, place) != wanted:
                return f"{place}: a creation at the same time as others shows another text"
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
            yield from _updates(ground, kind, update, merge)
        if creation.unique and ground.judges(operation):
            yield from _twins(ground, kind)
        if remove is not None and _new(ground, remove, seen):
            yield from _removals(ground, kind, remove)
    for operation in ground.contract:
        merge = merge_of(operation)
        if merge is not None and _new(ground, operation, seen):
            yield from _found(ground, operation, merge)
        elif operation.method == "POST" and creation_of(operation) is None:
            yield from _given(ground, operation)
            yield from _uploads(ground, operation)


def top(pointer: str) -> str:
    """Return the first step of a pointer."""
    return "/".join(pointer.split("/")[:2])


def _new(ground: Ground, operation: Operation, seen: set[str]) -> bool:
    """Return whether an operation is to be judged and has not been."""
    if operation.id in seen or not ground.judges(operation):
        return False
    seen.add(operation.id)
    return True


def _updates(
    ground: Ground, kind: tuple[Operation, Creation], update: Operation, merge: Merge
) -> Iterator[Complaint]:
    for _ in range(_ROUNDS):  # chance decides who comes first
        try:
            plant = ground.garden.grow(*kind)
        except BarrenError:
            return
        target = Target.of(ground, plant, update, merge)
        if target is not None:
            yield from _at_once(ground, target)


def _at_once(ground: Ground, target: Target) -> Iterator[Complaint]:
    """Change several members of one resource at the same time."""
    bodies = parts(ground, target.update, target.merge)[:_AT_ONCE]
    if len(bodies) < _FEWEST:
        return
    name = target.update.id
    steps = [*target.start, *ground.together([target.call(body) for body in bodies])]
    read = ground.take(target.reading)
    allowed = [409, 429, *_foreseen(target.update)]
    hides = [*target.hides, *target.merge.hides]
    yield from _told(
        judged(CHECK, name, all_answered, steps, what="changes", statuses=allowed),
        judged(CHECK, name, nothing_lost, [*steps, read], hides=hides),
    )


def _found(ground: Ground, update: Operation, merge: Merge) -> Iterator[Complaint]:
    try:
        target = Target.found(ground, update, merge)
    except BarrenError:
        return
    before = ground.take(target.reading)
    for _ in range(_ROUNDS):
        yield from _at_once(ground, target)
        ground.take(target.restoring(before.first.json))
    yield from _siblings(ground, target)


def _siblings(ground: Ground, target: Target) -> Iterator[Complaint]:
    """Change all that stand in one list at the same time, and change them back."""
    collection, _, last = target.update.path.rpartition("/")
    listed = ground.contract.paths.get(("GET", collection))
    paging = paging_of(listed) if listed else None
    if listed is None or paging is None or not last.startswith("{"):
        return
    path = {one.name: target.path[one.name] for one in listed.at("path")}
    items = ground.take(Call(operation=listed.id, path=path)).items(paging.items)[:_AT_ONCE]
    names = [found(item, f"/{last[1:-1]}") for item in items]
    siblings = [target.beside({last[1:-1]: name}) for name in names if name is not ABSENT]
    befores = [ground.take(one.reading) for one in siblings]
    for body in flips(ground, target.update, target.merge) if len(siblings) > 1 else ():
        steps = ground.together([one.call(body) for one in siblings])
        for one, step in zip(siblings, steps, strict=True):
            pair = [step, ground.take(one.reading)]
            yield from _told(judged(CHECK, target.update.id, nothing_lost, pair, hides=[]))
    for one, before in zip(siblings, befores, strict=True):
        ground.take(one.restoring(before.first.json))


def _given(ground: Ground, operation: Operation) -> Iterator[Complaint]:
    """Let something refer to several new resources at the same time."""
    reader = above(ground, operation)
    for place, kind in referable(ground, operation):
        if reader is None or not ground.judges(operation):
            return
        try:
            first = likely(ground, operation)
            calls = [_giving(first, place, ground.garden.grow(*kind).id) for _ in range(_TWINS)]
        except (BarrenError, KeyError, IndexError, TypeError):
            continue
        steps = ground.together(calls)
        path = {one.name: first.path[one.name] for one in reader.at("path")}
        read = ground.take(Call(operation=reader.id, path=path))
        yield from _told(
            judged(CHECK, operation.id, all_mentioned, [*steps, read], place=place),
        )


def _giving(call: Call, place: str, value: Any) -> Call:
    body = copy.deepcopy(call.body)
    put(body, place, value)
    return replace(call, body=body)


def _uploads(ground: Ground, operation: Operation) -> Iterator[Complaint]:
    """Store content twice at the same time where it can be stored once only."""
    blob = blob_of(operation)
    kind = ground.garden.creators.get(str(blob.get)) if blob else None
    if blob is None or kind is None or not ground.judges(operation):
        return
    try:
        one, other = (ground.garden.grow(*kind) for _ in range(2))
    except BarrenError:
        return
    first = [ground.take(preparation(operation, one.path(operation))) for _ in range(2)]
    if not (first[0].first.ok and first[1].first.refused):
        return
    calls = [preparation(operation, other.path(operation))] * _TWINS
    steps = [made(other), *ground.together(calls)]
    yield from _told(judged(CHECK, operation.id, only_one, steps, what="uploads to the same"))


def _twins(ground: Ground, kind: tuple[Operation, Creation]) -> Iterator[Complaint]:
    operation, creation = kind
    try:
        call = ground.garden.call(operation, creation)
        others = [ground.garden.call(operation, creation) for _ in range(_TWINS)]
    except BarrenError:
        return
    places = [place for place in creation.unique if has(call.body, place)]
    if not places:
        return
    steps = ground.together([call] * _TWINS)
    if any(one.first.ok for one in steps):
        yield from _told(judged(CHECK, operation.id, only_one, steps, what="creations of the same"))
    steps = ground.together(others)
    places = [place for place in places if not within(place, creation.hides)]
    yield from _told(
        judged(CHECK, operation.id, own_answers, steps, places=places),
        judged(CHECK, operation.id, all_answered, steps, what="creations", statuses=[409, 429]),
    )


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
