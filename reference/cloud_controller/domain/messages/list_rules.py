"""What can be said of the query of a v3 list?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

COMMON: Final = ("page", "per_page", "order_by", "created_ats", "updated_ats", "guids")
"""What all lists accept, in the order in which messages print it (1.6)."""


class Choice(NamedTuple):
    """A filter that takes one of a few values, and the text for any other, which stands at `{}`."""

    name: str
    values: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRules:
    """What one list accepts (1.5, 1.6); names in the order in which messages print them."""

    names: tuple[str, ...]
    order_by: tuple[str, ...]
    arrays: tuple[str, ...]
    excludable: tuple[str, ...] = ()
    not_here: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
