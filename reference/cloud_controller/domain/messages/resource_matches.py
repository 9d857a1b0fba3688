"""Which texts does a refused request for known files get (behaviour document, 2.11)?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from cloud_controller.domain.messages.fields import members, prefixed

_MAX_RESOURCES: Final = 5000
_SHA1_LENGTH: Final = 40
_OFFENDER: Final = "array contains at least one resource with"


def create(body: object) -> list[str]:
    """All problems of a body for `POST /v3/resource_matches`; each text at most once."""
    resources = members(body).get("resources")
    found = []
    if not isinstance(resources, list):
        found.append("must be an array")
    if resources in (None, [], {}, ""):
        found.append("must have at least 1 resource")
    if isinstance(resources, list):
        if len(resources) > _MAX_RESOURCES:
            found.append(f"array can have at most {_MAX_RESOURCES} resources")
        found += _of_entries(resources)
    return prefixed("Resources", found)


def _of_entries(resources: list[object]) -> list[str]:
    texts = (text for entry in resources for text in _of_entry(entry))
    return [f"{_OFFENDER} {text}" for text in dict.fromkeys(texts)]


def _of_entry(entry: object) -> Iterator[str]:
    sent = entry if isinstance(entry, Mapping) else {}
    yield from _of_checksum(sent.get("checksum"))
    yield from _of_size(sent.get("size_in_bytes"))
    yield from _of_mode(sent.get("mode"))
    if not isinstance(sent.get("path"), str | None):
        yield "a non-string path"  # ours: the real one answers whatever was sent


def _of_checksum(checksum: object) -> Iterator[str]:
    if not isinstance(checksum, Mapping):
        yield "a non-object checksum"
    elif not isinstance(checksum.get("value"), str):
        yield "a non-string checksum value"
    elif len(checksum["value"]) != _SHA1_LENGTH:
        yield "a non-SHA1 checksum value"


def _of_size(size: object) -> Iterator[str]:
    if isinstance(size, bool) or not isinstance(size, int):
        yield "a non-integer size_in_bytes"
    elif size < 0:
        yield "a negative size_in_bytes"


def _of_mode(mode: object) -> Iterator[str]:
    if mode is None:
        return
    if not isinstance(mode, str):
        yield "a non-string mode"
    elif not re.fullmatch("[0-7]+", mode):
        yield "an incorrect mode"
