"""Under which relative address does each thing of the site stand?"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_MAX_NAME = 120
_ID_SAFE = "!$&'()*+,;=:@/?-._~"


def file_stem(name: str) -> str:
    """Return a file name for `name` that is the same on every file system.

    Letters, digits, `.`, `_` and `-` stay; anything else becomes `~` and its code; a long name
    ends in a hash of the whole.
    """
    stem = _UNSAFE.sub(lambda match: f"~{ord(match[0]):x}", name)
    if stem.startswith("."):
        stem = f"~2e{stem[1:]}"
    if len(stem) > _MAX_NAME:
        stem = f"{stem[:_MAX_NAME]}~{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return stem or "~"


def file_stems(names: Iterable[str]) -> dict[str, str]:
    """Give each name its file stem; names that differ in case only are told apart by a number."""
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        stem = candidate = file_stem(name)
        number = 1
        while candidate.lower() in taken:
            number += 1
            candidate = f"{stem}~{number}"
        taken.add(candidate.lower())
        stems[name] = candidate
    return stems


def anchor(*parts: str) -> str:
    """Return the `id` of a place in a page; HTML allows everything but white space."""
    return "-".join(re.sub(r"\s+", "_", part) for part in parts if part) or "_"


def fragment(identifier: str) -> str:
    """Return the URL fragment that leads to an `id`."""
    return f"#{quote(identifier, safe=_ID_SAFE)}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses from the site's root, e.g. `operations/listPackages.html`."""

    operations: Mapping[str, str]
    schemas: Mapping[str, str]
    tags: Mapping[str, str]


def build_addresses(
    operations: Iterable[str], schemas: Iterable[str], tags: Iterable[str]
) -> Addresses:
    """Give every operation, schema component and tag its address."""
    return Addresses(
        {name: f"operations/{stem}.html" for name, stem in file_stems(operations).items()},
        {name: f"schemas/{stem}.html" for name, stem in file_stems(schemas).items()},
        {name: f"index.html{fragment(anchor('tag', name))}" for name in tags},
    )


def href(address: str, root: str) -> str:
    """Return a link to an address from a page that reaches the site's root by `root`.

    The names in addresses need no escaping in a URL: `file_stem` left nothing to escape.
    """
    return f"{root}{address}"
