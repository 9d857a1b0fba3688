"""How do a process and its instances look, as long as none of them runs?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_OID, uuid5

from capi import models
from cloud_controller.present.rendering import action, link, render, to_one
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import Metadata
    from cloud_controller.store.records import ProcessRecord

HIDDEN: Final = "[PRIVATE DATA HIDDEN]"
HIDDEN_IN_LISTS: Final = "[PRIVATE DATA HIDDEN IN LISTS]"
DEFAULT_USER: Final = "vcap"
MOST_SHOWN: Final = 1000
"""How many instances are shown; two thousand million may be wanted."""
MOST_EMBEDDED: Final = 100
"""The same for each process of a list."""


def process(
    record: ProcessRecord,
    metadata: Metadata,
    *,
    detected: str | None,
    redacted: str | None = None,
) -> bytes:
    """Return the process's document.

    Args:
        record: The process; its own command comes before the detected one.
        metadata: Its labels and annotations.
        detected: The command that staging found for its type.
        redacted: This text instead of the command, which is a secret.

    """
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        # Upstream draws a random one; this one is the same whenever the row is presented again.
        "version": str(uuid5(NAMESPACE_OID, f"{record.guid} {record.updated_at}")),
        "type": record.type,
        "command": redacted or record.command or detected,
        "user": record.user or DEFAULT_USER,
        "instances": record.instances,
        "memory_in_mb": record.memory_in_mb,
        "disk_in_mb": record.disk_in_mb,
        "log_rate_limit_in_bytes_per_second": record.log_rate_limit,
        "health_check": _check(record.health_check),
        "readiness_health_check": _check(record.readiness_health_check),
        "relationships": {"app": to_one(record.app_guid), "revision": None},
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": _links(record),
    }
    return render(models.Process, document)


def documents(
    record: ProcessRecord, metadata: Metadata, detected: str | None
) -> tuple[bytes, bytes]:
    """Return what is stored beside a process: its full document, and the one of lists."""
    return (
        process(record, metadata, detected=detected),
        process(record, metadata, detected=detected, redacted=HIDDEN_IN_LISTS),
    )


def stats(record: ProcessRecord, *, started: bool) -> bytes:
    """Return the document of the instances, none of which ever runs here.

    Those of a stopped app are down, as upstream shows them. A started app has none: clients such as
    `cf push` wait for instances that are there and do not run, and would wait in vain.
    """
    wanted = 0 if started else min(record.instances, MOST_SHOWN)
    instances = [
        {
            "type": record.type,
            "index": index,
            "state": "DOWN",
            "uptime": 0,
            "isolation_segment": None,
            "details": None,
        }
        for index in range(wanted)
    ]
    return render(models.ProcessStats, {"resources": instances})


def with_instances(document: bytes, wanted: int) -> bytes:
    """Return a listed process with its instances in short, as `embed` asks for them."""
    instances = [
        {"index": index, "state": "DOWN", "since": 0} for index in range(min(wanted, MOST_EMBEDDED))
    ]
    return document[:-1] + b',"process_instances":' + json.dumps(instances).encode() + b"}"


def _check(stored: dict[str, Any]) -> dict[str, Any]:
    """Show the endpoint of checks by HTTP only, as upstream does."""
    data = stored["data"]
    if stored["type"] != "http":
        data = {name: value for name, value in data.items() if name != "endpoint"}
    return {"type": stored["type"], "data": data}


def _links(record: ProcessRecord) -> dict[str, Any]:
    path = f"/v3/processes/{record.guid}"
    return {
        "self": link(path),
        "scale": action(f"{path}/actions/scale"),
        "app": link(f"/v3/apps/{record.app_guid}"),
        "space": link(f"/v3/spaces/{record.space_guid}"),
        "stats": link(f"{path}/stats"),
    }
