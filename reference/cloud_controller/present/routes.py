"""How do routes and their destinations look?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from capi import models
from cloud_controller.present.rendering import link, render, to_one
from cloud_controller.store import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_controller.store import Metadata
    from cloud_controller.store.records import DomainRecord, RouteDestinationRecord, RouteRecord


def address(route: RouteRecord, domain: DomainRecord) -> str:
    """Return host, domain and path of a route together, as its `url` shows them."""
    host = f"{route.host}.{domain.name}" if route.host else domain.name
    return f"{host}{route.path}"


def route(
    record: RouteRecord,
    domain: DomainRecord,
    leads_to: Sequence[RouteDestinationRecord],
    metadata: Metadata,
) -> bytes:
    """Return the route's document; it names its domain and shows its destinations."""
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "protocol": record.protocol,
        "host": record.host,
        "path": record.path,
        "port": record.port,
        "url": address(record, domain),
        "options": {},
        "destinations": [entry(one) for one in leads_to],
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "relationships": {
            "space": to_one(record.space_guid),
            "domain": to_one(record.domain_guid),
        },
        "links": _links(record),
    }
    return render(models.Route, document)


def _links(record: RouteRecord) -> dict[str, Any]:
    path = f"/v3/routes/{record.guid}"
    return {
        "self": link(path),
        "space": link(f"/v3/spaces/{record.space_guid}"),
        "destinations": link(f"{path}/destinations"),
        "domain": link(f"/v3/domains/{record.domain_guid}"),
    }


def entry(record: RouteDestinationRecord) -> dict[str, Any]:
    """Return a destination as routes and lists show it."""
    return {
        "guid": record.guid,
        "app": {"guid": record.app_guid, "process": {"type": record.process_type}},
        "weight": record.weight,
        "port": record.port,
        "protocol": record.protocol,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
    }


def destination(record: RouteDestinationRecord) -> bytes:
    """Return the document of one destination."""
    path = f"/v3/routes/{record.route_guid}"
    links = {"destinations": link(f"{path}/destinations"), "route": link(path)}
    return json.dumps({**entry(record), "links": links}, separators=(",", ":")).encode()


def destinations(route_guid: str, records: Sequence[RouteDestinationRecord]) -> bytes:
    """Return the document of a route's destinations."""
    path = f"/v3/routes/{route_guid}"
    document = {
        "destinations": [entry(record) for record in records],
        "links": {"self": link(f"{path}/destinations"), "route": link(path)},
    }
    return json.dumps(document, separators=(",", ":")).encode()
