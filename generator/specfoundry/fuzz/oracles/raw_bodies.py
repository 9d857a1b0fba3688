"""Is a body refused that cannot be read at all, or that claims to be something else?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.bodies import turned_down
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.promises.contract import target
from specfoundry.fuzz.server.exchange import FORM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.server.exchange import Call

CHECK: Final = "raw-body"
_DEEP: Final = 20_000
_STATUSES: Final = frozenset({400, 411, 413, 415, 422})
_JSON: Final = "application/json"

_UNREADABLE: Final[Mapping[str, bytes]] = {
    "half an object": b'{"a":',
    "two objects": b"{}{}",
    "a number that JSON does not know": b'{"a": NaN}',
    "bytes that are no UTF-8": b'{"a": "\xff\xfe"}',
    "very deep lists": b"[" * _DEEP,
    "very deep lists that are closed": b"[" * _DEEP + b"]" * _DEEP,
    "a single quote": b"'",
}


@verdict
def read_anyhow(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when a good body is refused for its media type, which does not matter.

    The first step sent it as what it is. Arguments: `what`.
    """
    usual, other = taken[0].first, taken[-1].first
    if not usual.ok or other.ok:
        return None
    return f"{arguments['what']}: the media type does not matter, and {other.status} came"


def raw_bodies(ground: Ground) -> Iterator[Complaint]:
    """Send every operation that takes JSON what is none."""
    if ground.read_only:
        return
    for operation in ground.contract:
        media = next((one for one in operation.bodies if one.media_type == _JSON), None)
        if media is None or not ground.judges(operation):
            continue
        try:
            call = likely(ground, operation)
        except BarrenError:
            continue
        yield from _unreadable(ground, operation, call)
        yield from _mistyped(ground, operation, call)


def _unreadable(ground: Ground, operation: Operation, call: Call) -> Iterator[Complaint]:
    raw = dict(_UNREADABLE)
    if operation.is_body_required:
        raw["nothing"] = b""
    for what, content in ground.some(list(raw.items()), CHECK, operation.id):
        yield from _refused(ground, operation, replace(call, body=content), what)


def _mistyped(ground: Ground, operation: Operation, call: Call) -> Iterator[Complaint]:
    """Send a good body as something else than it is."""
    _, node = target(ground.contract.node, "", operation.node.get("requestBody"))
    if node.get("x-ignore-media-type"):
        yield from _ignored(ground, operation, call)
        return
    content = json.dumps(call.body).encode()
    for media_type in ground.some(("text/plain", "application/xml", FORM), operation.id):
        other = replace(call, body=content, media_type=media_type)
        yield from _refused(ground, operation, other, f"JSON as {media_type}")


def _ignored(ground: Ground, operation: Operation, call: Call) -> Iterator[Complaint]:
    usual = ground.take(call, "job")
    try:
        again = likely(ground, operation)
    except BarrenError:
        return
    content = json.dumps(again.body).encode()
    other = ground.take(replace(again, body=content, media_type="text/plain"))
    what = "JSON as text/plain"
    complaint = judged(CHECK, operation.id, read_anyhow, [usual, other], what=what)
    if complaint:
        yield complaint


def _refused(ground: Ground, operation: Operation, call: Call, what: str) -> Iterator[Complaint]:
    known = {int(one) for one in operation.answers if one.isdigit()}
    complaint = judged(
        CHECK,
        operation.id,
        turned_down,
        [ground.take(call)],
        what=what,
        statuses=sorted(known & _STATUSES) or sorted(_STATUSES),
    )
    if complaint:
        yield complaint
