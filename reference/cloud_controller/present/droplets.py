"""How does a droplet look (behaviour document, 2.12 and 5.5)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from capi import models
from cloud_controller.present.rendering import action, link, render, to_one
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import Metadata
    from cloud_controller.store.records import DropletRecord

HIDDEN: Final = "[PRIVATE DATA HIDDEN]"
HIDDEN_IN_LISTS: Final = "[PRIVATE DATA HIDDEN IN LISTS]"


def droplet(record: DropletRecord, metadata: Metadata, *, redacted: str | None = None) -> bytes:
    """Return the droplet's document; with `redacted` that text stands in the secrets' place."""
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "state": record.state,
        "error": record.error,
        "lifecycle": {"type": record.lifecycle_type, "data": {}},
        "checksum": _checksum(record),
        "buildpacks": None if record.lifecycle_type == "docker" else record.buildpacks or [],
        "stack": record.stack,
        "image": record.image,
        "execution_metadata": redacted or record.execution_metadata,
        "process_types": {"redacted_message": redacted} if redacted else record.process_types,
        "relationships": {"app": to_one(record.app_guid)},
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": _links(record),
        **_historic(record, redacted),
    }
    return render(models.Droplet, document)


def documents(record: DropletRecord, metadata: Metadata) -> dict[str, bytes]:
    """Return what is stored beside a droplet, by column: its full document, and that of lists."""
    return {
        "document": droplet(record, metadata),
        "listed_document": droplet(record, metadata, redacted=HIDDEN_IN_LISTS),
    }


def _checksum(record: DropletRecord) -> dict[str, str] | None:
    if record.sha256 is not None:
        return {"type": "sha256", "value": record.sha256}
    return None if record.sha1 is None else {"type": "sha1", "value": record.sha1}


def _links(record: DropletRecord) -> dict[str, Any]:
    path = f"/v3/droplets/{record.guid}"
    app = f"/v3/apps/{record.app_guid}"
    links: dict[str, Any] = {
        "self": link(path),
        "app": link(app),
        "assign_current_droplet": action(f"{app}/relationships/current_droplet", "PATCH"),
    }
    if record.package_guid is not None:
        links["package"] = link(f"/v3/packages/{record.package_guid}")
    if record.state == "AWAITING_UPLOAD":
        links["upload"] = action(f"{path}/upload")
    if record.state == "STAGED" and record.lifecycle_type != "docker":
        links["download"] = link(f"{path}/download")
    return links


def _historic(record: DropletRecord, redacted: str | None) -> dict[str, Any]:
    """Return the members of 2015, which only what was staged in that way has."""
    if not record.historic:
        return {}
    members = {
        "memory_limit": record.historic.get("memory_limit"),
        "disk_limit": record.historic.get("disk_limit"),
        "result": _result(record, redacted) if record.state in ("STAGED", "FAILED") else None,
    }
    variables = record.historic.get("environment_variables") or {}
    return {
        **members,
        "environment_variables": {"redacted_message": redacted} if redacted else variables,
    }


def _result(record: DropletRecord, redacted: str | None) -> dict[str, Any]:
    names = [entry["name"] for entry in record.buildpacks or []]
    return {
        "buildpack": names[-1] if names else record.historic.get("buildpack"),
        "stack": record.stack,
        "process_types": {"redacted_message": redacted} if redacted else record.process_types,
        "hash": {"type": "sha1", "value": record.sha1},
        "execution_metadata": redacted or record.execution_metadata,
    }
