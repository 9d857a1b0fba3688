"""Where do two JSON values differ, and what stands where?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import join, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ABSENT: Final = object()
"""What stands where nothing stands."""


def found(node: Any, pointer: str, *, near: bool = False) -> Any:
    """Return what stands at a place, or a mark for nothing; `near`: what stands on the way counts."""
    for token in split(pointer):
        if isinstance(node, dict) and token in node:
            node = node[token]
        elif isinstance(node, list) and token.isdigit() and int(token) < len(node):
            node = node[int(token)]
        else:
            return node if near and not isinstance(node, dict) else ABSENT
    return node


def base(sent: Any, shown: Any) -> str:
    """Return the pointer beneath which an answer shows what was sent: mostly the empty one.

    Some APIs wrap it: the only member of the answer that holds a name that was sent.
    """
    if not isinstance(sent, dict) or not isinstance(shown, dict) or sent.keys() & shown.keys():
        return ""
    holders = [
        name
        for name, value in shown.items()
        if isinstance(value, dict) and sent.keys() & value.keys()
    ]
    return join("", holders[0]) if len(holders) == 1 else ""


def within(pointer: str, places: Sequence[str]) -> bool:
    """Return whether a place is one of some places, or inside of one."""
    return any(pointer == place or pointer.startswith(f"{place}/") for place in places)


def differences(left: Any, right: Any, pointer: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield where two JSON values differ: pointer, left, right; None for what is not there."""
    if isinstance(left, dict) and isinstance(right, dict):
        for name in [*left, *(other for other in right if other not in left)]:
            yield from differences(left.get(name), right.get(name), join(pointer, name))
    elif type(left) is not type(right) or left != right:
        yield pointer, left, right


def lacking(sent: Any, back: Any, pointer: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield what was sent and does not come back: pointer, what was sent, what came."""
    if isinstance(sent, dict) and isinstance(back, dict):
        for name, value in sent.items():
            yield from lacking(value, back.get(name), join(pointer, name))
    elif isinstance(sent, list) and isinstance(back, list) and len(sent) == len(back):
        for index, (value, other) in enumerate(zip(sent, back, strict=True)):
            yield from lacking(value, other, join(pointer, index))
    elif type(sent) is not type(back) or sent != back:
        yield pointer, sent, back


def nested(pointer: str, value: Any) -> Any:
    """Return a JSON value in which a pointer finds a value, and nothing else."""
    for token in reversed(split(pointer)):
        value = {token: value}
    return value


def overlaid(body: Any, change: Any) -> Any:
    """Return a JSON value with the members of another one in place of its own."""
    if not (isinstance(body, dict) and isinstance(change, dict)):
        return change
    return {**body, **{name: overlaid(body.get(name), value) for name, value in change.items()}}
