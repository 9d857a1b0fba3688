"""Which values may a `created_ats` or `updated_ats` filter have?"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

OPERATORS: Final = ("lt", "lte", "gt", "gte")
_PATTERN: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)

_FIRST_YEAR: Final = 1000  # of the contract; no Cloud Controller was older


def is_moment(text: str) -> bool:
    """Whether a text names a second of the calendar as `YYYY-MM-DDThh:mm:ssZ` (1.7).

    An impossible date is refused like any other text ([R] there).
    """
    if not _PATTERN.fullmatch(text):
        return False
    try:
        return datetime.fromisoformat(text).year >= _FIRST_YEAR
    except ValueError:
        return False


def problems(title: str, values: Sequence[str], operator: str | None) -> list[str]:
    """Return the texts for one sent filter (1.7), e.g. `title` = `Created ats`.

    `operator` is what stood in brackets, None for the equality filter.
    """
    if operator is not None and operator not in OPERATORS:
        return [f"{title} Invalid relational operator: '{operator}'"]
    if operator is not None and len(values) > 1:
        return [f"{title} only accepts one value when using a relational operator"]
    if values and all(is_moment(value) for value in values):
        return []
    return [
        (
            f"{title} has an invalid timestamp format. Timestamps should be formatted as "
            "'YYYY-MM-DDThh:mm:ssZ'"
        )
    ]
