"""What do the operations of the tag Routes do?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from capi.operations import routes as operations
from cloud_controller.api import (
    access,
    audit,
    listing,
    lookup,
    metadata,
    route_creation,
    route_rows,
)
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import routes as messages
from cloud_controller.domain.messages.relationships import guid_of
from cloud_controller.domain.roles import Right
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.pages import with_included
from cloud_controller.present.routes import address
from cloud_controller.store import APPS, ORGANIZATIONS, SPACES, Filter, In, Metadata, clock
from cloud_controller.store.entities import DOMAINS, ROUTE_DESTINATIONS, ROUTES
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, SpaceRecord, Transaction
    from cloud_controller.store.records import RouteRecord


class Routes:
    """Implements the generated `RoutesApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_routes(
        self, params: operations.ListRoutesParams, caller: Caller
    ) -> operations.ListRoutes200:
        """List the routes that the caller's roles let him see."""
        listing.check_include(params.include)

        def read(reader: Reader) -> bytes:
            fixed: list[Filter] = []
            if params.app_guids is not None:
                fixed.append(In("guid", _leading_to(reader, params.app_guids)))
            if params.service_instance_guids is not None:
                fixed.append(In("guid", ()))  # nothing is bound to service instances here
            request = _listing(
                "/v3/routes",
                params,
                fixed,
                app_guids=params.app_guids,
                include=params.include,
                service_instance_guids=params.service_instance_guids,
            )
            found = listing.find(reader, request, caller)
            included = _included(reader, found.documents, params.include)
            return listing.page(request, found, included)

        body = self._context.shown(await self._context.database.read(read))
        return operations.ListRoutes200(body=Json(body))

    async def list_routes_for_app(
        self, params: operations.ListRoutesForAppParams, caller: Caller
    ) -> operations.ListRoutesForApp200:
        """List the routes that lead to an app."""

        def read(reader: Reader) -> bytes:
            lookup.record(reader, caller, APPS, params.guid, "App")
            fixed = [In("guid", _leading_to(reader, (params.guid,)))]
            request = _listing(f"/v3/apps/{params.guid}/routes", params, fixed)
            return listing.page(request, listing.find(reader, request, caller))

        body = self._context.shown(await self._context.database.read(read))
        return operations.ListRoutesForApp200(body=Json(body))

    async def get_route(
        self, params: operations.GetRouteParams, caller: Caller
    ) -> operations.GetRoute200:
        """Show one route, with what `include` asks for."""
        listing.check_include(params.include)

        def read(reader: Reader) -> bytes:
            document = lookup.document(reader, caller, ROUTES, params.guid, "Route")
            included = _included(reader, [document], params.include)
            return document if included is None else with_included(document, included)

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetRoute200(body=Json(body))

    async def create_route(
        self, body: models.RouteCreate, caller: Caller
    ) -> operations.CreateRoute201:
        """Create a route in a domain for a space."""
        sent = raw(body)
        document = await self._context.database.write(
            lambda transaction: _create(transaction, caller, sent)
        )
        return operations.CreateRoute201(body=Json(self._context.shown(document)))

    async def update_route(
        self,
        params: operations.UpdateRouteParams,
        body: models.RouteUpdate | None,
        caller: Caller,
    ) -> operations.UpdateRoute200:
        """Merge metadata."""
        sent = raw(body)
        refuse(messages.update(sent))

        def write(transaction: Transaction) -> bytes:
            record = writable(transaction, caller, params.guid)
            stored = transaction.metadata(ROUTES, record.guid)
            labelled = metadata.merged(stored, sent)
            changed = replace(record, updated_at=clock.now()) if labelled != stored else record
            shown = route_rows.document(transaction, changed, labelled)
            transaction.update(ROUTES, changed, shown)
            transaction.set_metadata(ROUTES, record.guid, labelled)
            _tell(transaction, caller, "audit.route.update", record, {"request": sent})
            return shown

        document = await self._context.database.write(write)
        return operations.UpdateRoute200(body=Json(self._context.shown(document)))

    async def delete_route(
        self, params: operations.DeleteRouteParams, caller: Caller
    ) -> operations.DeleteRoute202:
        """Queue the deletion of a route."""

        def write(transaction: Transaction) -> str:
            record = writable(transaction, caller, params.guid)
            _tell(transaction, caller, "audit.route.delete-request", record, {"request": {}})
            job = NewJob(operation="route.delete", resource_type="route", resource_guid=record.guid)
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeleteRoute202(location=self._context.job_url(job))

    async def delete_unmapped_routes(
        self, params: operations.DeleteUnmappedRoutesParams, caller: Caller
    ) -> operations.DeleteUnmappedRoutes202:
        """Queue the deletion of a space's routes that lead nowhere."""
        if params.unmapped != "true":
            raise v3_error(table.UNPROCESSABLE, messages.UNMAPPED_ONLY)

        def write(transaction: Transaction) -> str:
            space = lookup.record(transaction, caller, SPACES, params.guid, "Space")
            _require_manage(transaction, caller, space.guid, space.organization_guid)
            job = NewJob(
                operation="space.delete_unmapped_routes",
                resource_type="space",
                resource_guid=space.guid,
            )
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeleteUnmappedRoutes202(location=self._context.job_url(job))


def _listing(
    path: str,
    params: operations.ListRoutesParams | operations.ListRoutesForAppParams,
    fixed: Sequence[Filter],
    **repeated: Sequence[str] | None,
) -> listing.ListRequest:
    return listing.ListRequest(
        entity=ROUTES,
        path=path,
        params=params,
        own={
            "hosts": ("host", params.hosts),
            "space_guids": ("space_guid", params.space_guids),
            "organization_guids": ("organization_guid", params.organization_guids),
            "domain_guids": ("domain_guid", params.domain_guids),
            "paths": ("path", params.paths),
        },
        fixed=[*fixed, *_ports(params.ports)],
        repeated={**repeated, "ports": params.ports},
    )


def _ports(ports: Sequence[str] | None) -> list[Filter]:
    if ports is None:
        return []
    return [In("port", tuple(int(port) for port in ports if port.isdecimal() and len(port) < 6))]


def _leading_to(reader: Reader, apps: Sequence[str]) -> tuple[str, ...]:
    rows = reader.columns(ROUTE_DESTINATIONS, ("route_guid",), In("app_guid", tuple(apps)))
    return tuple(dict.fromkeys(guid for (guid,) in rows))


def _included(
    reader: Reader, documents: Sequence[bytes], include: Sequence[str] | None
) -> dict[str, list[bytes]] | None:
    if not include:
        return None
    found = {}
    if "domain" in include:
        guids = listing.related(documents, "domain")
        found["domains"] = listing.documents_of(reader, DOMAINS, guids)
    if "space" in include or "space.organization" in include:
        found["spaces"] = listing.documents_of(reader, SPACES, listing.related(documents, "space"))
    if "space.organization" in include:
        guids = listing.related(found["spaces"], "organization")
        found["organizations"] = listing.documents_of(reader, ORGANIZATIONS, guids)
    return found


def readable(reader: Reader, caller: Caller, guid: str) -> RouteRecord:
    """Return a route that the caller can read; raise 404 otherwise."""
    return lookup.record(reader, caller, ROUTES, guid, "Route")


def writable(reader: Reader, caller: Caller, guid: str) -> RouteRecord:
    """Return a route that the caller may change; raise 404, 403 or 422 otherwise."""
    route = readable(reader, caller, guid)
    _require_manage(reader, caller, route.space_guid, route.organization_guid)
    return route


def _require_manage(reader: Reader, caller: Caller, space: str, organization: str) -> None:
    where = {"space_guid": space, "organization_guid": organization}
    access.require(
        reader, caller, Right.MANAGE_APPS, space_guid=space, organization_guid=organization
    )
    access.require_active(reader, caller, **where)


def _create(transaction: Transaction, caller: Caller, sent: Mapping[str, Any]) -> bytes:
    access.require_feature(transaction, caller, FeatureFlag.ROUTE_CREATION)
    refuse(messages.create(sent))
    space = _space(transaction, sent)
    domain_guid = guid_of(sent, "domain")
    domain = transaction.record(DOMAINS, domain_guid) if domain_guid else None
    if domain is None:
        raise v3_error(table.UNPROCESSABLE, messages.DOMAIN_INVALID)
    _require_manage(transaction, caller, space.guid, space.organization_guid)
    if sent.get("host") == "*" and domain.organization_guid is None and not caller.is_admin:
        raise v3_error(table.UNPROCESSABLE, messages.WILDCARD)
    wanted = route_creation.NewRoute(
        domain=domain,
        space=space,
        host=sent.get("host") or "",
        path=sent.get("path") or "",
        port=sent.get("port"),
    )
    labelled = metadata.merged(Metadata(), sent)
    route = route_creation.create(transaction, caller, wanted, labelled)
    return route_rows.document(transaction, route, labelled)


def _space(reader: Reader, sent: Mapping[str, Any]) -> SpaceRecord:
    guid = guid_of(sent, "space")
    space = reader.record(SPACES, guid) if guid else None
    if space is None:
        raise v3_error(table.UNPROCESSABLE, messages.SPACE_INVALID)
    return space


def _tell(
    transaction: Transaction,
    caller: Caller,
    event: str,
    route: RouteRecord,
    data: Mapping[str, Any],
) -> None:
    domain = route_rows.domain_of(transaction, route)
    audit.record(
        transaction,
        caller,
        event,
        target=audit.Target(route.guid, "route", address(route, domain)),
        space_guid=route.space_guid,
        organization_guid=route.organization_guid,
        data=data,
    )
