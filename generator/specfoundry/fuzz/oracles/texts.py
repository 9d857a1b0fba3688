"""Does every text come back letter by letter, or is refused?"""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import follow
from specfoundry.fuzz.live.plants import BarrenError, put
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.changes import leaves
from specfoundry.fuzz.oracles.comparison import base, found, within
from specfoundry.fuzz.oracles.whereabouts import told, twice
from specfoundry.fuzz.promises.semantics import creators

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation

CHECK: Final = "text"
_ODD: Final = (
    "Né 東京 \U0001f333 ß",  # beyond ASCII and beyond 16 bits
    "a \"b\" 'c' \\ <d> &amp; %41 ${e} {f}",  # what some language takes for its own
    "Mixed-Case-aB",
    "x" * 200,
)


@verdict
def letter_by_letter(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that the text at one place came back as another one.

    The steps: the creation, and perhaps a reading. Arguments: `place` (pointer into the body).
    """
    answer = taken[-1].first
    sent = taken[0].first.call.body
    wanted = found(sent, arguments["place"])
    shown = found(found(answer.json, base(sent, answer.json)), arguments["place"])
    if not taken[0].first.ok or not answer.ok or shown == wanted or not isinstance(shown, str):
        return None
    return f"{arguments['place']}: {told(wanted)} came back as {told(shown)}"


def texts(ground: Ground) -> Iterator[Complaint]:
    """Send odd texts wherever the schemas allow any."""
    if ground.read_only:
        return
    for operation, creation in creators(ground.contract):
        media = next(iter(operation.bodies), None)
        if media is None or creation.inferred or not ground.judges(operation):
            continue
        done: set[str] = set()
        for example in media.examples:
            for place in leaves(example):
                if place not in done and _is_free(creation, example, place):
                    done.add(place)
                    yield from twice(partial(_trial, ground, (operation, creation), example, place))


def _is_free(creation: Creation, example: Any, place: str) -> bool:
    told_apart = [*creation.references, *creation.hides]
    return isinstance(follow(example, place), str) and not within(place, told_apart)


def _trial(
    ground: Ground, kind: tuple[Operation, Creation], example: Any, place: str
) -> Iterator[Complaint]:
    operation, creation = kind
    pointer = operation.bodies[0].schema_pointer
    for text in _ODD:
        try:
            call = ground.garden.call(operation, creation, example)
        except BarrenError:
            return
        body = copy.deepcopy(call.body)
        mark = f"-{follow(body, place)}" if place in creation.unique else ""
        put(body, place, f"{text}{mark}")
        if pointer is None or not ground.contract.validators.allows(pointer, body):
            continue
        taken = ground.take(replace(call, body=body), "job")
        complaint = judged(CHECK, operation.id, letter_by_letter, [taken], place=place)
        if complaint:
            yield complaint
