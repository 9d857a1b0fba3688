"""How does a stack look (behaviour document, 5.7)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi import models
from cloud_controller.present.rendering import link, render
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import Metadata, StackRecord


def stack(record: StackRecord, metadata: Metadata) -> bytes:
    """Return the stack's document."""
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "name": record.name,
        "description": record.description,
        "state": record.state,
        "state_reason": record.state_reason,
        "run_rootfs_image": record.run_rootfs_image,
        "build_rootfs_image": record.build_rootfs_image,
        "default": record.is_default,
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": {"self": link(f"/v3/stacks/{record.guid}")},
    }
    return render(models.Stack, document)
