"""Which page of a v3 list is shown, and how do its links look?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_PER_PAGE: Final = 5000
DEFAULT_PER_PAGE: Final = 50
_ESCAPE: Final = re.compile(r"%(?=[0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Links:
    """The four links of a page, as URLs below `base`."""

    first: str
    last: str
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what the list answers about it (1.4, S1)."""

    number: int
    size: int
    total_results: int
    total_pages: int


def page(number: int, size: int, matches: int) -> Page:
    """Totals of page `number`; a page beyond the last counts nothing (S1)."""
    shown = matches if (number - 1) * size < matches else 0
    return Page(number, size, shown, max(1, -(-shown // size)))


def escape_member(value: str) -> str:
    """Return a list member as it stands before form encoding: a comma inside is escaped once (1.4).

    So is what would read as an escape, because members are decoded once more (1.6).
    """
    return _ESCAPE.sub("%25", value).replace(",", "%2C")


def query(parameters: Mapping[str, str], number: int, size: int) -> str:
    """Return the query of one link: form encoded, sorted by the encoded pairs (1.4, rules 1, 4, 5)."""
    # Python's safe characters are exactly the unreserved ones that upstream's encoder keeps.
    pairs = [f"{quote_plus(name)}={quote_plus(value)}" for name, value in parameters.items()]
    pairs += [f"page={number}", f"per_page={size}"]
    return "&".join(sorted(pairs))


def filters(sent: Mapping[str, str | Sequence[str] | None]) -> dict[str, str]:
    """Return what the links repeat: lists joined by commas, absent filters left out (1.4, rule 3)."""
    repeated = {}
    for name, value in sent.items():
        if value is None:
            continue
        joined = value if isinstance(value, str) else ",".join(escape_member(v) for v in value)
        repeated[name] = joined
    return repeated


def links(base: str, shown: Page, parameters: Mapping[str, str]) -> Links:
    """Return the links of a page (1.4): `previous` is there even when that page does not exist."""

    def link(number: int) -> str:
        return f"{base}?{query(parameters, number, shown.size)}"

    return Links(
        first=link(1),
        last=link(shown.total_pages),
        next=link(shown.number + 1) if shown.number < shown.total_pages else None,
        previous=link(shown.number - 1) if shown.number > 1 else None,
    )


def v2_query(parameters: Mapping[str, str], number: int, size: int) -> str:
    """Return the query of a v2 page link: sorted by name, space as `%20`, `:` and `,` bare (1.13)."""
    named = {**parameters, "page": str(number), "results-per-page": str(size)}
    return "&".join(f"{name}={quote(named[name], safe=':,')}" for name in sorted(named))


def v2_links(
    path: str, shown: Page, parameters: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """`prev_url` and `next_url` of a v2 page, path only (1.13, S2)."""

    def link(number: int) -> str:
        return f"{path}?{v2_query(parameters, number, shown.size)}"

    following = link(shown.number + 1) if shown.number < shown.total_pages else None
    return (link(shown.number - 1) if shown.number > 1 else None), following


def v2_page(number: int, size: int, matches: int) -> Page:
    """Totals of a v2 page, true also beyond the last (S2)."""
    return Page(number, size, matches, max(1, -(-matches // size)))
