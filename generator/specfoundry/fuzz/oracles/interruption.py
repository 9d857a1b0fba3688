"""Is what a restart interrupts carried to its end when the server comes back?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.readiness import preparation, settled
from specfoundry.fuzz.live.trial import Complaint, Step, Taken, judged, verdict
from specfoundry.fuzz.oracles.deletion import gone
from specfoundry.fuzz.oracles.whereabouts import made
from specfoundry.fuzz.promises.semantics import blob_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.promises.contract import Operation

CHECK: Final = "durability"


@verdict
def carried_on(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when content that was taken before a restart does not get ready after it.

    The last three steps: the upload, the restart, the last look. Arguments: `state`, `ready`.
    """
    upload, _, look = taken[-3:]
    state = look.last.at(arguments["state"])
    if not upload.ok or state in arguments["ready"]:
        return None
    return f"an upload was taken before a restart; after it {arguments['state']} is {state!r}"


def interruptions(ground: Ground, plants: Sequence[Plant]) -> Iterator[Complaint]:
    """Restart the server while it removes one of every kind, and while it stores content.

    Args:
        ground: The server.
        plants: What may be removed.

    """
    last = {plant.creator.id: plant for plant in plants}
    removals = [(plant, taken) for plant in last.values() if (taken := _removed(ground, plant))]
    uploads = [begun for operation in ground.contract if (begun := _uploaded(ground, operation))]
    restart = ground.restarted()
    for plant, taken in removals:
        yield from _gone(ground, plant, [made(plant), taken, restart])
    for operation, plant, taken in uploads:
        yield from _stored(ground, operation, [made(plant), taken, restart])


def _removed(ground: Ground, plant: Plant) -> Taken | None:
    """Begin to remove something; the work may go on when the server is restarted.

    What has a position stays: the others would move.
    """
    remove = ground.contract.get(plant.creation.delete)
    if remove is None or plant.creation.position is not None:
        return None
    taken = ground.take(Call(operation=remove.id, path=plant.path(remove)))
    return taken if taken.ok else None


def _uploaded(ground: Ground, operation: Operation) -> tuple[Operation, Plant, Taken] | None:
    """Begin to store content; the work may go on when the server is restarted."""
    blob = blob_of(operation)
    kind = ground.garden.creators.get(str(blob.get)) if blob else None
    if blob is None or kind is None or blob.state is None or not ground.judges(operation):
        return None
    try:
        plant = ground.garden.grow(*kind)
    except BarrenError:
        return None
    taken = ground.take(preparation(operation, plant.path(operation)))
    return (operation, plant, taken) if taken.ok else None


def _gone(ground: Ground, plant: Plant, steps: list[Taken]) -> Iterator[Complaint]:
    reader = ground.contract[str(plant.creation.get)]
    call = Call(operation=reader.id, path=plant.path(reader))
    # The removal may have begun again with the server.
    *_, read = ground.looks(call, lambda last: not last.ok)
    what = "what was removed before a restart can be read after it"
    name = steps[1].first.call.operation
    complaint = judged(CHECK, name, gone, [*steps, read], what=what)
    if complaint:
        yield complaint


def _stored(ground: Ground, operation: Operation, steps: list[Taken]) -> Iterator[Complaint]:
    blob, call = blob_of(operation), steps[1].first.call
    if blob is None:
        return
    look = settled(ground.session, ground.contract, operation, call)
    steps.append(Taken(Step(call=look.call), (look,)))
    arguments = {"state": blob.state, "ready": [*blob.ready]}
    complaint = judged(CHECK, operation.id, carried_on, steps, **arguments)
    if complaint:
        yield complaint
