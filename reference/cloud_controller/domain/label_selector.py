"""What does a `label_selector` ask for?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from cloud_controller.domain.metadata import key_problem, value_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_REQUIREMENTS: Final = 50
Operator = Literal["in", "notin", "exists", "absent"]

# White space fits only around `in` and `notin` (1.9), so the other patterns exclude it.
_PATTERNS: Final[tuple[tuple[re.Pattern[str], Operator], ...]] = (
    (re.compile(r"(?P<key>[^\s!=]+)!=(?P<values>\S*)"), "notin"),
    (re.compile(r"(?P<key>[^\s!=]+)==?(?P<values>\S*)"), "in"),
    (re.compile(r"(?P<key>[^\s!=]+)"), "exists"),
    (re.compile(r"!(?P<key>[^\s!=]+)"), "absent"),
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement; `values` is empty for `exists` and `absent`."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selector:
    """All requirements, joined by AND; `problems` are the texts of 1.9 when it is invalid."""

    requirements: tuple[Requirement, ...]
    problems: tuple[str, ...] = ()


def parse(text: str) -> Selector:
    """Read a selector by the grammar of the behaviour document, 1.9; never raises."""
    segments = [segment for segment in _segments(text) if segment]
    if not segments:
        return Selector((), ("Missing label_selector value",))
    if len(segments) > MAX_REQUIREMENTS:
        return Selector(
            (), (f"Too many label_selector requirements (maximum is {MAX_REQUIREMENTS})",)
        )
    requirements: list[Requirement] = []
    problems: list[str] = []
    for segment in segments:
        requirement = _requirement(segment)
        if requirement is None:
            problems.append("Invalid label_selector value")
            continue
        requirements.append(requirement)
        problems.extend(_content_problems(requirement))
    return Selector(tuple(requirements), tuple(problems))


def _segments(text: str) -> Iterator[str]:
    """Split at the commas that stand outside parentheses, in one pass."""
    start = position = 0
    last_close = text.rfind(")")
    while position < len(text):
        character = text[position]
        if character == "(" and position < last_close:
            position = text.find(")", position)
        elif character == ",":
            yield text[start:position]
            start = position + 1
        position += 1
    yield text[start:]


def _requirement(segment: str) -> Requirement | None:
    return _set_requirement(segment, "in") or _set_requirement(segment, "notin") or _plain(segment)


def _set_requirement(segment: str, operator: Literal["in", "notin"]) -> Requirement | None:
    key, separator, values = segment.partition(f" {operator} (")
    if not separator or not key or key.startswith("!") or not values.endswith(")"):
        return None
    return Requirement(key, operator, _values(values[:-1]))


def _plain(segment: str) -> Requirement | None:
    for pattern, operator in _PATTERNS:
        if match := pattern.fullmatch(segment):
            values = match.groupdict().get("values")
            return Requirement(match["key"], operator, _values(values or ""))
    return None


def _values(text: str) -> tuple[str, ...]:
    """Split at commas; trailing empty values do not count, so `()` has none at all."""
    members = text.split(",")
    while members and not members[-1]:
        members.pop()
    return tuple(members)


def _content_problems(requirement: Requirement) -> Iterator[str]:
    if reason := key_problem(requirement.key):
        yield reason
    for value in requirement.values:
        if reason := value_problem(value):
            yield reason
