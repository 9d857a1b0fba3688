"""Which texts does a refused request about the destinations of a route get?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Final

from cloud_controller.domain.messages.fields import members, unknown

PROTOCOLS: Final = ("http1", "http2", "tcp")
MISSING: Final = (
    "Unable to unmap route from destination. Ensure the route has a destination with this guid."
)
OTHER_SPACE: Final = (
    "Routes destinations must be in either the route's space or the route's shared spaces"
)
DUPLICATE: Final = "Destinations cannot contain duplicate entries"
WEIGHTED: Final = (
    "Destinations cannot be inserted when there are weighted destinations already configured."
)
WEIGHTED_DELETE: Final = "Weighted destinations cannot be deleted individually."
NO_TCP: Final = "Cannot use 'tcp' protocol for http routes; valid options are: [http1, http2]."
_MOST: Final = 100
_OBJECTS: Final = "destination objects."
_MOST_PORTS: Final = 10
_PORTS: Final = range(1024, 65536)
_WEIGHTS: Final = range(1, 101)


def add(body: object) -> list[str]:
    """All problems of a body for `POST /v3/routes/{guid}/destinations`."""
    return _all(body, replace=False)


def replace(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/routes/{guid}/destinations`."""
    return _all(body, replace=True)


def update(body: object) -> list[str]:
    """All problems of a body for one destination."""
    sent = members(body)
    found = unknown(sent, ("protocol",))
    if sent.get("protocol") not in (None, *PROTOCOLS):
        found.append("Destination protocol must be 'http1', 'http2' or 'tcp'.")
    return found


def apps_unknown(guids: list[str]) -> str:
    """Return the text for apps that do not exist."""
    return f"App(s) with guid(s) {_quoted(guids)} do not exist."


def apps_hidden(guids: list[str]) -> str:
    """Return the text for apps that the caller cannot read."""
    return f"App(s) with guid(s) {_quoted(guids)} you do not have access."


def _quoted(guids: list[str]) -> str:
    return ", ".join(f'"{guid}"' for guid in guids)


def _all(body: object, *, replace: bool) -> list[str]:
    sent = members(body)
    found = unknown(sent, ("destinations",))
    entries = sent.get("destinations")
    least = 0 if replace else 1
    if not isinstance(entries, list) or not least <= len(entries) <= _MOST:
        return [
            *found,
            f"Destinations must be an array containing between {least} and {_MOST} {_OBJECTS}",
        ]
    for index, entry in enumerate(entries):
        found += [f"Destinations[{index}]: {text}" for text in _entry(entry, replace=replace)]
    found += _ports(entries)
    return found or _weights(entries)


def _entry(entry: object, *, replace: bool) -> list[str]:
    if not isinstance(entry, Mapping):
        return ["must be an object."]
    if "app" not in entry:
        return ['must have an "app".']
    if not entry.keys() <= {"app", "weight", "port", "protocol"}:
        return ['must have only "app" and optionally "weight", "port" or "protocol".']
    found = _app(entry["app"]) + _weight(entry.get("weight"), replace=replace)
    port = entry.get("port")
    if port is not None and not _is_in(port, _PORTS):
        found.append("port must be a positive integer between 1024 and 65535 inclusive.")
    if entry.get("protocol") not in (None, *PROTOCOLS):
        found.append("protocol must be 'http1', 'http2' or 'tcp'.")
    return found


def _app(app: object) -> list[str]:
    guid = app.get("guid") if isinstance(app, Mapping) else None
    if not isinstance(app, Mapping) or not isinstance(guid, str) or not 1 <= len(guid) <= 200:
        return ['app must have the structure {"guid": "app_guid"}']
    process = app.get("process")
    if process is None:
        return []
    kind = process.get("type") if isinstance(process, Mapping) and len(process) == 1 else None
    if isinstance(kind, str) and kind:
        return []
    return ['process must have the structure {"type": "process_type"}']


def _weight(weight: object, *, replace: bool) -> list[str]:
    if weight is None:
        return []
    if not replace:
        return ["weighted destinations can only be used when replacing all destinations."]
    if _is_in(weight, _WEIGHTS):
        return []
    return ["weight must be a positive integer between 1 and 100."]


def _is_in(value: object, allowed: range) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in allowed


def _ports(entries: list[object]) -> list[str]:
    apps = Counter(
        json.dumps(entry.get("app"), sort_keys=True, default=str)
        for entry in entries
        if isinstance(entry, Mapping)
    )
    if any(count > _MOST_PORTS for count in apps.values()):
        return ["Process must have at most 10 exposed ports."]
    return []


def _weights(entries: list[object]) -> list[str]:
    weights = [entry.get("weight") for entry in entries if isinstance(entry, Mapping)]
    given = [weight for weight in weights if isinstance(weight, int)]
    if not given:
        return []
    if len(given) < len(weights):
        return ["Destinations cannot contain both weighted and unweighted destinations."]
    return [] if sum(given) == 100 else ["Destinations must have weights that sum to 100."]
