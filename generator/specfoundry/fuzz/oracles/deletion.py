"""Is what was deleted gone, everywhere and for good, and nothing else with it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specfoundry.fuzz.garden import BarrenError, Plant, by_id
from specfoundry.fuzz.oracles.ground import Complaint, Ground, values_at
from specfoundry.fuzz.semantics import creators, job_of, paging_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.exchange import Exchange

CHECK = "deletion"
_GONE = frozenset({404, 410})


def deletions(ground: Ground) -> Iterator[Complaint]:
    """Create two resources of every kind, delete one, and look for both."""
    if ground.read_only:
        return
    for creator, creation in creators(ground.contract):
        operation = ground.contract.get(creation.delete)
        if operation is None:
            continue
        try:
            plant, sibling = (ground.garden.grow(creator, creation) for _ in range(2))
        except BarrenError:
            continue
        for text, exchanges in _delete(ground, operation, plant, sibling):
            yield Complaint(CHECK, operation.id, text, exchanges)


def _delete(
    ground: Ground, operation: Operation, plant: Plant, sibling: Plant
) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
    answer = ground.session.send(by_id(operation, plant.id))
    if not answer.ok:
        yield f"what was just created cannot be deleted: {answer.summary()}", (answer,)
        return
    ground.garden.living.remove(plant)
    yield from _job(ground, operation, answer)
    creation = plant.creation
    if creation.get is not None:
        gone = ground.read(creation.get, plant.id)
        if gone.status not in _GONE:
            yield f"it can still be read: {gone.summary()}", (answer, gone)
        other = ground.read(creation.get, sibling.id)
        if not other.ok:
            yield "another one went with it", (answer, other)
    for listed in creation.lists:
        yield from _still_listed(ground, plant, listed, answer)
    again = ground.session.send(by_id(operation, plant.id))
    if again.status not in _GONE:
        yield f"deleting it again is answered {again.summary()}", (answer, again)


def _job(
    ground: Ground, operation: Operation, answer: Exchange
) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
    job = job_of(operation)
    if job is None:
        return
    ended = ground.garden.settle(operation, answer)
    if ended is None:
        yield f"the answer names no job in `{job.location}`", (answer,)
    elif not ended.ok:
        yield f"the job cannot be read: {ended.summary()}", (answer, ended)
    elif ended.at(job.state) not in job.done:
        yield f"the job ended {ended.at(job.state)!r}: {ended.summary()}", (answer, ended)
    elif job.errors and ended.at(job.errors):
        yield f"a job that is done has errors: {ended.at(job.errors)}", (answer, ended)


def _still_listed(
    ground: Ground, plant: Plant, listed: str, answer: Exchange
) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
    operation = ground.contract.get(listed)
    paging = paging_of(operation) if operation else None
    if operation is None or paging is None:
        return
    try:
        found = ground.list(operation, paging)
    except BarrenError:
        return
    ids = [value for item in found.items for value in values_at(item, plant.creation.id)]
    if plant.id in ids:
        yield f"{listed} still shows it", (answer, *found.exchanges)
