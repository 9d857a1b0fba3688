"""How does a buildpack look to version 3, and to both versions together (behaviour document, 4.1)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi import models
from cloud_controller.present.rendering import action, link, render
from cloud_controller.present.v2_buildpacks import v2_buildpack
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import BuildpackRecord, Metadata


def buildpack(record: BuildpackRecord, metadata: Metadata) -> bytes:
    """Return the buildpack's document; its state follows from the name of its file."""
    path = f"/v3/buildpacks/{record.guid}"
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "name": record.name,
        "stack": record.stack,
        "state": "READY" if record.filename else "AWAITING_UPLOAD",
        "lifecycle": record.lifecycle,
        "filename": record.filename,
        "position": record.position,
        "enabled": record.enabled,
        "locked": record.locked,
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": {"self": link(path), "upload": action(f"{path}/upload")},
    }
    return render(models.Buildpack, document)


def documents(record: BuildpackRecord, metadata: Metadata) -> dict[str, bytes]:
    """Return what both versions show, by the column that keeps it."""
    return {"document": buildpack(record, metadata), "v2_document": v2_buildpack(record)}
