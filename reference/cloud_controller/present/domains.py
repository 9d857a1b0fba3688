"""How does a domain look?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi import models
from cloud_controller.present.rendering import link, render, to_one
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import Metadata
    from cloud_controller.store.records import DomainRecord


def domain(record: DomainRecord, metadata: Metadata) -> bytes:
    """Return the domain's document; there are no TCP domains, so it has no router group."""
    shared = [{"guid": guid} for guid in record.shared_organization_guids]
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "name": record.name,
        "internal": record.internal,
        "router_group": None,
        "supported_protocols": ["http"],
        "relationships": {
            "organization": to_one(record.organization_guid),
            "shared_organizations": {"data": shared},
        },
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": _links(record),
    }
    return render(models.Domain, document)


def _links(record: DomainRecord) -> dict[str, Any]:
    path = f"/v3/domains/{record.guid}"
    links = {"self": link(path), "route_reservations": link(f"{path}/route_reservations")}
    if record.organization_guid is not None:
        links["organization"] = link(f"/v3/organizations/{record.organization_guid}")
        links["shared_organizations"] = link(f"{path}/relationships/shared_organizations")
    return links
