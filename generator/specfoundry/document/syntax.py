"""What is the same for reading YAML and JSON: limits, and problems with a place in the text?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DEPTH = 150
"""Levels of nesting. Real documents stay under 40; everything behind may then use recursion."""
MAX_EXPANDED_NODES = 500_000
"""Values that aliases may add to a file, against texts of ten lines that expand to gigabytes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of the text itself; `fatal` when no value can be had."""

    rule: str
    message: str
    line: int
    column: int
    tokens: tuple[str, ...] = ()
    fatal: bool = True


class SyntaxProblemsError(Exception):
    """The text cannot be read; `problems` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


def count_nodes(value: Any) -> int:
    """Return how many values a value holds, itself included."""
    total = 0
    stack = [value]
    while stack:
        item = stack.pop()
        total += 1
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return total
