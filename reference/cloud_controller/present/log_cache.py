"""What do the documents of the log cache look like?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cloud_controller.store.records import AppRecord, LogLineRecord

VERSION: Final = "3.0.11"


def info(uptime: int) -> bytes:
    """Return what the log cache says of itself."""
    return _bytes({"version": VERSION, "vm_uptime": str(uptime)})


def reading(lines: Iterable[LogLineRecord], tags: Mapping[str, str]) -> bytes:
    """Return lines as the gateway does: numbers are text, and empty members are there."""
    return _bytes({"envelopes": {"batch": [_envelope(line, tags) for line in lines]}})


def _envelope(line: LogLineRecord, tags: Mapping[str, str]) -> dict[str, Any]:
    return {
        "timestamp": str(line.timestamp),
        "source_id": line.source_guid,
        "instance_id": line.instance,
        "deprecated_tags": {},
        "tags": {**tags, "source_type": line.source_type},
        "log": {"payload": line.payload, "type": line.stream},
    }


def tags(app: AppRecord, space_name: str, organization_name: str) -> dict[str, str]:
    """Return what is known of an app that writes."""
    return {
        "app_id": app.guid,
        "app_name": app.name,
        "space_id": app.space_guid,
        "space_name": space_name,
        "organization_id": app.organization_guid,
        "organization_name": organization_name,
    }


def meta(spans: Iterable[tuple[str, int, int, int]]) -> bytes:
    """Return guid, number, oldest and newest timestamp of sources as the proxy does.

    Unlike the gateway it writes names in camel case and leaves out what is zero or empty.
    """
    found = {
        guid: {
            "count": str(lines),
            "oldestTimestamp": str(oldest),
            "newestTimestamp": str(newest),
        }
        for guid, lines, oldest, newest in spans
    }
    return _bytes({"meta": found} if found else {})


def _bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
