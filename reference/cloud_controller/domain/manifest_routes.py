"""Which host, domain and path does a route of a manifest stand for?"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

WILDCARD: Final = "*"
_URL: Final = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:[^/?#@]*@)?"
    r"(?P<host>[^/?#:@]*)(?::(?P<port>[0-9]{1,5}))?(?P<path>/[^?#]*)?(?:[?#].*)?",
    re.DOTALL,
)
_HTTP: Final = (None, "http", "https", "unspecified")
_TCP: Final = (None, "tcp", "unspecified")


class ManifestRoute(NamedTuple):
    """A route as a manifest writes it."""

    written: str
    host: str
    path: str = ""
    port: int | None = None

    def candidates(self) -> list[tuple[str, str]]:
        """Return the pairs of host and domain that it may stand for, the longest domain first."""
        labels = self.host.split(".")
        if labels[0] == WILDCARD:
            return [(WILDCARD, ".".join(labels[1:]))]
        return [
            (".".join(labels[:count]), ".".join(labels[count:])) for count in range(len(labels) - 1)
        ]


def parse(written: object) -> ManifestRoute | None:
    """Read a route; `None` when it is no proper URL."""
    match = _URL.fullmatch(written) if isinstance(written, str) else None
    if match is None or not match["host"].strip() or not isinstance(written, str):
        return None
    port = int(match["port"]) if match["port"] else None
    scheme = match["scheme"].lower() if match["scheme"] else None
    if scheme not in (_HTTP if port is None else _TCP):
        return None
    return ManifestRoute(written, match["host"], match["path"] or "", port)
