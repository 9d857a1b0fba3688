"""Does a server without room to store anything say so, lose nothing, and go on when there is room?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.readiness import preparation
from specfoundry.fuzz.live.trial import Complaint, judged, raised, verdict
from specfoundry.fuzz.oracles.changes import changes
from specfoundry.fuzz.oracles.uniqueness import untouched
from specfoundry.fuzz.oracles.whereabouts import made, said
from specfoundry.fuzz.promises.semantics import blob_of, creators, merge_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation

CHECK: Final = "shortage"
_UNSPECIFIC: Final = "500"


@verdict
def owned_up(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last call was neither fulfilled for want of room nor refused as documented.

    Arguments: `statuses` (what says that the failure is the server's).
    """
    answer = taken[-1].first
    if answer.ok or str(answer.status) in arguments["statuses"]:
        return None
    return f"without room to store anything, it was answered {said(answer.summary())}"


@verdict
def went_on(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last call is refused, which the one before could not get for want of room.

    Arguments: `must` (whether it must be fulfilled; else it must not fail).
    """
    short, again = taken[-2].first, taken[-1].first
    if short.ok or again.ok or (again.refused and not arguments["must"]):
        return None
    return f"there is room again, and it is refused: {said(again.summary())}"


def shortages(ground: Ground) -> Iterator[Complaint]:
    """Create, change, fill and remove one of every kind, each time without room at first."""
    if ground.read_only or ground.hamper is None:
        return
    for operation, creation in creators(ground.contract):
        try:
            control = ground.take(ground.garden.call(operation, creation), "job")
            call = ground.garden.call(operation, creation)
        except BarrenError:
            continue
        if not control.ok:  # it does not go now, with or without room
            continue
        short, again = ground.take(replace(call, in_need=True)), ground.take(call, "job")
        if ground.judges(operation):
            yield from _judged(operation, [short, again], must=True)
        plant = ground.garden.plant_of(again.first)
        if plant is not None:
            yield from _lived(ground, plant, creation)


def _lived(ground: Ground, plant: Plant, creation: Creation) -> Iterator[Complaint]:
    """Do to a resource what can be done to it, and remove it at last."""
    contract = ground.contract
    for name in (creation.update, *_uploads(ground, creation), creation.delete):
        operation = contract.get(name)
        call = _call(ground, plant, operation) if operation else None
        if operation is None or call is None or not ground.judges(operation):
            continue
        yield from _changed(ground, plant, operation, call)


def _uploads(ground: Ground, creation: Creation) -> Iterator[str]:
    for operation in ground.contract:
        blob = blob_of(operation)
        if blob is not None and blob.get == creation.get and not operation.reads:
            yield operation.id


def _call(ground: Ground, plant: Plant, operation: Operation) -> Call | None:
    path = plant.path(operation)
    if operation.method == "DELETE":
        return Call(operation=operation.id, path=path)
    if blob_of(operation) is not None:
        return preparation(operation, path)
    merge = merge_of(operation)
    bodies = changes(ground, operation, merge) if merge else []
    if not bodies:
        return None
    return replace(preparation(operation, path), body=bodies[0][0])


def _judged(operation: Operation, steps: Sequence[Taken], *, must: bool) -> Iterator[Complaint]:
    """Say what is wrong with the last two of some steps: without room, and with it."""
    told = [status for status in operation.answers if status.startswith("5")]
    statuses = [status for status in told if status != _UNSPECIFIC] or told
    yield from raised(
        judged(CHECK, operation.id, owned_up, steps[:-1], statuses=statuses),
        judged(CHECK, operation.id, went_on, steps, must=must),
    )


def _changed(ground: Ground, plant: Plant, operation: Operation, call: Call) -> Iterator[Complaint]:
    """Ask, and look whether a refusal left the resource alone and let it be read."""
    reader = ground.contract.get(plant.creation.get)
    if reader is None:
        return
    start, reading = made(plant), Call(operation=reader.id, path=plant.path(reader))
    before = ground.take(reading)
    short = ground.take(replace(call, in_need=True))
    after = ground.take(replace(reading, in_need=True))
    apart = [*ground.moves(plant.creation), *_states(operation)]
    yield from raised(
        judged(CHECK, operation.id, untouched, [start, before, short, after], apart=apart),
        judged(CHECK, reader.id, owned_up, [start, after], statuses=[]),
    )
    yield from _judged(operation, [start, short, ground.take(call, "job")], must=False)


def _states(operation: Operation) -> list[str]:
    """Return pointers to what tells that storing content has failed, and when."""
    blob = blob_of(operation)
    return [""] if blob is not None else []
