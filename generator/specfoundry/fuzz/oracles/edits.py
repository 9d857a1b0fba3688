"""How is a member put into a JSON value, or taken out, where it may be missing?"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import split

if TYPE_CHECKING:
    from collections.abc import Sequence


def put_anew(body: Any, pointer: str, value: Any) -> Any:
    """Return a JSON value with another one at a place; objects on the way are made.

    Raises:
        PointerError: The pointer is none.

    """
    return _put(body, split(pointer), value)


def _put(body: Any, tokens: Sequence[str], value: Any) -> Any:
    if not tokens:
        return value
    token, rest = tokens[0], tokens[1:]
    if isinstance(body, list):
        index = min(int(token), len(body)) if token.isdigit() else len(body)
        inner = body[index] if index < len(body) else {}
        return [*body[:index], _put(inner, rest, value), *body[index + 1 :]]
    made = dict(body) if isinstance(body, dict) else {}
    return {**made, token: _put(made.get(token), rest, value)}


def left_out(body: Any, pointer: str) -> Any:
    """Return a JSON value without what stands at a place; the same when nothing does.

    Raises:
        PointerError: The pointer is none.

    """
    tokens = split(pointer)
    made = copy.deepcopy(body)
    holder = made
    for token in tokens[:-1]:
        holder = _inside(holder, token)
    last = tokens[-1] if tokens else ""
    if isinstance(holder, dict):
        holder.pop(last, None)
    elif isinstance(holder, list) and last.isdigit() and int(last) < len(holder):
        del holder[int(last)]
    return made


def _inside(holder: Any, token: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(token)
    if isinstance(holder, list) and token.isdigit() and int(token) < len(holder):
        return holder[int(token)]
    return None
