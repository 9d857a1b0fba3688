"""What do the operations of the tag Buildpacks do (behaviour document, chapter 4)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from capi.operations import buildpacks as operations
from cloud_controller.api import buildpack_rows, buildpack_uploads, listing, metadata
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.domain.messages import buildpacks as messages
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.store import BUILDPACKS, STACKS, BuildpackRecord, In, Metadata, Order, clock
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Filter, Reader, Transaction


class Buildpacks:
    """Implements the generated `BuildpacksApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_buildpacks(
        self, params: operations.ListBuildpacksParams, caller: Caller
    ) -> operations.ListBuildpacks200:
        """List the buildpacks, by lifecycle and position unless told otherwise (4.2)."""
        request = listing.ListRequest(
            entity=BUILDPACKS,
            path="/v3/buildpacks",
            params=params,
            own={"names": ("name", params.names)},
            fixed=_filters(params),
            repeated={"stacks": params.stacks, "lifecycle": params.lifecycle},
            order=_order(params.order_by),
        )
        found = await self._context.database.read(
            lambda reader: listing.find(reader, request, caller)
        )
        body = self._context.shown(listing.page(request, found))
        return operations.ListBuildpacks200(body=Json(body))

    async def get_buildpack(
        self,
        params: operations.GetBuildpackParams,
        caller: Caller,  # noqa: ARG002 -- anyone with a reading scope
    ) -> operations.GetBuildpack200:
        """Show one buildpack."""
        document = await self._context.database.read(
            lambda reader: reader.document(BUILDPACKS, params.guid)
        )
        if document is None:
            raise v3_error(table.RESOURCE_NOT_FOUND, "Buildpack")
        return operations.GetBuildpack200(body=Json(self._context.shown(document)))

    async def create_buildpack(
        self, body: models.BuildpackCreate, caller: Caller
    ) -> operations.CreateBuildpack201:
        """Create a buildpack without bits (4.3)."""
        if not caller.is_admin:
            raise v3_error(table.NOT_AUTHORIZED)
        sent = raw(body)
        refuse(messages.create(sent))
        document = await self._context.database.write(
            lambda transaction: _create(transaction, caller, sent)
        )
        return operations.CreateBuildpack201(body=Json(self._context.shown(document)))

    async def update_buildpack(
        self,
        params: operations.UpdateBuildpackParams,
        body: models.BuildpackUpdate | None,
        caller: Caller,
    ) -> operations.UpdateBuildpack200:
        """Change what was sent (4.4)."""
        sent = raw(body)
        document = await self._context.database.write(
            lambda transaction: _update(transaction, caller, params.guid, sent)
        )
        return operations.UpdateBuildpack200(body=Json(self._context.shown(document)))

    async def delete_buildpack(
        self, params: operations.DeleteBuildpackParams, caller: Caller
    ) -> operations.DeleteBuildpack202:
        """Queue the deletion (4.6)."""

        def write(transaction: Transaction) -> str:
            record = buildpack_uploads.addressed(transaction, caller, params.guid)
            job = NewJob(
                operation="buildpack.delete",
                resource_type="buildpack",
                resource_guid=record.guid,
                payload=buildpack_rows.by(caller),
            )
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeleteBuildpack202(location=self._context.job_url(job))

    async def upload_buildpack(
        self,
        params: operations.UploadBuildpackParams,
        body: operations.UploadBuildpackBody,
        caller: Caller,
    ) -> operations.UploadBuildpack202:
        """Take bits and check them in a job (4.5)."""
        document, job = await buildpack_uploads.accept(
            self._context, caller, params.guid, body.bits
        )
        return operations.UploadBuildpack202(
            location=self._context.job_url(job), body=Json(self._context.shown(document))
        )


def _filters(params: operations.ListBuildpacksParams) -> list[Filter]:
    filters: list[Filter] = []
    if params.stacks is not None:
        # An empty member stands for buildpacks without a stack (S15).
        named = tuple(name for name in params.stacks if name)
        filters.append(In("stack", named, or_null=len(named) < len(params.stacks)))
    if params.lifecycle is not None:
        filters.append(In("lifecycle", (params.lifecycle,)))
    return filters


def _order(text: str | None) -> tuple[Order, ...]:
    """Return the order; `lifecycle` brings the positions with it, also when it is the default."""
    if text and text.lstrip("+-") != "lifecycle":
        return ()
    descending = text is not None and text.startswith("-")
    return (Order("lifecycle", descending), Order("position", descending))


def _create(transaction: Transaction, caller: Caller, sent: Mapping[str, Any]) -> bytes:
    moment = clock.now()
    given = {name: value for name, value in sent.items() if value is not None}
    record = BuildpackRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        name=given["name"],
        stack=given.get("stack"),
        position=int(given.get("position", 1)),
        enabled=given.get("enabled", True),
        locked=given.get("locked", False),
        lifecycle=given.get("lifecycle", "buildpack"),
    )
    _check_stack(transaction, record.stack)
    _check_free(transaction, record)
    buildpack_rows.insert(transaction, record, metadata.merged(Metadata(), sent))
    buildpack_rows.tell(transaction, caller, "create", record, sent)
    return transaction.stored_document(BUILDPACKS, record.guid)


def _update(transaction: Transaction, caller: Caller, guid: str, sent: Mapping[str, Any]) -> bytes:
    record = buildpack_uploads.addressed(transaction, caller, guid)
    refuse(messages.update(sent))
    changes = {name: sent[name] for name in ("name", "stack", "enabled", "locked") if name in sent}
    changed = replace(record, **changes)
    if changed.stack != record.stack:
        _check_stack(transaction, changed.stack)
        if record.stack is not None:
            raise v3_error(table.UNPROCESSABLE, messages.STACK_FIXED)
    if (changed.name, changed.stack) != (record.name, record.stack):
        _check_free(transaction, changed)
    labelled = metadata.merged(transaction.metadata(BUILDPACKS, guid), sent)
    position = int(sent.get("position", record.position))
    buildpack_rows.update(transaction, record, changed, position=position, labelled=labelled)
    buildpack_rows.tell(transaction, caller, "update", changed, sent)
    return transaction.stored_document(BUILDPACKS, guid)


def _check_stack(reader: Reader, stack: str | None) -> None:
    if stack is not None and reader.first(STACKS, name=stack) is None:
        raise v3_error(table.UNPROCESSABLE, messages.stack_unknown(stack))


def _check_free(reader: Reader, record: BuildpackRecord) -> None:
    if buildpack_rows.is_taken(reader, record):
        text = messages.taken(record.name, record.stack, record.lifecycle)
        raise v3_error(table.UNPROCESSABLE, text)
