"""What do the operations of the tag Domains do?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from capi.operations import domains as operations
from cloud_controller.api import access, domain_names, domain_sight, listing, lookup, metadata
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.domain_sharing import require_sharers
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.api.route_rows import insert_domain
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import domains as messages
from cloud_controller.domain.messages.relationships import guid_of
from cloud_controller.domain.roles import Right
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.domains import domain as present
from cloud_controller.store import ORGANIZATIONS, In, Metadata, clock
from cloud_controller.store.entities import DOMAINS, ROUTES
from cloud_controller.store.records import DomainRecord
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction


class Domains:
    """Implements the generated `DomainsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_domains(
        self, params: operations.ListDomainsParams, caller: Caller
    ) -> operations.ListDomains200:
        """List the domains that the caller sees."""

        def read(reader: Reader) -> bytes:
            request = _listing("/v3/domains", params, domain_sight.seen(reader, caller))
            return _page(reader, caller, request)

        body = self._context.shown(await self._context.database.read(read))
        return operations.ListDomains200(body=Json(body))

    async def list_domains_for_organization(
        self, params: operations.ListDomainsForOrganizationParams, caller: Caller
    ) -> operations.ListDomainsForOrganization200:
        """List the domains that routes of an organization can be in, as far as they are seen."""

        def read(reader: Reader) -> bytes:
            _require_organization(reader, caller, params.guid)
            usable = [
                one.guid for one in reader.all(DOMAINS) if domain_sight.is_usable(one, params.guid)
            ]
            fixed = [In("guid", tuple(usable)), *domain_sight.seen(reader, caller)]
            path = f"/v3/organizations/{params.guid}/domains"
            return _page(reader, caller, _listing(path, params, fixed))

        body = self._context.shown(await self._context.database.read(read))
        return operations.ListDomainsForOrganization200(body=Json(body))

    async def get_default_domain(
        self, params: operations.GetDefaultDomainParams, caller: Caller
    ) -> operations.GetDefaultDomain200:
        """Show the domain that an organization uses if nothing is said."""

        def read(reader: Reader) -> bytes:
            _require_organization(reader, caller, params.guid)
            domain = domain_sight.default_domain(reader, params.guid)
            if domain is None or domain_sight.find(reader, caller, domain.guid) is None:
                raise v3_error(table.RESOURCE_NOT_FOUND, "Domain")
            return _shown(reader, caller, domain.guid)

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetDefaultDomain200(body=Json(body))

    async def get_domain(
        self, params: operations.GetDomainParams, caller: Caller
    ) -> operations.GetDomain200:
        """Show one domain."""

        def read(reader: Reader) -> bytes:
            _domain(reader, caller, params.guid)
            return _shown(reader, caller, params.guid)

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetDomain200(body=Json(body))

    async def create_domain(
        self, body: models.DomainCreate, caller: Caller
    ) -> operations.CreateDomain201:
        """Create a shared domain, or one of an organization."""
        sent = raw(body)
        refuse(messages.create(sent))
        document = await self._context.database.write(
            lambda transaction: _create(transaction, caller, sent)
        )
        return operations.CreateDomain201(body=Json(self._context.shown(document)))

    async def update_domain(
        self,
        params: operations.UpdateDomainParams,
        body: models.DomainUpdate | None,
        caller: Caller,
    ) -> operations.UpdateDomain200:
        """Merge metadata."""
        sent = raw(body)
        refuse(messages.update(sent))

        def write(transaction: Transaction) -> bytes:
            record = _writable(transaction, caller, params.guid)
            stored = transaction.metadata(DOMAINS, record.guid)
            labelled = metadata.merged(stored, sent)
            changed = replace(record, updated_at=clock.now()) if labelled != stored else record
            shown = present(changed, labelled)
            transaction.update(DOMAINS, changed, shown)
            transaction.set_metadata(DOMAINS, record.guid, labelled)
            return shown

        document = await self._context.database.write(write)
        return operations.UpdateDomain200(body=Json(self._context.shown(document)))

    async def delete_domain(
        self, params: operations.DeleteDomainParams, caller: Caller
    ) -> operations.DeleteDomain202:
        """Queue the deletion of a domain and its routes."""

        def write(transaction: Transaction) -> str:
            record = _writable(transaction, caller, params.guid)
            if record.shared_organization_guids:
                raise v3_error(table.UNPROCESSABLE, messages.SHARED)
            job = NewJob(
                operation="domain.delete", resource_type="domain", resource_guid=record.guid
            )
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeleteDomain202(location=self._context.job_url(job))

    async def check_route_reservation(
        self, params: operations.CheckRouteReservationParams, caller: Caller
    ) -> operations.CheckRouteReservation200:
        """Tell whether the domain has exactly this route, whoever's it is."""

        def read(reader: Reader) -> bool:
            _domain(reader, caller, params.guid)
            routes = reader.all(
                ROUTES, domain_guid=params.guid, host=params.host or "", path=params.path or ""
            )
            port = params.port if params.port not in (None, "", "0") else None
            return any(str(one.port) == port if port else one.port is None for one in routes)

        found = await self._context.database.read(read)
        body = b'{"matching_route":true}' if found else b'{"matching_route":false}'
        return operations.CheckRouteReservation200(body=Json(body))


def _listing(
    path: str,
    params: operations.ListDomainsParams | operations.ListDomainsForOrganizationParams,
    fixed: list[In],
) -> listing.ListRequest:
    return listing.ListRequest(
        entity=DOMAINS,
        path=path,
        params=params,
        own={
            "names": ("name", params.names),
            "organization_guids": ("organization_guid", params.organization_guids),
        },
        fixed=fixed,
    )


def _page(reader: Reader, caller: Caller, request: listing.ListRequest) -> bytes:
    found = listing.find(reader, request, caller)
    organizations = domain_sight.organizations_read(reader, caller)
    documents = [domain_sight.as_seen(one, organizations) for one in found.documents]
    return listing.page(request, replace(found, documents=documents))


def _shown(reader: Reader, caller: Caller, guid: str) -> bytes:
    document = reader.stored_document(DOMAINS, guid)
    return domain_sight.as_seen(document, domain_sight.organizations_read(reader, caller))


def _require_organization(reader: Reader, caller: Caller, guid: str) -> None:
    lookup.record(reader, caller, ORGANIZATIONS, guid, "Organization")


def _domain(reader: Reader, caller: Caller, guid: str) -> DomainRecord:
    domain = domain_sight.find(reader, caller, guid)
    if domain is None:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Domain")
    return domain


def _writable(reader: Reader, caller: Caller, guid: str) -> DomainRecord:
    domain = _domain(reader, caller, guid)
    if domain.organization_guid is not None:
        _require_manager(reader, caller, domain.organization_guid)
    elif not caller.is_admin:
        raise v3_error(table.NOT_AUTHORIZED)
    return domain


def _require_manager(reader: Reader, caller: Caller, guid: str) -> None:
    access.require(reader, caller, Right.WRITE_ORGANIZATION, organization_guid=guid)
    access.require_active(reader, caller, organization_guid=guid)


def _create(transaction: Transaction, caller: Caller, sent: Mapping[str, Any]) -> bytes:
    owner, sharing = None, []
    if "relationships" in sent:
        owner = _owner(transaction, caller, guid_of(sent, "organization"))
        sharing = _sharing(transaction, caller, sent, owner)
    elif not caller.is_admin:
        raise v3_error(table.NOT_AUTHORIZED)
    _require_possible(transaction, sent, owner)
    moment = clock.now()
    record = DomainRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        name=sent["name"],
        internal=bool(sent.get("internal")),
        organization_guid=owner,
        shared_organization_guids=sharing,
    )
    return insert_domain(transaction, record, metadata.merged(Metadata(), sent))


def _owner(reader: Reader, caller: Caller, guid: str | None) -> str:
    found = reader.record(ORGANIZATIONS, guid) if guid else None
    if found is None:
        raise v3_error(table.UNPROCESSABLE, messages.organization_invalid(guid))
    _require_manager(reader, caller, found.guid)
    access.require_feature(reader, caller, FeatureFlag.PRIVATE_DOMAIN_CREATION)
    return found.guid


def _sharing(reader: Reader, caller: Caller, sent: Mapping[str, Any], owner: str) -> list[str]:
    """Return the organizations that a new domain is shared with, each once."""
    named = (sent["relationships"].get("shared_organizations") or {}).get("data") or []
    return require_sharers(reader, caller, [one["guid"] for one in named], owner=owner)


def _require_possible(reader: Reader, sent: Mapping[str, Any], owner: str | None) -> None:
    group = sent.get("router_group")
    if group is not None:
        raise v3_error(table.UNPROCESSABLE, messages.router_group_unknown(group["guid"]))
    text = domain_names.problem(reader, sent["name"], owner)
    if text is not None:
        raise v3_error(table.UNPROCESSABLE, text)
