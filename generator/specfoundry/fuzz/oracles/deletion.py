"""Is what was deleted gone, everywhere and for good, and nothing else with it?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError, by_id
from specfoundry.fuzz.live.trial import Complaint, Step, Taken, judged, verdict
from specfoundry.fuzz.oracles.addresses import Ways
from specfoundry.fuzz.oracles.whereabouts import (
    GONE,
    listings,
    made,
    said,
    shown,
    sought,
    told,
    twice,
)
from specfoundry.fuzz.promises.semantics import creators, job_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation

CHECK: Final = "deletion"


@verdict
def deletable(taken: Sequence[Taken], _arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step, a deletion, was refused."""
    answer = taken[-1].first
    return (
        None if answer.ok else f"what was just created cannot be deleted: {said(answer.summary())}"
    )


@verdict
def job_ends(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the job behind the last step cannot be watched, or does not end well.

    Arguments: `location` (header), `state`, `done`, `failed`, `errors` of the job.
    """
    answer, *looks = taken[-1].exchanges
    location = arguments["location"] or "location"
    if answer.status != 202:
        return None
    if not looks:
        return f"the answer names no job in `{location}`"
    if not looks[-1].ok:
        return f"the job cannot be read: {said(looks[-1].summary())}"
    state = looks[-1].at(arguments["state"])
    if state not in (*arguments["done"], *arguments["failed"]):
        return f"the job does not end: it is still {told(state)}"
    if state not in arguments["done"]:
        return f"the job ended {told(state)}: {said(looks[-1].summary())}"
    errors = looks[-1].at(arguments["errors"]) if arguments["errors"] else None
    return f"a job that is done has errors: {told(errors)}" if errors else None


@verdict
def failure_told(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that a job that failed, which the last step read, does not tell why.

    Arguments: `state`, `failed`, `errors` of the job.
    """
    look = taken[-1].first
    if look.at(arguments["state"]) not in arguments["failed"] or look.at(arguments["errors"]):
        return None
    return "a job that failed does not tell why"


@verdict
def gone(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step, a call of what was deleted, is not answered as such.

    Arguments: `what` (in words), `also` (statuses that say so here, beside the usual ones).
    """
    answer = taken[-1].first
    if answer.status in GONE or answer.status in arguments.get("also", ()):
        return None
    return f"{arguments['what']}: {said(answer.summary())}"


@verdict
def remains(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step, a reading of something else, finds nothing.

    Arguments: `what` (in words).
    """
    answer = taken[-1].first
    return None if answer.status not in GONE else f"{arguments['what']} went with it"


@verdict
def unlisted(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the list that the last step walked still shows what the first created.

    Arguments: `items` (pointer into a page), `id` (pointer into an item), `listed`.
    """
    own = taken[0].first.at(arguments["id"])
    found = shown(taken[-1], own, arguments["items"], arguments["id"])
    return f"{arguments['listed']} still shows it" if found else None


def deletions(ground: Ground) -> Iterator[Complaint]:
    """Create two resources of every kind, delete one, and look for both."""
    if ground.read_only:
        return
    for creator, creation in creators(ground.contract):
        operation = ground.contract.get(creation.delete)
        job = job_of(operation) if operation is not None else None
        if operation is not None and ground.concerns(operation, job.get if job else None):
            yield from twice(partial(_trial, ground, operation, creator, creation))
    yield from _failures(ground)


def _failures(ground: Ground) -> Iterator[Complaint]:
    """Look at the failed jobs that anybody has seen."""
    for operation in ground.contract:
        job = job_of(operation)
        if job is None or not job.errors or not ground.judges(operation):
            continue
        told_apart = {"state": job.state, "failed": list(job.failed), "errors": job.errors}
        looks = [
            one
            for one in ground.past
            if one.call.operation == job.get and one.at(job.state) in job.failed
        ]
        for look in [one for one in looks if one.ok and not one.at(str(job.errors))][:1]:
            call = Ways(ground).call(look.url, "GET") or look.call
            taken = Taken(Step(call=call), (look,))
            complaint = judged(CHECK, job.get, failure_told, [taken], **told_apart)
            if complaint:
                yield complaint


def _trial(
    ground: Ground, operation: Operation, creator: Operation, creation: Creation
) -> Iterator[Complaint]:
    try:
        plant, sibling = (ground.garden.grow(creator, creation) for _ in range(2))
    except BarrenError:
        return
    start = made(plant)
    deleted = ground.take(Call(operation=operation.id, path=plant.path(operation)), "job")
    refused = judged(CHECK, operation.id, deletable, [start, deleted])
    if refused:
        if str(deleted.first.status) not in operation.node.get("x-state-dependent", {}):
            yield refused
        return
    yield from _job(operation, [start, deleted])
    if operation.id in ground.garden.stuck:
        return
    if len(deleted.exchanges) > 1:
        yield from Ways(ground).follow(deleted, operation.id)
    yield from _gone(ground, plant, [start, deleted], operation)
    yield from _sibling(ground, sibling, [start, deleted], operation)
    yield from _lists(ground, plant, [start, deleted], operation)


def _job(operation: Operation, taken: Sequence[Taken]) -> Iterator[Complaint]:
    job = job_of(operation)
    if job is None:
        return
    complaint = judged(
        CHECK,
        operation.id,
        job_ends,
        taken,
        location=job.location,
        state=job.state,
        done=list(job.done),
        failed=list(job.failed),
        errors=job.errors,
    )
    if complaint:
        yield complaint


def _gone(
    ground: Ground, plant: Plant, taken: Sequence[Taken], operation: Operation
) -> Iterator[Complaint]:
    creation = plant.creation
    for name, what in (
        (creation.get, "it can still be read"),
        (creation.update, "it can still be changed"),
        (creation.delete, "it can be deleted again"),
    ):
        known = ground.contract.get(name)
        if known is None:
            continue
        touched = [*taken, _touched(ground, known, plant)]
        complaint = judged(CHECK, operation.id, gone, touched, what=what, also=list(creation.gone))
        if complaint:
            yield complaint
    for inner in _inside(ground, plant):
        read = ground.take(Call(operation=inner.id, path=plant.path(inner)))
        what = f"{inner.id} still answers"
        complaint = judged(CHECK, operation.id, gone, [*taken, read], what=what)
        if complaint:
            yield complaint


def _inside(ground: Ground, plant: Plant) -> Iterator[Operation]:
    """Yield what reads something inside of a resource, named by nothing more than itself."""
    reader = ground.contract.get(plant.creation.get)
    if reader is None:
        return
    for operation in ground.contract:
        same = len(list(operation.at("path"))) == len(list(reader.at("path")))
        if operation.method == "GET" and same and operation.path.startswith(f"{reader.path}/"):
            yield operation


def _touched(ground: Ground, operation: Operation, plant: Plant) -> Taken:
    media = next(iter(operation.bodies), None)
    body: Any = next(iter(media.examples), {}) if media else None
    call = Call(
        operation=operation.id,
        path=plant.path(operation),
        media_type=media.media_type if media else None,
        body=body,
    )
    return ground.take(call)


def _sibling(
    ground: Ground, sibling: Plant, taken: Sequence[Taken], operation: Operation
) -> Iterator[Complaint]:
    if sibling.creation.get is None:
        return
    read = ground.take(by_id(ground.contract[sibling.creation.get], sibling.id))
    complaint = judged(
        CHECK, operation.id, remains, [*taken, made(sibling), read], what="another one"
    )
    if complaint:
        yield complaint


def _lists(
    ground: Ground, plant: Plant, taken: Sequence[Taken], operation: Operation
) -> Iterator[Complaint]:
    for listed, paging, call in listings(ground, plant):
        walk = sought(ground, plant, paging, call, 0)
        complaint = judged(
            CHECK,
            operation.id,
            unlisted,
            [*taken, walk],
            items=paging.items,
            id=plant.creation.id,
            listed=listed.id,
        )
        if complaint:
            yield complaint
