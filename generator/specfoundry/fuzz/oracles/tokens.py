"""Is nobody let in with a token that is none, or that somebody has changed?"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.exchange import Call
from specfoundry.fuzz.garden import BarrenError
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.trial import Complaint, judged, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.ground import Ground
    from specfoundry.fuzz.trial import Taken

CHECK: Final = "tokens"
HEADER: Final = "Authorization"
_PARTS: Final = 3


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
    usual = ground.session.identities.get("", {})
    name = next((name for name in usual if name.lower() == HEADER.lower()), None)
    thorough: set[str] = set()
    for operation in ground.contract:
        if not ground.judges(operation) or (ground.read_only and not operation.reads):
            continue
        call = _call(ground, operation)
        if call is None:
            continue
        if not operation.needs_token:
            yield from _open(ground, operation, call)
        elif name is not None:
            kinds = dict(bad_headers(usual[name]))
            if _kind(operation) in thorough:
                kinds = {what: kinds[what] for what in _ALWAYS if what in kinds}
            thorough.add(_kind(operation))
            yield from _shut(ground, operation, replace(call, headers={}), kinds)


_ALWAYS: Final = ("no token", "a changed signature")


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
    taken = [ground.take(replace(call, identity=NOBODY))]
    complaint = judged(CHECK, operation.id, open_to_all, taken)
    if complaint:
        yield complaint


NOBODY: Final = "(nobody)"
"""An identity that no session knows: it has no headers."""


def _shut(
    ground: Ground, operation: Operation, call: Call, kinds: Mapping[str, str | None]
) -> Iterator[Complaint]:
    for what, value in kinds.items():
        headers = {} if value is None else {HEADER: value}
        taken = [ground.take(replace(call, identity=NOBODY, headers=headers))]
        statuses = [401] if "401" in operation.answers else [400, 401, 403, 404]
        complaint = judged(CHECK, operation.id, shut_out, taken, what=what, statuses=statuses)
        if complaint:
            yield complaint


def bad_headers(good: str) -> Iterator[tuple[str, str | None]]:
    """Yield what is wrong and the header, for headers that are not good; None: there is none.

    Args:
        good: A header that is.
    """
    scheme, _, token = good.partition(" ")
    yield "no token", None
    yield "an empty header", ""
    yield "a scheme alone", f"{scheme} "
    yield "an unknown scheme", f"Unheard-Of {token}"
    yield "nonsense", f"{scheme} nonsense"
    yield "nonsense of three parts", f"{scheme} a.b.c"
    yield "a token cut short", f"{scheme} {token[: len(token) // 2]}"
    yield "a token without its scheme", token
    yield from ((what, f"{scheme} {changed}") for what, changed in _forged(token))


def _forged(token: str) -> Iterator[tuple[str, str]]:
    """Yield variants of a JSON web token (RFC 7519) that no key has signed."""
    parts = token.split(".")
    head, claims = (_decoded(part) for part in (*parts, "", "")[:2])
    if len(parts) != _PARTS or head is None or claims is None:
        return
    signature = parts[2]
    middle = len(signature) // 2
    other = "A" if signature[middle : middle + 1] != "A" else "B"
    yield (
        "a changed signature",
        _joined(*parts[:2], signature[:middle] + other + signature[middle + 1 :]),
    )
    yield "no signature", _joined(*parts[:2], "")
    bare = _encoded({**head, "alg": "none"})
    yield "the algorithm `none`", _joined(bare, parts[1], "")
    yield "the algorithm `none` with a signature", _joined(bare, parts[1], signature)
    yield "changed claims", _joined(parts[0], _encoded({**claims, "exp": 4102444800}), signature)
    yield "an unknown key", _joined(_encoded({**head, "kid": "unknown"}), parts[1], signature)


def _joined(*parts: str) -> str:
    return ".".join(parts)


def _decoded(part: str) -> dict[str, Any] | None:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error):
        return None
    return found if isinstance(found, dict) else None


def _encoded(value: Mapping[str, Any]) -> str:
    raw = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
