"""Can this route be made, and how is it made?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from cloud_controller.api import domain_sight, route_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.audit import Target
from cloud_controller.api.audit import record as record_event
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.messages import domains, routes
from cloud_controller.present.routes import address
from cloud_controller.store import ORGANIZATIONS, Metadata, clock
from cloud_controller.store.entities import DOMAINS, ROUTES
from cloud_controller.store.records import RouteRecord

if TYPE_CHECKING:
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, SpaceRecord, Transaction
    from cloud_controller.store.records import DomainRecord

_URI_PATH: Final = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoute:
    """A route to be made."""

    domain: DomainRecord
    space: SpaceRecord
    host: str = ""
    path: str = ""
    port: int | None = None
    manifest_triggered: bool = False


def problem(reader: Reader, wanted: NewRoute) -> str | None:
    """Return why the route cannot be made, `None` if it can; the first reason counts."""
    domain, space = wanted.domain, wanted.space
    if not domain_sight.is_usable(domain, space.organization_guid):
        organization = reader.referenced(ORGANIZATIONS, space.organization_guid)
        return routes.unavailable(domain.name, organization.name)
    return _host_problem(reader, wanted) or _path_problem(reader, wanted)


def _host_problem(reader: Reader, wanted: NewRoute) -> str | None:
    domain, host = wanted.domain, wanted.host
    if host and reader.first(DOMAINS, name=f"{host}.{domain.name}") is not None:
        return f"Route conflicts with domain '{host}.{domain.name}'."
    if len(host) > routes.MAX_HOST:
        return f"Host cannot exceed {routes.MAX_HOST} characters"
    if routes.host(host):
        return "Host format is invalid."
    if host == "*" and domain.internal:
        return "Wildcard hosts are not supported for internal domains."
    if not host and domain.organization_guid is None:
        return "Missing host. Routes in shared domains must have a host defined."
    if host and len(host) + 1 + len(domain.name) > domains.MAX_NAME:
        return f"Host combined with domain name must be no more than {domains.MAX_NAME} characters."
    return _space_problem(reader, wanted)


def _space_problem(reader: Reader, wanted: NewRoute) -> str | None:
    """Say whether the address is taken; in shared domains a host belongs to one space."""
    domain, host, path = wanted.domain, wanted.host, wanted.path
    if reader.first(ROUTES, domain_guid=domain.guid, host=host, path=path) is not None:
        return routes.taken(host, path, domain.name)
    if domain.organization_guid is None:
        others = reader.all(ROUTES, domain_guid=domain.guid, host=host)
        if any(other.space_guid != wanted.space.guid for other in others):
            return "domain_id and host host_and_domain_taken_different_space"
    return None


def _path_problem(_: Reader, wanted: NewRoute) -> str | None:
    if wanted.path and wanted.domain.internal:
        return "Paths are not supported for internal domains."
    if wanted.path == "/":
        return "Path cannot be a single '/'."
    if wanted.path and not _URI_PATH.fullmatch(wanted.path):
        return "Path is invalid."
    if len(wanted.path) > routes.MAX_PATH:
        return f"Path exceeds {routes.MAX_PATH} characters."
    return "Routes with protocol 'http' do not support ports." if wanted.port else None


def create(
    transaction: Transaction, caller: Caller | None, wanted: NewRoute, labelled: Metadata
) -> RouteRecord:
    """Store a new route. Raise 422 when it cannot be."""
    text = problem(transaction, wanted)
    if text is not None:
        raise v3_error(table.UNPROCESSABLE, text)
    moment = clock.now()
    record = RouteRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        host=wanted.host,
        path=wanted.path,
        domain_guid=wanted.domain.guid,
        space_guid=wanted.space.guid,
        organization_guid=wanted.space.organization_guid,
    )
    transaction.insert(ROUTES, record, route_rows.document(transaction, record, labelled))
    transaction.set_metadata(ROUTES, record.guid, labelled)
    _tell(transaction, caller, record, wanted)
    return record


def _tell(
    transaction: Transaction, caller: Caller | None, record: RouteRecord, wanted: NewRoute
) -> None:
    request = {"host": wanted.host, "path": wanted.path, "domain_guid": record.domain_guid}
    data: dict[str, object] = {"request": request}
    if wanted.manifest_triggered:
        data["manifest_triggered"] = True
    record_event(
        transaction,
        caller,
        "audit.route.create",
        target=Target(record.guid, "route", address(record, wanted.domain)),
        space_guid=record.space_guid,
        organization_guid=record.organization_guid,
        data=data,
    )
