"""How does a query read that says the same thing twice, or names a list with `[]` (1.6, 1.13)?"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, unquote_plus

from cloud_controller.domain.messages.v2_buildpacks import strict_integer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

_ARRAY: Final = "[]"
_STRICT_INTEGERS: Final = frozenset({"page", "results-per-page", "inline-relations-depth"})
_NO_FILTER: Final = frozenset({"q", "q="})
_ESCAPES: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class RackQuery:
    """ASGI middleware: writes a query the way the contract has it, where the real one is lenient.

    Of a repeated parameter of version 3 the last one counts, and `guids[]=a` is the text `["a"]`.
    Numbers of version 2 may have a base and white space around them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["query_string"]:
            raw = scope["query_string"].decode("latin-1")
            if not _ESCAPES.search(raw):
                written = rewritten(scope["path"], raw)
                if written != raw:
                    scope = {**scope, "query_string": written.encode("latin-1")}
        await self.app(scope, receive, send)


def rewritten(path: str, raw: str) -> str:
    """Return the query string that means the same by the letter of the contract."""
    pairs = [pair for pair in raw.split("&") if pair]
    if path.startswith("/v3"):
        return "&".join(_last_ones(pairs))
    if path.startswith("/v2"):
        return "&".join(_with_plain_integer(pair) for pair in pairs if pair not in _NO_FILTER)
    return raw


def _last_ones(pairs: Iterable[str]) -> Iterable[str]:
    last: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for sent in pairs:
        pair = sent
        key, _, value = pair.partition("=")
        name = unquote_plus(key)
        if name.endswith(_ARRAY) and len(name) > len(_ARRAY) and name.count("[") == 1:
            members = lists.setdefault(name.removesuffix(_ARRAY), [])
            members.append(unquote_plus(value, errors="surrogateescape"))
            text = json.dumps(members, ensure_ascii=False)
            name = name.removesuffix(_ARRAY)
            pair = f"{quote_plus(name)}={quote_plus(text, errors='surrogateescape')}"
        last[name] = pair
    return last.values()


def _with_plain_integer(pair: str) -> str:
    key, _, value = pair.partition("=")
    if key not in _STRICT_INTEGERS:
        return pair
    number = strict_integer(unquote_plus(value))
    return pair if number is None else f"{key}={number}"
