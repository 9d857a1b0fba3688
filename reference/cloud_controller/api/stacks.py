"""What do the operations of the tag Stacks do (behaviour document, 5.7)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from capi.operations import stacks as operations
from cloud_controller.api import audit, listing, metadata
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.domain.messages import stacks as messages
from cloud_controller.present.stacks import stack as present
from cloud_controller.store import APPS, STACKS, In, Metadata, StackRecord, clock
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Filter, Reader, Transaction


class Stacks:
    """Implements the generated `StacksApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_stacks(
        self, params: operations.ListStacksParams, caller: Caller
    ) -> operations.ListStacks200:
        """List the stacks."""
        fixed: list[Filter] = []
        if params.default is not None:
            fixed.append(In("is_default", (int(params.default == "true"),)))
        request = listing.ListRequest(
            entity=STACKS,
            path="/v3/stacks",
            params=params,
            own={"names": ("name", params.names)},
            fixed=fixed,
            repeated={"default": params.default},
        )
        found = await self._context.database.read(
            lambda reader: listing.find(reader, request, caller)
        )
        body = self._context.shown(listing.page(request, found))
        return operations.ListStacks200(body=Json(body))

    async def get_stack(
        self,
        params: operations.GetStackParams,
        caller: Caller,  # noqa: ARG002 -- anyone with a reading scope
    ) -> operations.GetStack200:
        """Show one stack."""
        document = await self._context.database.read(
            lambda reader: reader.document(STACKS, params.guid)
        )
        if document is None:
            raise v3_error(table.RESOURCE_NOT_FOUND, "Stack")
        return operations.GetStack200(body=Json(self._context.shown(document)))

    async def create_stack(
        self, body: models.StackCreate, caller: Caller
    ) -> operations.CreateStack201:
        """Create a stack."""
        if not caller.is_admin:
            raise v3_error(table.NOT_AUTHORIZED)
        sent = raw(body)
        refuse(messages.create(sent))
        document = await self._context.database.write(
            lambda transaction: _create(transaction, caller, sent)
        )
        return operations.CreateStack201(body=Json(self._context.shown(document)))

    async def update_stack(
        self, params: operations.UpdateStackParams, body: models.StackUpdate | None, caller: Caller
    ) -> operations.UpdateStack200:
        """Change state and metadata."""
        sent = raw(body)
        document = await self._context.database.write(
            lambda transaction: _update(transaction, caller, params.guid, sent)
        )
        return operations.UpdateStack200(body=Json(self._context.shown(document)))

    async def delete_stack(
        self, params: operations.DeleteStackParams, caller: Caller
    ) -> operations.DeleteStack204:
        """Delete a stack that no app is on."""

        def write(transaction: Transaction) -> None:
            record = addressed(transaction, caller, params.guid)
            if transaction.first(APPS, stack=record.name) is not None:
                raise v3_error(table.UNPROCESSABLE, messages.still_used(record.name))
            transaction.delete(STACKS, record.guid)
            _tell(transaction, caller, "delete", record)

        await self._context.database.write(write)
        return operations.DeleteStack204()

    async def list_apps_for_stack(
        self, params: operations.ListAppsForStackParams, caller: Caller
    ) -> operations.ListAppsForStack200:
        """List the apps on a stack that the caller's roles let him see."""

        def read(reader: Reader) -> bytes:
            record = reader.record(STACKS, params.guid)
            if record is None:
                raise v3_error(table.RESOURCE_NOT_FOUND, "Stack")
            request = _apps(params, record)
            return listing.page(request, listing.find(reader, request, caller))

        body = self._context.shown(await self._context.database.read(read))
        return operations.ListAppsForStack200(body=Json(body))


def addressed(reader: Reader, caller: Caller, guid: str) -> StackRecord:
    """Return a stack that is to be changed; raises 404, then 403 for all but admins."""
    record = reader.record(STACKS, guid)
    if record is None:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Stack")
    if not caller.is_admin:
        raise v3_error(table.NOT_AUTHORIZED)
    return record


def _apps(params: operations.ListAppsForStackParams, stack: StackRecord) -> listing.ListRequest:
    fixed: list[Filter] = [In("stack", (stack.name,))]
    if params.lifecycle_type is not None:
        fixed.append(In("lifecycle_type", (params.lifecycle_type,)))
    return listing.ListRequest(
        entity=APPS,
        path=f"/v3/stacks/{stack.guid}/apps",
        params=params,
        own={
            "names": ("name", params.names),
            "space_guids": ("space_guid", params.space_guids),
            "organization_guids": ("organization_guid", params.organization_guids),
        },
        fixed=fixed,
        repeated={"lifecycle_type": params.lifecycle_type},
    )


def _create(transaction: Transaction, caller: Caller, sent: Mapping[str, Any]) -> bytes:
    moment = clock.now()
    name = messages.stripped(sent["name"])
    if transaction.first(STACKS, name=name) is not None:
        raise v3_error(table.UNPROCESSABLE, messages.TAKEN)
    record = StackRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        name=name,
        description=sent.get("description"),
        state=sent.get("state", "ACTIVE"),
        state_reason=sent.get("state_reason"),
        run_rootfs_image=name,
        build_rootfs_image=name,
    )
    labelled = metadata.merged(Metadata(), sent)
    document = present(record, labelled)
    transaction.insert(STACKS, record, document)
    transaction.set_metadata(STACKS, record.guid, labelled)
    _tell(transaction, caller, "create", record, sent)
    return document


def _update(transaction: Transaction, caller: Caller, guid: str, sent: Mapping[str, Any]) -> bytes:
    record = addressed(transaction, caller, guid)
    refuse(messages.update(sent))
    stored = transaction.metadata(STACKS, guid)
    labelled = metadata.merged(stored, sent)
    changes = {name: sent[name] for name in ("state", "state_reason") if name in sent}
    changed = replace(record, **changes)
    if changed != record or labelled != stored:
        changed = replace(changed, updated_at=clock.now())
    document = present(changed, labelled)
    transaction.update(STACKS, changed, document)
    transaction.set_metadata(STACKS, guid, labelled)
    _tell(transaction, caller, "update", changed, sent)
    return document


def _tell(
    transaction: Transaction,
    caller: Caller,
    verb: str,
    record: StackRecord,
    sent: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        transaction,
        caller,
        f"audit.stack.{verb}",
        target=audit.Target(record.guid, "stack", record.name),
        data={} if sent is None else {"request": dict(sent)},
    )
