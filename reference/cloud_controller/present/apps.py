"""How does an app look (behaviour document, 5.3)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi import models
from cloud_controller.domain.buildpack_addresses import without_credentials
from cloud_controller.present.rendering import action, link, render, to_one
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import AppRecord, Metadata


def app(record: AppRecord, metadata: Metadata) -> bytes:
    """Return the app's document."""
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "name": record.name,
        "state": record.state,
        "lifecycle": {"type": record.lifecycle_type, "data": _lifecycle_data(record)},
        "relationships": {
            "space": to_one(record.space_guid),
            # Never `data: null`: without a droplet the guid is null (S79).
            "current_droplet": {"data": {"guid": record.current_droplet_guid}},
        },
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": _links(record),
    }
    return render(models.App, document)


def _lifecycle_data(record: AppRecord) -> dict[str, Any]:
    if record.lifecycle_type == "docker":
        return {}
    names = record.lifecycle_data.get("buildpacks") or []
    shown = {
        "buildpacks": [without_credentials(name) for name in names],
        "stack": record.stack,
    }
    if record.lifecycle_data.get("credentials"):
        shown["credentials"] = "***"
    return shown


def _links(record: AppRecord) -> dict[str, Any]:
    path = f"/v3/apps/{record.guid}"
    return {
        "self": link(path),
        "environment_variables": link(f"{path}/environment_variables"),
        "space": link(f"/v3/spaces/{record.space_guid}"),
        "processes": link(f"{path}/processes"),
        "packages": link(f"{path}/packages"),
        "current_droplet": link(f"{path}/droplets/current"),
        "droplets": link(f"{path}/droplets"),
        "tasks": link(f"{path}/tasks"),
        "start": action(f"{path}/actions/start"),
        "stop": action(f"{path}/actions/stop"),
        "clear_buildpack_cache": action(f"{path}/actions/clear_buildpack_cache"),
        "revisions": link(f"{path}/revisions"),
        "deployed_revisions": link(f"{path}/revisions/deployed"),
        "features": link(f"{path}/features"),
    }
