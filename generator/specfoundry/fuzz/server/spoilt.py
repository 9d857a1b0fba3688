"""What do credentials look like that must not open anything?

They are made of good ones when they are sent, and stand nowhere else: a token with one letter
changed is nearly the token. Calls name them by kind: `spoilt/a changed signature`.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SPOILT: Final = "spoilt/"
"""Begins the names of such identities."""
REFUSED: Final = "refused/"
"""Begins the names of identities that somebody gave who knows that they are good no more."""
HEADER: Final = "Authorization"
_PARTS: Final = 3
_LATER: Final = 4102444800
"""A time far away, in seconds: of the year 2100."""


def credentials_in(headers: Mapping[str, str]) -> str | None:
    """Return the value of the header with the credentials, or None."""
    return next((value for name, value in headers.items() if name.lower() == HEADER.lower()), None)


def spoilt_headers(headers: Mapping[str, str], identity: str) -> dict[str, str]:
    """Return good headers with their credentials spoilt.

    Args:
        headers: Good ones.
        identity: `spoilt/` and one of the kinds of `bad_headers`; other kinds are no credentials.
    """
    rest = {name: value for name, value in headers.items() if name.lower() != HEADER.lower()}
    good = credentials_in(headers)
    value = dict(bad_headers(good)).get(identity.removeprefix(SPOILT)) if good else None
    return rest if value is None else {**rest, HEADER: value}


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
    yield "changed claims", _joined(parts[0], _encoded({**claims, "exp": _LATER}), signature)
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
