"""Which query does the log cache refuse, and with which words?

Its gateway's codes and texts: 3 for what cannot be read, 2 for what cannot be.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from cloud_controller.domain.query_text import QueryText

UNREADABLE: Final = 3
IMPOSSIBLE: Final = 2
MAX_LIMIT: Final = 1000
DEFAULT_LIMIT: Final = 100

_INTEGERS: Final = ("start_time", "end_time", "limit")
_TYPES: Final = ("ANY", "LOG", "COUNTER", "GAUGE", "TIMER", "EVENT")
_WORDS: Final = frozenset(
    ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")
)
_INTEGER: Final = re.compile(r"[+-]?\d+", re.ASCII)


class Problem(NamedTuple):
    """Why a query is refused: the number of a gRPC status, and a text."""

    code: int
    message: str


def problem(query: QueryText) -> Problem | None:
    """Return why a query is refused; `None`: it is not."""
    found = _unreadable(query)
    if found is not None:
        return found
    start, end, limit = (int(query.get(name) or 0) for name in _INTEGERS)
    return impossible(start, end, limit, query.get("name_filter"))


def _unreadable(query: QueryText) -> Problem | None:
    for name in _INTEGERS:
        for value in query.every(name):
            why = _integer_problem(value)
            if why:
                return Problem(UNREADABLE, f'parsing field "{name}": strconv.ParseInt: {why}')
    for value in query.every("envelope_types"):
        if value not in _TYPES:
            text = f'parsing list "envelope_types": "{value}" is not a valid value'
            return Problem(UNREADABLE, text)
    for value in query.every("descending"):
        if value not in _WORDS:
            text = (
                f'parsing field "descending": strconv.ParseBool: parsing "{value}": invalid syntax'
            )
            return Problem(UNREADABLE, text)
    return None


def _integer_problem(text: str) -> str | None:
    if not _INTEGER.fullmatch(text):
        return f'parsing "{text}": invalid syntax'
    # Longer ones are out of range however they begin; int() would take its time with them.
    if len(text) > 40 or not -(2**63) <= int(text) < 2**63:
        return f'parsing "{text}": value out of range'
    return None


def impossible(
    start: int | None, end: int | None, limit: int | None, name_filter: str | None
) -> Problem | None:
    """Return what contradicts itself or asks for too much in a query that can be read.

    Nothing is said of a limit that was not sent; a start or an end of 0 is as good as none.
    """
    begin = start or 0
    if end and begin > end:
        return Problem(IMPOSSIBLE, f"StartTime ({begin}) must be before EndTime ({end})")
    if limit is not None and limit > MAX_LIMIT:
        return Problem(IMPOSSIBLE, f"Limit ({limit}) must be {MAX_LIMIT} or less")
    if limit is not None and limit < 0:
        return Problem(IMPOSSIBLE, f"Limit ({limit}) must be greater than zero")
    try:
        re.compile(name_filter or "")
    except (re.error, RecursionError, OverflowError) as error:
        text = f"Name filter must be a valid regular expression: {error}"
        return Problem(IMPOSSIBLE, text)
    return None
