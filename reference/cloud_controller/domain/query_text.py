"""What did the caller write in the query string, before any schema looks at it?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEPARATOR: Final = re.compile(r",\s*")
_BRACKETS: Final = re.compile(r"(?P<name>[^\[\]]+)\[(?P<inside>[^\]]*)\].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sent:
    """One sent parameter: `created_ats[lt]=x` has name `created_ats` and `inside` `lt`."""

    name: str
    inside: str | None
    value: str


@dataclass(frozen=True, slots=True)
class QueryText:
    """All sent parameters in order."""

    sent: tuple[Sent, ...]

    def names(self) -> Iterator[str]:
        """Return the parameters' names without brackets, each once."""
        return iter(dict.fromkeys(item.name for item in self.sent))

    def every(self, name: str) -> list[str]:
        """Return all values of a parameter that was sent without brackets."""
        return [s.value for s in self.sent if s.name == name and s.inside is None]

    def get(self, name: str) -> str | None:
        """Return the value of such a parameter; of repetitions the last one counts (1.6)."""
        values = self.every(name)
        return values[-1] if values else None

    def bracketed(self, name: str) -> list[Sent]:
        """Return what was sent as `name[...]`; of repetitions the last one counts."""
        found = {s.inside: s for s in self.sent if s.name == name and s.inside is not None}
        return list(found.values())


def parse(raw: str) -> QueryText:
    """Read a raw query string as Rack does: `+` is a space (1.6)."""
    found = []
    for pair in raw.split("&"):
        if not pair:
            continue
        key, _, value = pair.partition("=")
        name = unquote_plus(key)
        match = _BRACKETS.fullmatch(name)
        text = unquote_plus(value)
        found.append(
            Sent(match["name"], match["inside"], text) if match else Sent(name, None, text)
        )
    return QueryText(tuple(found))


def members(value: str) -> tuple[str, ...]:
    """Return the members of a comma-delimited list; each is percent-decoded once more (1.6)."""
    return tuple(unquote(member) for member in _SEPARATOR.split(value))


def is_well_formed(raw: str) -> bool:
    """Whether every percent sign starts an escape and the decoded text is UTF-8 (1.3)."""
    try:
        unquote(raw, errors="strict")
    except UnicodeDecodeError:
        return False
    return raw.isascii() and re.search(r"%(?![0-9A-Fa-f]{2})", raw) is None
