"""Is what only one may have refused to a second one, and free again when it is gone?"""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import follow
from specfoundry.fuzz.live.plants import BarrenError, has, put
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.comparison import differences, nested, overlaid, within
from specfoundry.fuzz.oracles.whereabouts import made, said, told, twice
from specfoundry.fuzz.promises.semantics import creators, merge_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation, Merge

CHECK: Final = "unique"


@verdict
def refused_twin(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step got what another one has.

    Arguments: `place` (in words).
    """
    answer = taken[-1].first
    if answer.refused:
        return None
    return f"{arguments['place']} is taken, and a second one got it: {answer.status}"


@verdict
def untouched(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say what a refused step changed, by the readings before and after it.

    Arguments: `apart` (pointers that are not judged).
    """
    before, refused, after = (one.first for one in taken[-3:])
    if refused.ok or not before.ok:
        return None
    if not after.ok:
        return f"after a refusal it cannot be read: {said(after.summary())}"
    for pointer, had, has_now in differences(before.json, after.json):
        if not within(pointer, arguments["apart"]):
            return f"a refusal changed {pointer}: {told(had)} became {told(has_now)}"
    return None


@verdict
def free_again(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step was refused although whoever had the same is gone.

    Arguments: `place` (in words).
    """
    answer = taken[-1].first
    if answer.ok:
        return None
    return f"{arguments['place']} is not free after the removal: {said(answer.summary())}"


@verdict
def free_enough(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step was refused what differs enough from what another one has.

    Arguments: `place` (in words).
    """
    answer = taken[-1].first
    return f"{arguments['place']} was refused: {said(answer.summary())}" if answer.refused else None


@verdict
def kept_own(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step was refused what it has already.

    Arguments: `place` (in words).
    """
    answer = taken[-1].first
    if answer.ok:
        return None
    return f"{arguments['place']} is its own already, and was refused: {said(answer.summary())}"


def twins(ground: Ground) -> Iterator[Complaint]:
    """Ask twice for everything that only one may have."""
    if ground.read_only:
        return
    for operation, creation in creators(ground.contract):
        if not creation.unique:
            continue
        if ground.judges(operation):
            yield from twice(partial(_created, ground, operation, creation))
        update = ground.contract.get(creation.update)
        merge = merge_of(update) if update else None
        if update is not None and merge is not None and ground.judges(update):
            yield from twice(partial(_updated, ground, (operation, creation), update, merge))


def _created(ground: Ground, operation: Operation, creation: Creation) -> Iterator[Complaint]:
    media = next(iter(operation.bodies), None)
    done: set[str] = set()
    for example in media.examples if media else ():
        for place in creation.unique:
            if place in done or not has(example, place):
                continue
            try:
                call = ground.garden.call(operation, creation, example)
            except BarrenError:
                continue
            first = ground.take(call, "job")
            if not first.ok:
                continue
            done.add(place)
            yield from _second(ground, creation, place, first)


def _second(ground: Ground, creation: Creation, place: str, first: Taken) -> Iterator[Complaint]:
    call = first.first.call
    again = replace(call, body=_apart(ground, creation, call.body, place))
    second = ground.take(again, "job")
    complaint = judged(CHECK, call.operation, refused_twin, [first, second], place=place)
    if complaint:
        yield complaint
        return
    yield from _near(ground, creation, place, first)
    plant = next(one for one in ground.garden.living if one.exchange is first.first)
    remove = ground.contract.get(creation.delete)
    if remove is None:
        return
    removed = ground.take(Call(operation=remove.id, path=plant.path(remove)), "job")
    if removed.ok and ground.judges(remove):
        third = ground.take(again, "job")
        complaint = judged(CHECK, remove.id, free_again, [first, removed, third], place=place)
        if complaint:
            yield complaint


def _apart(ground: Ground, creation: Creation, body: Any, place: str) -> Any:
    """Return a body that has the same as another one in one place only."""
    found = copy.deepcopy(body)
    for other in creation.unique:
        if other != place and other not in creation.references and has(found, other):
            put(found, other, ground.garden.fresh(follow(found, other)))
    return found


def _near(ground: Ground, creation: Creation, place: str, first: Taken) -> Iterator[Complaint]:
    """Ask for the same in another case, and in another scope."""
    call = first.first.call
    value = follow(call.body, place)
    if place in creation.case_sensitive and isinstance(value, str) and value.upper() != value:
        body = _apart(ground, creation, call.body, place)
        put(body, place, value.upper())
        second = ground.take(replace(call, body=body), "job")
        rule = free_enough if creation.case_sensitive[place] else refused_twin
        yield from _told(
            judged(CHECK, call.operation, rule, [first, second], place=f"{place} in another case")
        )
    for scope in creation.scopes.get(place, ()):
        other = _elsewhere(ground, creation, call, scope)
        if other is not None:
            second = ground.take(replace(call, body=other), "job")
            words = f"{place} with another {scope}"
            yield from _told(
                judged(CHECK, call.operation, free_enough, [first, second], place=words)
            )


def _elsewhere(ground: Ground, creation: Creation, call: Call, scope: str) -> Any:
    """Return the body that asks for the same in another scope; None when there is no other."""
    body = copy.deepcopy(call.body)
    kind = ground.garden.creators.get(creation.references.get(scope, ""))
    if kind is not None:
        try:
            return overlaid(body, nested(scope, ground.garden.grow(*kind).id))
        except BarrenError:
            return None
    operation = ground.contract[call.operation]
    for example in operation.bodies[0].examples:
        if has(example, scope) and (
            not has(body, scope) or follow(body, scope) != follow(example, scope)
        ):
            return overlaid(body, nested(scope, follow(example, scope)))
    return None


def _updated(
    ground: Ground, kind: tuple[Operation, Creation], update: Operation, merge: Merge
) -> Iterator[Complaint]:
    for place in merge.unique:
        try:
            one, other = (ground.garden.grow(*kind) for _ in range(2))
        except BarrenError:
            return
        if has(one.sent, place) and update.bodies:
            yield from _taken(ground, (one, other), update, merge, place)


def _taken(
    ground: Ground,
    plants: tuple[Plant, Plant],
    update: Operation,
    merge: Merge,
    place: str,
) -> Iterator[Complaint]:
    one, other = plants
    media = update.bodies[0].media_type
    reader = ground.contract[merge.get]
    reading = Call(operation=reader.id, path=other.path(reader))
    call = Call(operation=update.id, path=other.path(update), media_type=media)
    before = ground.take(reading)
    wanted = ground.take(replace(call, body=nested(place, follow(one.sent, place))), "job")
    steps = [made(one), made(other), before, wanted]
    after = ground.take(reading)
    own = ground.take(replace(call, body=nested(place, follow(other.sent, place))), "job")
    yield from _told(
        judged(CHECK, update.id, refused_twin, steps, place=place),
        judged(CHECK, update.id, untouched, [*steps, after], apart=ground.moves(other.creation)),
        judged(CHECK, update.id, kept_own, [*steps, own], place=place),
    )


def _told(*found: Complaint | None) -> Iterator[Complaint]:
    return (one for one in found if one is not None)
