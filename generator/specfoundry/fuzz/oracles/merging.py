"""Does an update change what it was sent, delete what is null, and leave everything else alone?"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.changes import Target, changes
from specfoundry.fuzz.oracles.comparison import ABSENT, base, differences, found, lacking, within
from specfoundry.fuzz.oracles.whereabouts import said, told, twice
from specfoundry.fuzz.promises.semantics import creators, merge_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation, Merge

CHECK: Final = "merge-patch"
_FEW: Final = 2
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@verdict
def accepted(taken: Sequence[Taken], _arguments: Mapping[str, Any]) -> str | None:
    """Say that the last step was refused."""
    answer = taken[-1].first
    sent = told(taken[-1].step.call.body if taken[-1].step.call else None)
    return None if answer.ok else f"{sent} was refused: {said(answer.summary())}"


@verdict
def merged(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say what an update did that it should not, or did not do.

    The last three steps are a reading, the update, and a reading. Arguments: `maps`, `bumps`,
    `moves`, `hides`, `ignores_null` (lists of pointers); what is sent is there then, and what is neither
    sent nor moves stays.
    """
    before, update, after = (one.first for one in taken[-3:])
    if not before.ok or not update.ok or update.call.body is None:
        return None
    if not after.ok:
        return f"after the update it cannot be read: {said(after.summary())}"
    maps, bumps = arguments["maps"], arguments["bumps"]
    return (
        _wrong_maps(before.json, update.call.body, after.json, maps)
        or _not_taken(update.call.body, after.json, [*maps, *arguments["hides"]])
        or _not_cleared(before.json, update.call.body, after.json, arguments["ignores_null"])
        or _changed(before.json, update.call.body, after.json, [*maps, *bumps, *arguments["moves"]])
        or _gone_back(before.json, after.json, bumps)
    )


@verdict
def persisted(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say where the last step, a reading, shows something else than the update answered.

    Arguments: `moves` (pointers of what goes on).
    """
    update, after = (one.first for one in taken[-2:])
    if not (update.ok and after.ok and isinstance(update.json, dict)):
        return None
    for pointer, answered, read in differences(update.json, after.json):
        if not within(pointer, arguments["moves"]):
            return f"the update answered {pointer} {told(answered)}, and then {told(read)} is read"
    return None


def _wrong_maps(before: Any, sent: Any, after: Any, maps: Sequence[str]) -> str | None:
    for pointer in maps:
        change = found(sent, pointer)
        had = found(before, pointer)
        if change is ABSENT or not isinstance(change, dict):
            continue
        wanted = {**(had if isinstance(had, dict) else {}), **change}
        wanted = {key: value for key, value in wanted.items() if value is not None}
        has = found(after, pointer)
        if has != wanted:
            shown = None if has is ABSENT else has
            return f"{pointer}: {told(had)} with {told(change)} became {told(shown)}"
    return None


def _not_taken(sent: Any, after: Any, apart: Sequence[str]) -> str | None:
    for pointer, value, has in lacking(sent, found(after, base(sent, after))):
        if value is not None and not within(pointer, apart):
            return f"{pointer}: {told(value)} was sent, {told(has)} is read then"
    return None


def _not_cleared(before: Any, sent: Any, after: Any, apart: Sequence[str]) -> str | None:
    beneath = base(sent, after)
    for pointer, value, has in lacking(sent, found(after, beneath)):
        had = found(before, f"{beneath}{pointer}")
        if value is None and has not in (None, {}) and has == had and not within(pointer, apart):
            return f"{pointer}: null left {told(has)} there"
    return None


def _changed(before: Any, sent: Any, after: Any, apart: Sequence[str]) -> str | None:
    beneath = base(sent, after)
    for pointer, had, has in differences(before, after):
        asked = found(sent, pointer.removeprefix(beneath), near=True)
        if not within(pointer, apart) and asked is ABSENT:
            return f"the update {told(sent)} changed {pointer}: {told(had)} became {told(has)}"
    return None


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.match(value) is not None


def _gone_back(before: Any, after: Any, bumps: Sequence[str]) -> str | None:
    for pointer in bumps:
        had, has = found(before, pointer), found(after, pointer)
        if _is_time(had) and _is_time(has) and has < had:
            return f"{pointer} went back"
    return None


def merges(ground: Ground) -> Iterator[Complaint]:
    """Change one resource of every kind that can be changed, step by step."""
    if ground.read_only:
        return
    grown: set[str] = set()
    for creator, creation in creators(ground.contract):
        update = ground.contract.get(creation.update)
        merge = merge_of(update) if update else None
        if update is not None and merge is not None:
            bodies = changes(ground, update, merge)
            bodies = bodies[:_FEW] if update.id in grown else bodies
            grown.add(update.id)
            if ground.judges(update):
                target = (update, merge, bodies)
                yield from twice(partial(_created, ground, (creator, creation), target))
    for operation in ground.contract:
        merge = merge_of(operation)
        if merge is not None and operation.id not in grown and ground.judges(operation):
            yield from twice(partial(_found, ground, operation, merge))


def _created(
    ground: Ground,
    kind: tuple[Operation, Creation],
    change: tuple[Operation, Merge, list[tuple[Any, bool]]],
) -> Iterator[Complaint]:
    """Change one at length, and one of every other example a little."""
    media = next(iter(kind[0].bodies), None)
    update, merge, bodies = change
    for example in (media.examples if media else ()) or (None,):
        try:
            plant = ground.garden.grow(*kind, example)
        except BarrenError:
            continue
        target = Target.of(ground, plant, update, merge)
        yield from _trial(ground, target, bodies)
        bodies = bodies[:_FEW]


def _found(ground: Ground, update: Operation, merge: Merge) -> Iterator[Complaint]:
    """Change what nobody creates, and set it back as it was."""
    try:
        target = Target.found(ground, update, merge)
    except BarrenError:
        return
    before = ground.take(target.reading)
    yield from _trial(ground, target, changes(ground, update, merge))
    ground.take(target.restoring(before.first.json))


def _trial(
    ground: Ground, target: Target, bodies: Iterable[tuple[Any, bool]]
) -> Iterator[Complaint]:
    update, merge = target.update, target.merge
    arguments = {
        "maps": list(merge.maps),
        "bumps": list(merge.bumps),
        "moves": list(merge.moves),
        "hides": [*merge.hides, *target.hides],
        "ignores_null": [*merge.ignores_null, *merge.hides],
    }
    before = ground.take(target.reading)
    for body, sure in bodies:
        answer = ground.take(target.call(body), "job")
        after = ground.take(target.reading)
        steps = [*target.start, before, answer, after]
        refusable = str(answer.first.status) in update.node.get("x-state-dependent", {})
        complaints = [
            None if refusable and not sure else judged(CHECK, update.id, accepted, steps[:-1]),
            judged(CHECK, update.id, merged, steps, **arguments),
            judged(CHECK, update.id, persisted, steps, moves=[*merge.bumps, *merge.moves]),
        ]
        yield from (one for one in complaints if one)
        before = after
