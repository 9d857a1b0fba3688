"""Which changes of one resource say most about how it is changed?"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import join
from specfoundry.fuzz.oracles.comparison import ABSENT, found, nested, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.semantics import Merge

_STEPS: Final = (
    {"one": "1", "two": "2"},
    {"three": "3"},
    {"two": None},
    {"one": "changed"},
    {"one": "again", "three": None, "four": "4"},
)


def changes(
    operation: Operation, merge: Merge, is_valid: Callable[[Any], bool]
) -> Iterator[tuple[Any, bool]]:
    """Yield the bodies to send in turn, and whether each of them must be accepted.

    Keys of every map come, change and go; then nothing changes; then every example is sent, and
    every value in it alone, then another one in its place, then null, and the example again.

    Args:
        operation: The update.
        merge: How it treats what it is sent.
        is_valid: Whether the update's own schema allows a body.
    """
    for pointer in merge.maps:
        yield from ((nested(pointer, change), True) for change in _STEPS)
    if is_valid({}):
        yield {}, False
    media = next(iter(operation.bodies), None)
    for example in media.examples if media else ():
        if not isinstance(example, dict):
            continue
        yield copy.deepcopy(example), False
        for body in _alone(example, merge):
            if is_valid(body):
                yield body, False


def _alone(example: Any, merge: Merge) -> Iterator[Any]:
    places = [pointer for pointer in leaves(example) if not within(pointer, merge.maps)]
    tops = [join("", name) for name in example]
    for pointer in dict.fromkeys([*tops, *places]):
        if any(within(one, [pointer]) for one in merge.maps):
            continue
        value = found(example, pointer)
        for other in (*others(value), value):
            yield nested(pointer, other)
        if value is not None:
            yield nested(pointer, None)
            yield nested(pointer, value)


def leaves(value: Any, pointer: str = "") -> Iterator[str]:
    """Yield where a JSON value has something that is no object, or an empty one."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, join(pointer, name))
    elif value is not ABSENT and pointer:
        yield pointer


def others(value: Any) -> tuple[Any, ...]:
    """Return other values of the same kind, where some are sure to mean no more than themselves."""
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1,)
    return ()
