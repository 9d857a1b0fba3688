"""Is everything still there, and as it was, when the server comes back?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.trial import Complaint, judged, raised, verdict
from specfoundry.fuzz.oracles.addresses import Ways
from specfoundry.fuzz.oracles.changes import Target, parts
from specfoundry.fuzz.oracles.comparison import differences, nested, within
from specfoundry.fuzz.oracles.interruption import interruptions
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.oracles.whereabouts import listings, made, said, shown, told
from specfoundry.fuzz.promises.semantics import blob_of, creators, job_of, merge_of, paging_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation, Merge

CHECK: Final = "durability"
_HOST: Final = re.compile(r"^https?://[^/]+")


@verdict
def survived(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say how what the last step reads differs from what was read before the restart.

    The last three steps: a reading, the restart, a reading. Addresses may have another host.
    Arguments: `moves` (pointers of what goes on by itself).
    """
    before, _, after = taken[-3:]
    if not before.ok:
        return None
    if not after.ok:
        return f"after a restart it cannot be read: {said(after.first.summary())}"
    for pointer, had, has in differences(before.first.json, after.first.json):
        if not within(pointer, arguments["moves"]) and _homeless(had) != _homeless(has):
            return f"a restart changed {pointer}: {told(had)} became {told(has)}"
    return None


@verdict
def still_listed(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that a list does not show after the restart what it showed before.

    The last three steps: a walk, the restart, a walk. Arguments: `items` (pointer into a page),
    `id` (pointer into an item), `listed`.
    """
    before, _, after = taken[-3:]
    own = taken[0].first.at(arguments["id"])
    had, has = (
        len(shown(walk, own, arguments["items"], arguments["id"])) for walk in (before, after)
    )
    if had == has or not before.ok:
        return None
    return f"{arguments['listed']} showed it {had} times before a restart, {has} times after it"


@verdict
def same_content(taken: Sequence[Taken], _arguments: Mapping[str, Any]) -> str | None:
    """Say that content which could be read before the restart is not the same after it."""
    before, _, after = (taken[-3].first, taken[-2], taken[-1].first)
    if not before.ok or (after.ok and before.content == after.content):
        return None
    return "after a restart the content is another one or gone"


def _homeless(value: Any) -> Any:
    return _HOST.sub("", value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was seen of a resource before the restart."""

    plant: Plant
    read: Taken
    walks: tuple[tuple[str, str, Taken], ...]
    """operationId of the list, pointer to its items, and the walk."""


def survivals(ground: Ground) -> Iterator[Complaint]:
    """Restart the server, and look for everything that was there before."""
    if ground.read_only or ground.restart is None:
        return
    plants = [
        plant
        for operation, creation in creators(ground.contract)
        if ground.judges(operation)
        for plant in _grown(ground, operation, creation)
    ]
    kept = [_kept(ground, plant) for plant in plants]
    seen = [*_downloads(ground), *_readings(ground)]
    restart = ground.restarted()
    for one in kept:
        if one.plant in ground.garden.living:
            yield from _judged(ground, one, restart)
    for before in seen:
        rule = survived if before.first.json is not None else same_content
        steps = [before, restart, ground.take(before.first.call)]
        yield from raised(judged(CHECK, before.first.call.operation, rule, steps, moves=[]))
    yield from interruptions(ground, plants)


def _grown(ground: Ground, operation: Operation, creation: Creation) -> Iterator[Plant]:
    """Yield one of every request example, changed where that is possible."""
    media = next(iter(operation.bodies), None)
    for example in (media.examples if media else ()) or (None,):
        try:
            plant = ground.garden.grow(operation, creation, example)
        except BarrenError:
            continue
        if ground.contract.get(creation.get) is not None:
            _change(ground, plant)
            yield plant


def _kept(ground: Ground, plant: Plant) -> _Kept:
    reader = ground.contract[str(plant.creation.get)]
    walks = tuple(
        (listed.id, paging.items, ground.take(call, "pages"))
        for listed, paging, call in listings(ground, plant)
    )
    return _Kept(plant, ground.take(Call(operation=reader.id, path=plant.path(reader))), walks)


def _change(ground: Ground, plant: Plant) -> None:
    update = ground.contract.get(plant.creation.update)
    merge = merge_of(update) if update else None
    if update is None or merge is None or not merge.maps or not update.bodies:
        return
    body = nested(merge.maps[0], {"kept": "yes"})
    media = update.bodies[0].media_type
    ground.take(
        Call(operation=update.id, path=plant.path(update), media_type=media, body=body), "job"
    )


def _readings(ground: Ground) -> Iterator[Taken]:
    """Yield what can be read beside what was created, as far as it stays the same by itself."""
    known = {creation.get for _, creation in creators(ground.contract)}
    changed = [
        call
        for operation in ground.contract
        if (merge := merge_of(operation)) is not None
        and merge.get not in known
        and ground.judges(operation)
        and (call := _changed(ground, operation, merge)) is not None
    ]
    # Their items go on by themselves, now or just when the server goes; each is looked at alone.
    known |= {
        one for _, creation in creators(ground.contract) if creation.moves for one in creation.lists
    }
    calls = changed + [_reading(ground, one) for one in ground.contract if one.id not in known]
    firsts = [ground.take(call) for call in calls if call is not None]
    for first in [*firsts, *_jobs(ground)]:
        second = ground.take(first.first.call)
        same = first.first.content == second.first.content
        if second.ok and same and ground.judges(first.first.call.operation):
            yield second


def _reading(ground: Ground, operation: Operation) -> Call | None:
    """Return what reads one of many things, or a list: what is at the root speaks of the server."""
    is_one = any(operation.at("path")) or paging_of(operation) is not None
    if operation.method != "GET" or not is_one:
        return None
    try:
        return likely(ground, operation)
    except BarrenError:
        return None


def _jobs(ground: Ground) -> Iterator[Taken]:
    """Yield the last jobs that were seen, one of every kind."""
    readers = {job.get for one in ground.contract if (job := job_of(one)) is not None}
    last = {one.call.operation: one for one in ground.past if one.call.operation in readers}
    for exchange in last.values():
        call = Ways(ground).call(exchange.url, "GET")
        if call is not None and exchange.ok:
            yield ground.take(call)


def _changed(ground: Ground, update: Operation, merge: Merge) -> Call | None:
    """Change what nobody creates, and return what reads it."""
    try:
        target = Target.found(ground, update, merge)
    except BarrenError:
        return None
    for body in parts(ground, update, merge):
        ground.take(target.call(body))
    return target.reading


def _downloads(ground: Ground) -> Iterator[Taken]:
    """Yield content that was stored and can be read."""
    for operation in ground.contract:
        blob = blob_of(operation)
        kind = ground.garden.creators.get(str(blob.get)) if blob else None
        download = ground.contract.get(blob.download) if blob else None
        if kind is None or download is None or not ground.judges(operation):
            continue
        try:
            plant = ground.garden.grow(*kind)
            ground.garden.prepare(plant, operation)
        except BarrenError:
            continue
        yield ground.take(Call(operation=download.id, path=plant.path(download)))


def _judged(ground: Ground, kept: _Kept, restart: Taken) -> Iterator[Complaint]:
    creation, name = kept.plant.creation, kept.plant.creator.id
    start = made(kept.plant)
    read = ground.take(kept.read.first.call)
    moves = list(creation.moves)
    if creation.position is not None:  # a removal that still goes on somewhere makes others move up
        moves.append(creation.position.at)
    yield from raised(
        judged(CHECK, name, survived, [start, kept.read, restart, read], moves=moves),
        *(
            judged(
                CHECK,
                name,
                still_listed,
                [start, walk, restart, ground.take(walk.first.call, "pages")],
                items=items,
                id=creation.id,
                listed=listed,
            )
            for listed, items, walk in kept.walks
        ),
    )
