"""What does the `q` of a v2 list ask for?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Operator = Literal["=", ">", "<", ">=", "<=", "in", "null"]

_OPERATOR: Final = re.compile(r"(?P<operator>:|>=|<=|>|<| IN )")
_SEGMENT: Final = re.compile(r"(?:[^;]|;;)+")
_NAMES: Final[dict[str, Operator]] = {
    ":": "=",
    ">": ">",
    "<": "<",
    ">=": ">=",
    "<=": "<=",
    " IN ": "in",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `values` has one member but for `in` (several) and `null` (none)."""

    field: str
    operator: Operator
    values: tuple[str, ...] = ()


def parse(queries: Iterable[str], fields: Sequence[str]) -> list[Condition]:
    """Read all sent `q` by the grammar of the behaviour document, 1.13; joined by AND.

    Raises ValueError with the name of a field that is not in `fields`.
    """
    conditions = []
    for text in queries:
        for segment in _segments(text):
            condition = _condition(segment)
            if condition.field not in fields:
                raise ValueError(condition.field)
            conditions.append(condition)
    return conditions


def _segments(text: str) -> list[str]:
    """Split at single semicolons; a double one is a literal semicolon."""
    return [segment.replace(";;", ";") for segment in _SEGMENT.findall(text)]


def _condition(segment: str) -> Condition:
    match = _OPERATOR.search(segment)
    if match is None:
        return Condition(segment, "null")
    operator = _NAMES[match["operator"]]
    value = segment[match.end() :]
    values = tuple(value.split(",")) if operator == "in" else (value,)
    return Condition(segment[: match.start()], operator, values)
