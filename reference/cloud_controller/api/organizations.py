"""What do the operations of the tag Organizations do (behaviour document, 5.1)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from capi.operations import organizations as operations
from cloud_controller.api import access, audit, listing, lookup, metadata
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.auth import grant_role
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import organizations as messages
from cloud_controller.domain.roles import Right
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.organizations import organization as present
from cloud_controller.store import ORGANIZATIONS, In, Metadata, OrganizationRecord, clock
from cloud_controller.store.entities import USERS
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.auth.users import RoleType
    from cloud_controller.store import Reader, Transaction

DEFAULT_QUOTA: Final = "2f6c1c3e-8e37-5a61-9a6c-6d1f2f7d6c11"
"""Guid of the one quota that all organizations have; quotas limit nothing here."""


class Organizations:
    """Implements the generated `OrganizationsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_organizations(
        self, params: operations.ListOrganizationsParams, caller: Caller
    ) -> operations.ListOrganizations200:
        """List the organizations in which the caller has a role."""
        request = listing.ListRequest(
            entity=ORGANIZATIONS,
            path="/v3/organizations",
            params=params,
            own={"names": ("name", params.names)},
            # Nobody is entitled to an isolation segment: there is none.
            fixed=() if params.isolation_segment_guid is None else (In("guid", ()),),
            repeated={"isolation_segment_guid": params.isolation_segment_guid},
        )
        found = await self._context.database.read(
            lambda reader: listing.find(reader, request, caller)
        )
        body = self._context.shown(listing.page(request, found))
        return operations.ListOrganizations200(body=Json(body))

    async def get_organization(
        self, params: operations.GetOrganizationParams, caller: Caller
    ) -> operations.GetOrganization200:
        """Show one organization."""
        document = await self._context.database.read(
            lambda reader: lookup.document(
                reader, caller, ORGANIZATIONS, params.guid, "Organization"
            )
        )
        return operations.GetOrganization200(body=Json(self._context.shown(document)))

    async def create_organization(
        self, body: models.OrganizationCreate, caller: Caller
    ) -> operations.CreateOrganization201:
        """Create an organization; users may only with the flag `user_org_creation`."""
        sent = raw(body)
        await self._context.database.read(lambda reader: require_creation(reader, caller))
        refuse(messages.create_organization(sent))
        if sent.get("suspended") and not caller.is_admin:
            raise v3_error(table.NOT_AUTHORIZED)
        document = await self._context.database.write(
            lambda transaction: _create(transaction, caller, sent)
        )
        return operations.CreateOrganization201(body=Json(self._context.shown(document)))

    async def update_organization(
        self,
        params: operations.UpdateOrganizationParams,
        body: models.OrganizationUpdate | None,
        caller: Caller,
    ) -> operations.UpdateOrganization200:
        """Rename an organization, suspend it or change its metadata."""
        sent = raw(body)
        document = await self._context.database.write(
            lambda transaction: _update(transaction, caller, params.guid, sent)
        )
        return operations.UpdateOrganization200(body=Json(self._context.shown(document)))

    async def delete_organization(
        self, params: operations.DeleteOrganizationParams, caller: Caller
    ) -> operations.DeleteOrganization202:
        """Queue the deletion of an organization and all that is in it; admins only."""

        def write(transaction: Transaction) -> str:
            record = readable(transaction, caller, params.guid)
            if not caller.is_admin:
                raise v3_error(table.NOT_AUTHORIZED)
            transaction.set_columns(ORGANIZATIONS, record.guid, being_deleted=True)
            _record(transaction, caller, "delete-request", record, {"recursive": True})
            job = NewJob(
                operation="organization.delete",
                resource_type="organization",
                resource_guid=record.guid,
            )
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeleteOrganization202(location=self._context.job_url(job))


def require_creation(reader: Reader, caller: Caller) -> None:
    """Raise 403 unless the caller may create organizations at all; checked before the body."""
    if caller.is_admin or access.is_enabled(reader, FeatureFlag.USER_ORG_CREATION):
        return
    raise v3_error(table.NOT_AUTHORIZED)


def _create(transaction: Transaction, caller: Caller, sent: Mapping[str, Any]) -> bytes:
    if transaction.first(ORGANIZATIONS, name=sent["name"]) is not None:
        text = messages.organization_name_taken(sent["name"])
        raise v3_error(table.UNPROCESSABLE, text)
    moment = clock.now()
    record = OrganizationRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        name=sent["name"],
        quota_guid=DEFAULT_QUOTA,
        suspended=bool(sent.get("suspended", False)),
    )
    labelled = metadata.merged(Metadata(), sent)
    document = present(record, labelled)
    transaction.insert(ORGANIZATIONS, record, document)
    transaction.set_metadata(ORGANIZATIONS, record.guid, labelled)
    _record(transaction, caller, "create", record, sent)
    if not caller.is_admin and transaction.record(USERS, caller.user_guid) is not None:
        _make_manager(transaction, caller, record.guid, sent)
    return document


def readable(reader: Reader, caller: Caller, guid: str) -> OrganizationRecord:
    """Return an organization; raise 404 when the caller cannot read it."""
    return lookup.record(reader, caller, ORGANIZATIONS, guid, "Organization")


def editable(reader: Reader, caller: Caller, guid: str) -> OrganizationRecord:
    """Return an organization that the caller may change now; checked before the body.

    Raises 404 when he cannot read it, 403 when he may not write or it is suspended, 422 when it is
    being deleted.
    """
    record = readable(reader, caller, guid)
    access.require(reader, caller, Right.WRITE_ORGANIZATION, organization_guid=guid)
    access.require_active(reader, caller, organization_guid=guid)
    return record


def _update(transaction: Transaction, caller: Caller, guid: str, sent: Mapping[str, Any]) -> bytes:
    record = editable(transaction, caller, guid)
    refuse(messages.update(sent))
    if sent.get("suspended") and not caller.is_admin:
        raise v3_error(table.NOT_AUTHORIZED)
    name = sent.get("name", record.name)
    if name != record.name and transaction.first(ORGANIZATIONS, name=name) is not None:
        raise v3_error(table.UNPROCESSABLE, messages.organization_rename_taken(name))
    changed = replace(
        record,
        name=name,
        suspended=sent.get("suspended", record.suspended),
        updated_at=clock.now(),
    )
    labelled = metadata.merged(transaction.metadata(ORGANIZATIONS, guid), sent)
    document = present(changed, labelled)
    transaction.update(ORGANIZATIONS, changed, document)
    transaction.set_metadata(ORGANIZATIONS, guid, labelled)
    _record(transaction, caller, "update", changed, sent)
    return document


def _record(
    transaction: Transaction,
    caller: Caller,
    verb: str,
    record: OrganizationRecord,
    sent: Mapping[str, Any],
) -> None:
    audit.record(
        transaction,
        caller,
        f"audit.organization.{verb}",
        target=audit.Target(record.guid, "organization", record.name),
        organization_guid=record.guid,
        data={"request": dict(sent)},
    )


def _make_manager(
    transaction: Transaction, caller: Caller, organization_guid: str, sent: Mapping[str, Any]
) -> None:
    roles: tuple[RoleType, ...] = ("organization_user", "organization_manager")
    for role in roles:
        grant_role(transaction, caller.user_guid, role, organization_guid=organization_guid)
        audit.record(
            transaction,
            caller,
            f"audit.user.{role}_add",
            target=audit.Target(caller.user_guid, "user", caller.user_name),
            organization_guid=organization_guid,
            data={"request": dict(sent)},
        )
