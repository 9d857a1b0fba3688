"""How does a buildpack look to version 2 (behaviour document, 3.2)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi import models
from cloud_controller.present.rendering import render
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import BuildpackRecord


def v2_buildpack(record: BuildpackRecord) -> bytes:
    """Return the buildpack's document; its URL is a path only."""
    document = {
        "metadata": {
            "guid": record.guid,
            "url": f"/v2/buildpacks/{record.guid}",
            "created_at": clock.text(record.created_at),
            "updated_at": clock.text(record.updated_at),
        },
        "entity": {
            "name": record.name,
            "stack": record.stack,
            "position": record.position,
            "enabled": record.enabled,
            "locked": record.locked,
            "filename": record.filename,
            "lifecycle": record.lifecycle,
        },
    }
    return render(models.V2Buildpack, document)
