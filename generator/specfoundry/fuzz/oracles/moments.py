"""Do the times that are shown say when something was made and changed?

Our own clock is not asked: what the server made just before and just after tells what time it was,
and so does the header `Date` of its answers, about.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.readiness import preparation, settled
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.comparison import found, nested
from specfoundry.fuzz.oracles.whereabouts import made
from specfoundry.fuzz.promises.semantics import blob_of, creators, merge_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation, Merge
    from specfoundry.fuzz.server.exchange import Exchange

CHECK: Final = "time"
_SECOND: Final = 1.1
_APART: Final = timedelta(minutes=2)
"""How far the clocks of what makes an answer may be apart: the server, its database, a proxy."""
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@verdict
def made_now(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say which time of what the second step created is not between the first and the third.

    Arguments: `times` (pointers into the answer of the second step).
    """
    problem = _outside(taken[1], taken[0], taken[-1], arguments["times"], "it was made")
    return problem or _far_off(taken[1].first, arguments["times"])


@verdict
def changed_now(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say which time does not tell when something was changed.

    The steps: the creation of what is changed, that of something else, the change, a reading, and
    the creation of a third. Arguments: `times` (pointers: what a change moves on), `keeps` (pointers:
    what it leaves).
    """
    start, before, change, read, after = taken
    if not change.first.ok or not start.ok:
        return None
    for pointer in arguments.get("keeps", ()) if read.last.ok else ():
        was, is_now = (found(one.json, pointer) for one in (start.first, read.last))
        if _is_time(was) and _is_time(is_now) and _plain(was) != _plain(is_now):
            return f"{pointer} moved on, and it was changed only"
    return _outside(read, before, after, arguments["times"], "it was changed")


def _outside(
    shown: Taken, before: Taken, after: Taken, times: Sequence[str], what: str
) -> str | None:
    first, last = _latest(before.first.json), _latest(after.first.json)
    if not (shown.last.ok and first and last):
        return None
    for pointer in times:
        value = found(shown.last.json, pointer)
        if not _is_time(value):
            continue
        if _plain(value) < first:
            return f"{pointer} is earlier than the moment at which {what}"
        if _plain(value) > last:
            return f"{pointer} is later than the moment at which {what}"
    return None


def _far_off(answer: Exchange, times: Sequence[str]) -> str | None:
    """Say which time of what was made is not that of the answer's `Date` (RFC 9110, 6.6.1)."""
    told = answer.headers.get("date")
    for pointer in times if told and answer.ok else ():
        value = found(answer.json, pointer)
        if not _is_time(value):
            continue
        try:
            apart = parsedate_to_datetime(str(told)) - datetime.fromisoformat(f"{value[:19]}+00:00")
        except (ValueError, TypeError):
            return None
        if abs(apart) > _APART:
            return f"{pointer} is not the time that the answer's `Date` tells"
    return None


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _plain(value: str) -> str:
    """Return a time to the second: APIs show some with fractions and some without."""
    return value[:19]


def _latest(node: Any) -> str:
    """Return the latest time at the top of what was just created: that of its creation."""
    values = node.values() if isinstance(node, dict) else ()
    return max((_plain(value) for value in values if _is_time(value)), default="")


@dataclass(frozen=True, slots=True)
class _Old:
    """Something that was made a while ago."""

    plant: Plant
    merge: Merge


def moments(ground: Ground) -> Iterator[Complaint]:
    """Make one of everything, wait a second, change it, and look at its times."""
    clock = _clock(ground)
    if ground.read_only or clock is None:
        return
    old: list[_Old] = []
    for operation, creation in creators(ground.contract):
        update = ground.contract.get(creation.update)
        merge = merge_of(update) if update else None
        yield from _made(ground, clock, (operation, creation), merge)
        if update is not None and merge is not None and merge.bumps:
            for _ in range(2):
                old += _grown(ground, operation, creation, merge)
    time.sleep(_SECOND)  # so that a change shows another time than the creation
    for index, one in enumerate(old):
        call = _update(ground, one) if index % 2 == 0 else _upload(ground, one)
        if call is not None and ground.judges(call.operation):
            yield from _changed(ground, clock, one, call)


def _clock(ground: Ground) -> tuple[Operation, Creation] | None:
    """Return what is easily made, and tells the time."""
    for operation, creation in creators(ground.contract):
        if creation.references or ground.contract.get(creation.delete) is None:
            continue
        try:
            plant = ground.garden.grow(operation, creation)
        except BarrenError:
            continue
        if _latest(plant.exchange.json):
            return operation, creation
    return None


def _grown(
    ground: Ground, operation: Operation, creation: Creation, merge: Merge
) -> Iterator[_Old]:
    try:
        yield _Old(ground.garden.grow(operation, creation), merge)
    except BarrenError:
        return


def _made(
    ground: Ground,
    clock: tuple[Operation, Creation],
    kind: tuple[Operation, Creation],
    merge: Merge | None,
) -> Iterator[Complaint]:
    if merge is None or not ground.judges(kind[0]):
        return
    try:
        ground.garden.call(*kind)  # makes what it refers to, if need be, before the clock is read
        before = made(ground.garden.grow(*clock))
        plant = ground.garden.grow(*kind)
        after = made(ground.garden.grow(*clock))
    except BarrenError:
        return
    times = [*merge.keeps, *merge.bumps]
    complaint = judged(CHECK, kind[0].id, made_now, [before, made(plant), after], times=times)
    if complaint:
        yield complaint


def _changed(
    ground: Ground, clock: tuple[Operation, Creation], old: _Old, call: Call
) -> Iterator[Complaint]:
    reader = ground.contract[old.merge.get]
    operation = ground.contract[call.operation]
    try:
        before = made(ground.garden.grow(*clock))
        change = ground.take(call, "job")
        if change.ok and blob_of(operation) is not None:
            settled(ground.session, ground.contract, operation, call)
        read = ground.take(Call(operation=reader.id, path=old.plant.path(reader)))
        after = made(ground.garden.grow(*clock))
    except (BarrenError, KeyError):
        return
    steps = [made(old.plant), before, change, read, after]
    times = {"times": list(old.merge.bumps), "keeps": list(old.merge.keeps)}
    complaint = judged(CHECK, operation.id, changed_now, steps, **times)
    if complaint:
        yield complaint


def _update(ground: Ground, old: _Old) -> Call | None:
    update = ground.contract[str(old.plant.creation.update)]
    media = next(iter(update.bodies), None)
    if media is None:
        return None
    example = next(iter(media.examples), None)
    body = nested(old.merge.maps[0], {"changed": "yes"}) if old.merge.maps else example
    path = old.plant.path(update)
    return Call(operation=update.id, path=path, media_type=media.media_type, body=body)


def _upload(ground: Ground, old: _Old) -> Call | None:
    for operation in ground.contract:
        blob = blob_of(operation)
        if blob is not None and blob.get == old.plant.creation.get and not operation.reads:
            return preparation(operation, old.plant.path(operation))
    return None
