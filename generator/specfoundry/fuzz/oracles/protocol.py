"""Is a request refused that addresses nothing: an unknown path, method or id?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.structure import METHODS
from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.server.exchange import Call
from specfoundry.fuzz.server.session import address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation

CHECK: Final = "protocol"
_UNASKED: Final = frozenset({"HEAD", "OPTIONS", "TRACE"})
"""Methods that servers and what stands before them answer by themselves."""

_LIKE: Final = "11111111-2222-4333-8444-555555555555"
_ODD: Final = (
    "no-such-thing",
    "%2e%2e",
    "%2e%2e%2fx",
    "%00",
    "%ff%fe",
    "a%2Fb",
    "%27",
    "1%20OR%201=1",
    "%C3%A9",
    "x" * 300,
)
"""Ids that nothing has, percent-encoded."""
_MARK: Final = "zzidzz"
_NOWHERE: Final = "nobody-knows-this"


@verdict
def refused(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last call was not refused as it must be.

    Arguments: `what` (was asked for), `statuses` (any of them is right).
    """
    status = taken[-1].first.status
    if status in arguments["statuses"] or status >= 500:  # failures are the judge's
        return None
    words = " or ".join(str(one) for one in arguments["statuses"])
    return f"{arguments['what']}: {words} is right, and {status} came"


def protocol(ground: Ground) -> Iterator[Complaint]:
    """Ask for what is not there: methods, paths and ids."""
    by_path: dict[str, list[Operation]] = {}
    for operation in ground.contract:
        by_path.setdefault(operation.path, []).append(operation)
    for operations in by_path.values():
        if ground.judges(operations[0]):
            yield from _methods(ground, operations)
            yield from _below(ground, operations[0])
    for operation in ground.contract:
        if ground.judges(operation) and (operation.reads or not ground.read_only):
            yield from _unknown_ids(ground, operation)


def _methods(ground: Ground, operations: Sequence[Operation]) -> Iterator[Complaint]:
    known = {operation.method for operation in operations}
    wanted = ground.contract.node.get("x-unknown-method-status", 405)
    path = _some_call(ground, operations[0]).path
    others = [name.upper() for name in METHODS if name.upper() not in known | _UNASKED]
    for method in ground.some(others, CHECK, operations[0].id):
        call = Call(operation=operations[0].id, path=path, method=method)
        yield from _judged(ground, call, f"the method {method}", [wanted])


def _unknown_ids(ground: Ground, operation: Operation) -> Iterator[Complaint]:
    told = operation.node.get("x-state-dependent", {})
    if "404" not in operation.answers:
        return
    call = _some_call(ground, operation)
    for name in (parameter.name for parameter in operation.at("path")):
        if operation.node.get("x-references", {}).get(f"{{{name}}}", {}).get("optional"):
            continue
        # Some servers take the digits at the beginning for a number: that must be unknown, too.
        unknown = f"99999999{ground.garden.fresh(_LIKE)[8:]}"
        template = address(operation, replace(call, path={**call.path, name: _MARK}))
        values = (unknown, *(_ODD if operation.reads else ()))
        for value in ground.some(values, operation.id, name):
            odd = replace(call, address=template.replace(_MARK, value))
            statuses = [404, *(int(one) for one in told if one in {"400", "409", "422"})]
            yield from _judged(ground, odd, _what(name, value), statuses)


def _what(name: str, value: str) -> str:
    return f"the {name} {value[:12]}" if value in _ODD else f"a {name} that nothing has"


def _some_call(ground: Ground, operation: Operation) -> Call:
    """Return a good call, or one that is about nothing."""
    try:
        return likely(ground, operation)
    except BarrenError:
        path = {parameter.name: _LIKE for parameter in operation.at("path")}
        return Call(operation=operation.id, path=path)


def _below(ground: Ground, operation: Operation) -> Iterator[Complaint]:
    """Ask for something below a path that nothing is below."""
    path = address(operation, _some_call(ground, operation)).partition("?")[0]
    where = f"{path.rstrip('/')}/{_NOWHERE}"
    if _is_known(ground, where):
        return
    call = Call(operation=operation.id, method="GET", address=where)
    wanted = ground.contract.node.get("x-unknown-method-status", 404)
    yield from _judged(ground, call, "an unknown path below", [404, wanted])


def _is_known(ground: Ground, where: str) -> bool:
    steps = where.split("/")
    return any(
        len(steps) == len(known := operation.path.split("/"))
        and all("{" in one or one == step for one, step in zip(known, steps, strict=True))
        for operation in ground.contract
    )


def _judged(ground: Ground, call: Call, what: str, statuses: Sequence[int]) -> Iterator[Complaint]:
    taken = [ground.take(call)]
    complaint = judged(CHECK, call.operation, refused, taken, what=what, statuses=list(statuses))
    if complaint:
        yield complaint
