"""Is nobody let in with a token that is none, or that somebody has changed?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.server.exchange import Call
from specfoundry.fuzz.server.spoilt import REFUSED, SPOILT, bad_headers, credentials_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation

CHECK: Final = "tokens"


@verdict
def shut_out(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when a call without good credentials was not answered as the document says.

    Arguments: `what` (is wrong with the credentials), `statuses`.
    """
    status, wanted = taken[-1].first.status, arguments["statuses"]
    if status in wanted:
        return None
    words = " or ".join(str(one) for one in wanted)
    return f"{arguments['what']}: {words} is right, and {status} came"


@verdict
def open_to_all(taken: Sequence[Taken], _arguments: Mapping[str, Any]) -> str | None:
    """Say when a call that needs no credentials was refused for want of them."""
    status = taken[-1].first.status
    return f"it needs no token, and got {status}" if status in {401, 403} else None


def tokens(ground: Ground) -> Iterator[Complaint]:
    """Call everything without a token and with a forged one; a few things with many bad ones."""
    usual = credentials_in(ground.session.identities.get("", {}))
    thorough: set[str] = set()
    for operation in ground.contract:
        if not ground.judges(operation) or (ground.read_only and not operation.reads):
            continue
        call = _call(ground, operation)
        if call is None:
            continue
        if not operation.needs_token:
            yield from _open(ground, operation, call)
        elif usual is not None:
            kinds = {what: f"{SPOILT}{what}" for what, _ in bad_headers(usual)} | _refused(ground)
            if _kind(operation) in thorough:
                kinds = {what: kinds[what] for what in _ALWAYS if what in kinds}
            thorough.add(_kind(operation))
            some = ground.some([*kinds.items()], operation.id)
            yield from _shut(ground, operation, call, some)


_ALWAYS: Final = ("no token", "a changed signature")


def _refused(ground: Ground) -> dict[str, str]:
    """Return the identities that must not be let in, by what is wrong with them."""
    known = (name for name in ground.session.identities if name.startswith(REFUSED))
    return {name.removeprefix(REFUSED): name for name in known}


def _kind(operation: Operation) -> str:
    """Return what operations have in common that are likely to be guarded by the same code."""
    return f"{operation.method} {'/'.join(operation.path.split('/')[:3])}"


def _call(ground: Ground, operation: Operation) -> Call | None:
    """Return a call for which a good token would be enough, or at least one that is well-formed."""
    try:
        return likely(ground, operation)
    except BarrenError:
        path = {parameter.name: "unknown" for parameter in operation.at("path")}
        return Call(operation=operation.id, path=path) if not operation.bodies else None


def _open(ground: Ground, operation: Operation, call: Call) -> Iterator[Complaint]:
    if operation.security and not operation.reads:  # it may take credentials in its body
        return
    taken = [ground.take(replace(call, identity=f"{SPOILT}no token"))]
    complaint = judged(CHECK, operation.id, open_to_all, taken)
    if complaint:
        yield complaint


def _shut(
    ground: Ground, operation: Operation, call: Call, kinds: Sequence[tuple[str, str]]
) -> Iterator[Complaint]:
    for what, identity in kinds:
        taken = [ground.take(replace(call, identity=identity))]
        statuses = [401] if "401" in operation.answers else [400, 401, 403, 404]
        complaint = judged(CHECK, operation.id, shut_out, taken, what=what, statuses=statuses)
        if complaint:
            yield complaint
