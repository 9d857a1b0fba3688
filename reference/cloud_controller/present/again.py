"""How do rows get their documents back after a migration has emptied them?

A new release may show a resource differently. Its migration empties the documents, and the next
start presents those rows again from their columns, before anything is served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import bindparam, or_, select

from cloud_controller.present import (
    apps,
    audit_events,
    buildpacks,
    builds,
    domains,
    droplets,
    organizations,
    packages,
    processes,
    routes,
    stacks,
    users,
)
from cloud_controller.store import APPS, BUILDPACKS, ORGANIZATIONS, PACKAGES, SPACES, STACKS
from cloud_controller.store.entities import (
    AUDIT_EVENTS,
    BUILDS,
    DOMAINS,
    DROPLETS,
    PROCESSES,
    ROLES,
    ROUTE_DESTINATIONS,
    ROUTES,
    USERS,
)
from cloud_controller.store.statements import compile_statement

if TYPE_CHECKING:
    from cloud_controller.store import Entity, Reader, Transaction
    from cloud_controller.store.records import ProcessRecord, RouteRecord

Presented: TypeAlias = bytes | Mapping[str, bytes]
"""The one document of a row, or its documents by column."""
Presenter: TypeAlias = Callable[["Reader", Any], Presented]


def _route(reader: Reader, record: RouteRecord) -> bytes:
    domain = reader.referenced(DOMAINS, record.domain_guid)
    leads_to = reader.all(ROUTE_DESTINATIONS, route_guid=record.guid)
    return routes.route(record, domain, leads_to, reader.metadata(ROUTES, record.guid))


def _process(reader: Reader, record: ProcessRecord) -> Presented:
    guid = reader.referenced(APPS, record.app_guid).current_droplet_guid
    droplet = reader.record(DROPLETS, guid) if guid else None
    detected = droplet.process_types.get(record.type) if droplet else None
    full, listed = processes.documents(record, reader.metadata(PROCESSES, record.guid), detected)
    return {"document": full, "listed_document": listed}


PRESENTERS: Final[Mapping[Entity[Any], Presenter]] = {
    ORGANIZATIONS: lambda reader, record: organizations.organization(
        record, reader.metadata(ORGANIZATIONS, record.guid)
    ),
    SPACES: lambda reader, record: organizations.space(
        record, reader.metadata(SPACES, record.guid)
    ),
    APPS: lambda reader, record: apps.app(record, reader.metadata(APPS, record.guid)),
    PACKAGES: lambda reader, record: packages.package(
        record, reader.metadata(PACKAGES, record.guid)
    ),
    BUILDPACKS: lambda reader, record: buildpacks.documents(
        record, reader.metadata(BUILDPACKS, record.guid)
    ),
    STACKS: lambda reader, record: stacks.stack(record, reader.metadata(STACKS, record.guid)),
    PROCESSES: _process,
    USERS: lambda reader, record: users.user(record, reader.metadata(USERS, record.guid)),
    ROLES: lambda _, record: users.role(record),
    BUILDS: lambda reader, record: builds.build(record, reader.metadata(BUILDS, record.guid)),
    DROPLETS: lambda reader, record: droplets.documents(
        record, reader.metadata(DROPLETS, record.guid)
    ),
    ROUTES: _route,
    DOMAINS: lambda reader, record: domains.domain(record, reader.metadata(DOMAINS, record.guid)),
    AUDIT_EVENTS: lambda _, record: audit_events.audit_event(record),
}
"""How each resource is presented from its row and what hangs on it."""


def present_again(transaction: Transaction) -> int:
    """Present every row whose document is empty; return how many there were."""
    return sum(_present(transaction, entity, presenter) for entity, presenter in PRESENTERS.items())


def _present(transaction: Transaction, entity: Entity[Any], presenter: Presenter) -> int:
    rows = transaction.query(_empty(entity), {"nothing": ""})
    for (guid,) in rows:
        record = transaction.record(entity, guid)
        shown = presenter(transaction, record)
        if isinstance(shown, bytes):
            transaction.update(entity, record, shown)
        else:
            transaction.update(entity, record, None, **shown)
    return len(rows)


@lru_cache(maxsize=64)
def _empty(entity: Entity[Any]) -> str:
    table = entity.table
    columns = [table.c[name] for name in sorted(entity.documents)]
    empty = [column == bindparam("nothing") for column in columns]
    return compile_statement(select(table.c.guid).where(or_(*empty)).order_by(table.c.id))
