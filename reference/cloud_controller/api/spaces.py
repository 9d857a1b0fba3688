"""What do the operations of the tag Spaces do (behaviour document, 5.2)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from capi.operations import spaces as operations
from cloud_controller.api import access, audit, listing, lookup, metadata
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.domain.messages import organizations as messages
from cloud_controller.domain.messages.relationships import guid_of
from cloud_controller.domain.roles import Right
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.organizations import space as present
from cloud_controller.present.pages import with_included
from cloud_controller.store import ORGANIZATIONS, SPACES, Metadata, SpaceRecord, clock
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import OrganizationRecord, Reader, Transaction


class Spaces:
    """Implements the generated `SpacesApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_spaces(
        self, params: operations.ListSpacesParams, caller: Caller
    ) -> operations.ListSpaces200:
        """List the spaces that the caller's roles let him see."""
        listing.check_include(params.include)
        request = listing.ListRequest(
            entity=SPACES,
            path="/v3/spaces",
            params=params,
            own={
                "names": ("name", params.names),
                "organization_guids": ("organization_guid", params.organization_guids),
            },
            repeated={"include": params.include},
        )

        def read(reader: Reader) -> bytes:
            found = listing.find(reader, request, caller)
            included = _organizations(reader, found.documents) if params.include else None
            return listing.page(request, found, included)

        body = self._context.shown(await self._context.database.read(read))
        return operations.ListSpaces200(body=Json(body))

    async def get_space(
        self, params: operations.GetSpaceParams, caller: Caller
    ) -> operations.GetSpace200:
        """Show one space, with its organization if `include` asks for it."""
        listing.check_include(params.include)

        def read(reader: Reader) -> bytes:
            document = lookup.document(reader, caller, SPACES, params.guid, "Space")
            if not params.include:
                return document
            return with_included(document, _organizations(reader, [document]))

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetSpace200(body=Json(body))

    async def create_space(
        self, body: models.SpaceCreate, caller: Caller
    ) -> operations.CreateSpace201:
        """Create a space in an organization that the caller manages."""
        sent = raw(body)
        refuse(messages.create_space(sent))
        document = await self._context.database.write(
            lambda transaction: _create(transaction, caller, sent)
        )
        return operations.CreateSpace201(body=Json(self._context.shown(document)))

    async def update_space(
        self,
        params: operations.UpdateSpaceParams,
        body: models.SpaceUpdate | None,
        caller: Caller,
    ) -> operations.UpdateSpace200:
        """Rename a space, suspend it or change its metadata."""
        sent = raw(body)
        document = await self._context.database.write(
            lambda transaction: _update(transaction, caller, params.guid, sent)
        )
        return operations.UpdateSpace200(body=Json(self._context.shown(document)))

    async def delete_space(
        self, params: operations.DeleteSpaceParams, caller: Caller
    ) -> operations.DeleteSpace202:
        """Queue the deletion of a space and all that is in it."""

        def write(transaction: Transaction) -> str:
            record = readable(transaction, caller, params.guid)
            _require_organization_write(transaction, caller, record.organization_guid)
            transaction.set_columns(SPACES, record.guid, being_deleted=True)
            _record(transaction, caller, "delete-request", record, {"recursive": True})
            job = NewJob(operation="space.delete", resource_type="space", resource_guid=record.guid)
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeleteSpace202(location=self._context.job_url(job))


def readable(reader: Reader, caller: Caller, guid: str) -> SpaceRecord:
    """Return a space; raise 404 when the caller cannot read it."""
    return lookup.record(reader, caller, SPACES, guid, "Space")


def editable(reader: Reader, caller: Caller, guid: str) -> SpaceRecord:
    """Return a space that the caller may update now; checked before the body.

    Raises 404 when he cannot read it, 403 when he may not update it or suspension is in the way,
    422 when it or its organization is being deleted.
    """
    record = readable(reader, caller, guid)
    where = {"space_guid": guid, "organization_guid": record.organization_guid}
    access.require(reader, caller, Right.UPDATE_SPACE, **where)
    access.require_active(reader, caller, **where)
    return record


def _organizations(reader: Reader, documents: Sequence[bytes]) -> dict[str, list[bytes]]:
    guids = listing.related(documents, "organization")
    return {"organizations": listing.documents_of(reader, ORGANIZATIONS, guids)}


def _require_organization_write(reader: Reader, caller: Caller, guid: str) -> None:
    access.require(reader, caller, Right.WRITE_ORGANIZATION, organization_guid=guid)
    access.require_active(reader, caller, organization_guid=guid)


def _organization(reader: Reader, caller: Caller, sent: Mapping[str, Any]) -> OrganizationRecord:
    guid = guid_of(sent, "organization")
    found = reader.record(ORGANIZATIONS, guid, visible_to=caller.visible_to) if guid else None
    if found is None:
        raise v3_error(table.UNPROCESSABLE, messages.ORGANIZATION_INVALID)
    _require_organization_write(reader, caller, found.guid)
    return found


def _create(transaction: Transaction, caller: Caller, sent: Mapping[str, Any]) -> bytes:
    organization = _organization(transaction, caller, sent)
    name = sent["name"]
    if transaction.first(SPACES, organization_guid=organization.guid, name=name) is not None:
        raise v3_error(table.UNPROCESSABLE, messages.SPACE_NAME_TAKEN)
    moment = clock.now()
    record = SpaceRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        name=name,
        organization_guid=organization.guid,
        suspended=bool(sent.get("suspended", False)),
    )
    labelled = metadata.merged(Metadata(), sent)
    document = present(record, labelled)
    transaction.insert(SPACES, record, document)
    transaction.set_metadata(SPACES, record.guid, labelled)
    _record(transaction, caller, "create", record, sent)
    return document


def _update(transaction: Transaction, caller: Caller, guid: str, sent: Mapping[str, Any]) -> bytes:
    record = editable(transaction, caller, guid)
    refuse(messages.update(sent))
    changed = replace(
        record,
        name=_free_name(transaction, record, sent.get("name", record.name)),
        suspended=sent.get("suspended", record.suspended),
        updated_at=clock.now(),
    )
    labelled = metadata.merged(transaction.metadata(SPACES, guid), sent)
    document = present(changed, labelled)
    transaction.update(SPACES, changed, document)
    transaction.set_metadata(SPACES, guid, labelled)
    _record(transaction, caller, "update", changed, sent)
    return document


def _free_name(reader: Reader, space: SpaceRecord, name: str) -> str:
    guid = space.organization_guid
    if name != space.name and reader.first(SPACES, organization_guid=guid, name=name) is not None:
        organization = reader.referenced(ORGANIZATIONS, guid)
        text = messages.space_rename_taken(organization.name, name)
        raise v3_error(table.UNPROCESSABLE, text)
    return name


def _record(
    transaction: Transaction,
    caller: Caller,
    verb: str,
    record: SpaceRecord,
    sent: Mapping[str, Any],
) -> None:
    audit.record(
        transaction,
        caller,
        f"audit.space.{verb}",
        target=audit.Target(record.guid, "space", record.name),
        space_guid=record.guid,
        organization_guid=record.organization_guid,
        data={"request": dict(sent)},
    )
