"""How does a build look (behaviour document, 5.4)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi import models
from cloud_controller.domain.buildpack_addresses import without_credentials
from cloud_controller.present.rendering import link, render, to_one
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import Metadata
    from cloud_controller.store.records import BuildRecord


def build(record: BuildRecord, metadata: Metadata) -> bytes:
    """Return the build's document; it names its droplet only once staging has ended."""
    links = {"self": link(f"/v3/builds/{record.guid}"), "app": link(f"/v3/apps/{record.app_guid}")}
    droplet = record.droplet_guid if record.state != "STAGING" else None
    if droplet is not None:
        links["droplet"] = link(f"/v3/droplets/{droplet}")
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "state": record.state,
        "staging_memory_in_mb": record.staging_memory_in_mb,
        "staging_disk_in_mb": record.staging_disk_in_mb,
        "staging_log_rate_limit_bytes_per_second": record.staging_log_rate_limit,
        "error": record.error,
        "lifecycle": {"type": record.lifecycle_type, "data": _lifecycle_data(record)},
        "package": {"guid": record.package_guid},
        "droplet": None if droplet is None else {"guid": droplet},
        "created_by": {
            "guid": record.created_by_guid,
            "name": record.created_by_name,
            "email": record.created_by_email,
        },
        "relationships": {"app": to_one(record.app_guid)},
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": links,
    }
    return render(models.Build, document)


def _lifecycle_data(record: BuildRecord) -> dict[str, Any]:
    if record.lifecycle_type == "docker":
        return {}
    names = record.lifecycle_data.get("buildpacks") or []
    shown: dict[str, Any] = {
        "buildpacks": [without_credentials(name) for name in names],
        "stack": record.stack,
    }
    if record.lifecycle_data.get("credentials"):
        shown["credentials"] = "***"
    return shown
