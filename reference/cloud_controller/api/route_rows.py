"""How do the rows of routes, their destinations and domains change together?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloud_controller.present.domains import domain as present_domain
from cloud_controller.present.routes import address
from cloud_controller.present.routes import route as present
from cloud_controller.store import clock
from cloud_controller.store.entities import DOMAINS, ROUTE_DESTINATIONS, ROUTES

if TYPE_CHECKING:
    from cloud_controller.store import Metadata, Reader, Transaction
    from cloud_controller.store.records import DomainRecord, RouteDestinationRecord, RouteRecord


def domain_of(reader: Reader, route: RouteRecord) -> DomainRecord:
    """Return the domain of a route; it cannot go before the route does."""
    return reader.referenced(DOMAINS, route.domain_guid)


def address_of(reader: Reader, route: RouteRecord) -> str:
    """Return host, domain and path of a route together."""
    return address(route, domain_of(reader, route))


def destinations_of(reader: Reader, route_guid: str) -> list[RouteDestinationRecord]:
    """Return where a route leads to, oldest first."""
    return reader.all(ROUTE_DESTINATIONS, route_guid=route_guid)


def document(reader: Reader, route: RouteRecord, metadata: Metadata | None = None) -> bytes:
    """Return the route's document as its rows are now."""
    shown = reader.metadata(ROUTES, route.guid) if metadata is None else metadata
    return present(route, domain_of(reader, route), destinations_of(reader, route.guid), shown)


def refresh(transaction: Transaction, route: RouteRecord) -> bytes:
    """Present a route again whose destinations or columns changed; return its document."""
    changed = replace(route, updated_at=clock.now())
    shown = document(transaction, changed)
    transaction.update(ROUTES, changed, shown)
    return shown


def insert_domain(transaction: Transaction, record: DomainRecord, metadata: Metadata) -> bytes:
    """Store a new domain; return its document."""
    shown = present_domain(record, metadata)
    transaction.insert(DOMAINS, record, shown)
    transaction.set_metadata(DOMAINS, record.guid, metadata)
    return shown


def delete_route(transaction: Transaction, guid: str) -> None:
    """Remove a route with its destinations; one that is gone is fine."""
    for destination in destinations_of(transaction, guid):
        transaction.delete(ROUTE_DESTINATIONS, destination.guid)
    transaction.delete(ROUTES, guid)


def delete_domain(transaction: Transaction, guid: str) -> None:
    """Remove a domain with its routes; one that is gone is fine."""
    for route in transaction.all(ROUTES, domain_guid=guid):
        delete_route(transaction, route.guid)
    transaction.delete(DOMAINS, guid)


def forget_app(transaction: Transaction, app_guid: str) -> None:
    """Let no route lead to an app any more; the routes stay."""
    routes: dict[str, None] = {}
    for destination in transaction.all(ROUTE_DESTINATIONS, app_guid=app_guid):
        transaction.delete(ROUTE_DESTINATIONS, destination.guid)
        routes[destination.route_guid] = None
    for guid in routes:
        refresh(transaction, transaction.referenced(ROUTES, guid))


def delete_routes_of_space(transaction: Transaction, space_guid: str) -> None:
    """Remove all routes of a space."""
    for route in transaction.all(ROUTES, space_guid=space_guid):
        delete_route(transaction, route.guid)


def delete_domains_of_organization(transaction: Transaction, organization_guid: str) -> None:
    """Remove an organization's own domains, and share no other domain with it any more."""
    for domain in transaction.all(DOMAINS, organization_guid=organization_guid):
        delete_domain(transaction, domain.guid)
    for domain in transaction.all(DOMAINS):
        if organization_guid in domain.shared_organization_guids:
            left = [one for one in domain.shared_organization_guids if one != organization_guid]
            changed = replace(domain, shared_organization_guids=left)
            metadata = transaction.metadata(DOMAINS, domain.guid)
            transaction.update(DOMAINS, changed, present_domain(changed, metadata))
