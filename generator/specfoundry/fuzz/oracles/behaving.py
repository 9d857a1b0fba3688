"""Does a server behave as the sentences of the document say, one call after the other?"""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import split
from specfoundry.fuzz.contract import target
from specfoundry.fuzz.garden import BarrenError
from specfoundry.fuzz.ground import values_at
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.oracles.whereabouts import said, told, twice
from specfoundry.fuzz.trial import Complaint, judged, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.exchange import Call
    from specfoundry.fuzz.ground import Ground
    from specfoundry.fuzz.trial import Taken

CHECK: Final = "behaviour"
_LOOKS: Final = 500
_PAUSE: Final = 0.02


@verdict
def behaves(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say where the steps come to something else than a sentence says.

    Arguments: `sentence`, `steps` (as the document writes them, one for each step that was taken).
    """
    kept: dict[str, Any] = {}
    for number, (one, step) in enumerate(zip(taken, arguments["steps"], strict=False), start=1):
        wrong = _wrong(one, step, kept)
        if wrong:
            return f"{arguments['sentence']}: step {number}, {step['call']}: {wrong}"
        for name, pointer in step.get("keep", {}).items():
            kept[name] = next(iter(values_at(one.first.json, pointer)), None)
    return None


def _wrong(taken: Taken, step: Mapping[str, Any], kept: Mapping[str, Any]) -> str | None:
    answer = taken.first
    if (answer.status != step["status"]) if "status" in step else not answer.ok:
        wanted = step.get("status", "success")
        return f"{wanted} is right, and {said(answer.summary())} came"
    looks = [
        *((answer.json, place, value, True) for place, value in step.get("shows", {}).items()),
        *((taken.last.json, place, value, True) for place, value in step.get("until", {}).items()),
        *((answer.json, place, value, False) for place, value in step.get("lacks", {}).items()),
        *((taken.last.json, place, value, True) for place, value in step.get("ends", {}).items()),
    ]
    for node, place, value, there in looks:
        wanted, found = filled(value, kept), values_at(node, place)
        if (wanted in found) is not there:
            what = "is not" if there else "is"
            return f"{told(wanted)} {what} at {place or 'the top'}, but {told(found)}"
    return None


def behaviours(ground: Ground) -> Iterator[Complaint]:
    """Try every sentence of every operation."""
    if ground.read_only:
        return
    for operation in ground.contract:
        if ground.judges(operation):
            for sentence, steps in operation.node.get("x-behaviours", {}).items():
                yield from twice(partial(_tried, ground, operation, sentence, steps))


def _tried(
    ground: Ground, operation: Operation, sentence: str, steps: Sequence[Mapping[str, Any]]
) -> Iterator[Complaint]:
    kept: dict[str, Any] = {}
    taken: list[Taken] = []
    for step in steps:
        try:
            call = _call(ground, ground.contract[step["call"]], step, kept)
        except BarrenError:
            return
        taken.append(_taken(ground, call, step, kept))
        if _wrong(taken[-1], step, kept):
            break
        for name, pointer in step.get("keep", {}).items():
            kept[name] = next(iter(values_at(taken[-1].first.json, pointer)), None)
    complaint = judged(
        CHECK, operation.id, behaves, taken, sentence=sentence, steps=list(steps[: len(taken)])
    )
    if complaint:
        yield complaint


def _taken(
    ground: Ground, call: Call, step: Mapping[str, Any], kept: Mapping[str, Any]
) -> Taken:
    """Take a step; again and again until it shows what it comes to, if it says so."""
    taken = ground.take(call, "job")
    for _ in range(_LOOKS if "until" in step else 0):
        if not taken.ok or _wrong(taken, step, kept) is None:
            break
        time.sleep(_PAUSE)  # between two looks at work that goes on
        taken = ground.take(call, "job")
    return taken


def _call(
    ground: Ground, operation: Operation, step: Mapping[str, Any], kept: Mapping[str, Any]
) -> Call:
    """Return the call of a step: a likely one, with what the step says instead.

    Raises:
        BarrenError: Something that it refers to cannot be had.

    """
    call = likely(ground, operation, _example(ground, operation, step.get("example")))
    body = copy.deepcopy(call.body)
    for place, value in step.get("body", {}).items():
        body = written(body, place, filled(value, kept))
    return replace(
        call,
        path={**call.path, **filled(step.get("path", {}), kept)},
        query={**call.query, **filled(step.get("query", {}), kept)},
        body=body,
    )


def _example(ground: Ground, operation: Operation, name: str | None) -> Any:
    media = next(iter(operation.bodies), None)
    if name is None or media is None:
        return None
    found = media.node.get("examples", {}).get(name, {})
    return target(ground.contract.node, "", found)[1].get("value")


def filled(value: Any, kept: Mapping[str, Any]) -> Any:
    """Return a value in which every text `{name}` is what was kept under that name."""
    if isinstance(value, dict):
        return {name: filled(member, kept) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(item, kept) for item in value]
    if not isinstance(value, str):
        return value
    if value.startswith("{") and value.endswith("}") and value[1:-1] in kept:
        return kept[value[1:-1]]
    for name, text in kept.items():
        value = value.replace(f"{{{name}}}", str(text))
    return value


def written(body: Any, pointer: str, value: Any) -> Any:
    """Return a body with a value at a place, for which room is made; the body may be changed."""
    *parents, last = split(pointer) or [""]
    if not pointer:
        return value
    body = body if isinstance(body, dict | list) else {}
    holder = body
    for token in parents:
        holder = holder[int(token)] if isinstance(holder, list) else holder.setdefault(token, {})
    if isinstance(holder, list):
        holder[int(last) : int(last) + 1] = [value]
    else:
        holder[last] = value
    return body
