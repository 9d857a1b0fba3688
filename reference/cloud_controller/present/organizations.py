"""How do an organization and a space look (behaviour document, 5.1 and 5.2)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi import models
from cloud_controller.present.rendering import action, link, render, to_one
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import Metadata, OrganizationRecord, SpaceRecord


def organization(record: OrganizationRecord, metadata: Metadata) -> bytes:
    """Return the organization's document."""
    path = f"/v3/organizations/{record.guid}"
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "name": record.name,
        "suspended": record.suspended,
        "relationships": {"quota": to_one(record.quota_guid)},
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": {
            "self": link(path),
            "domains": link(f"{path}/domains"),
            "default_domain": link(f"{path}/domains/default"),
            "quota": link(f"/v3/organization_quotas/{record.quota_guid}"),
        },
    }
    return render(models.Organization, document)


def space(record: SpaceRecord, metadata: Metadata) -> bytes:
    """Return the space's document."""
    path = f"/v3/spaces/{record.guid}"
    links = {
        "self": link(path),
        "organization": link(f"/v3/organizations/{record.organization_guid}"),
        "features": link(f"{path}/features"),
        "apply_manifest": action(f"{path}/actions/apply_manifest"),
    }
    if record.quota_guid is not None:
        links["quota"] = link(f"/v3/space_quotas/{record.quota_guid}")
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "name": record.name,
        "suspended": record.suspended,
        "relationships": {
            "organization": to_one(record.organization_guid),
            "quota": to_one(record.quota_guid),
        },
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": links,
    }
    return render(models.Space, document)
