"""What do the operations of the tag Apps do (behaviour document, 5.3)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from capi.operations import apps as operations
from cloud_controller.api import access, app_lifecycles, listing, metadata
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.messages import apps as messages
from cloud_controller.domain.messages.relationships import guid_of
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.apps import app as present
from cloud_controller.present.pages import with_included
from cloud_controller.store import (
    APPS,
    ORGANIZATIONS,
    SPACES,
    AppRecord,
    Filter,
    In,
    Metadata,
    clock,
)
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, SpaceRecord, Transaction


class Apps:
    """Implements the generated `AppsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_apps(
        self, params: operations.ListAppsParams, caller: Caller
    ) -> operations.ListApps200:
        """List the apps that the caller's roles let him see."""
        listing.check_include(params.include)
        request = listing.ListRequest(
            entity=APPS,
            path="/v3/apps",
            params=params,
            own={
                "names": ("name", params.names),
                "space_guids": ("space_guid", params.space_guids),
                "organization_guids": ("organization_guid", params.organization_guids),
            },
            fixed=_lifecycle_filters(params),
            repeated={
                "stacks": params.stacks,
                "lifecycle_type": params.lifecycle_type,
                "include": params.include,
            },
        )

        def read(reader: Reader) -> bytes:
            found = listing.find(reader, request, caller)
            included = _included(reader, found.documents, params.include)
            return listing.page(request, found, included)

        body = self._context.shown(await self._context.database.read(read))
        return operations.ListApps200(body=Json(body))

    async def get_app(
        self, params: operations.GetAppParams, caller: Caller
    ) -> operations.GetApp200:
        """Show one app, with its space and organization if `include` asks for them."""
        listing.check_include(params.include)

        def read(reader: Reader) -> bytes:
            document = reader.document(APPS, params.guid, visible_to=caller.visible_to)
            if document is None:
                raise v3_error(table.RESOURCE_NOT_FOUND, "App")
            included = _included(reader, [document], params.include)
            return with_included(document, included) if included is not None else document

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetApp200(body=Json(body))

    async def create_app(self, body: models.AppCreate, caller: Caller) -> operations.CreateApp201:
        """Create a stopped app."""
        sent = raw(body)
        problems = messages.create(sent)
        if problems:
            raise v3_error(table.UNPROCESSABLE, ", ".join(problems))
        document = await self._context.database.write(
            lambda transaction: _create(transaction, caller, sent)
        )
        return operations.CreateApp201(body=Json(self._context.shown(document)))

    async def delete_app(
        self, params: operations.DeleteAppParams, caller: Caller
    ) -> operations.DeleteApp202:
        """Queue the deletion of an app and its packages."""

        def write(transaction: Transaction) -> str:
            record = transaction.record(APPS, params.guid, visible_to=caller.visible_to)
            if record is None:
                raise v3_error(table.RESOURCE_NOT_FOUND, "App")
            access.require_space_write(
                transaction,
                caller,
                space_guid=record.space_guid,
                organization_guid=record.organization_guid,
            )
            job = NewJob(operation="app.delete", resource_type="app", resource_guid=record.guid)
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeleteApp202(location=self._context.job_url(job))


def _lifecycle_filters(params: operations.ListAppsParams) -> list[Filter]:
    filters: list[Filter] = []
    if params.stacks is not None:
        # An empty member also stands for apps without a stack (1.6).
        named = tuple(name for name in params.stacks if name)
        filters.append(In("stack", named, or_null=len(named) < len(params.stacks)))
    if params.lifecycle_type is not None:
        filters.append(In("lifecycle_type", (params.lifecycle_type,)))
    return filters


def _included(
    reader: Reader, documents: Sequence[bytes], include: Sequence[str] | None
) -> dict[str, list[bytes]] | None:
    if not include:
        return None
    spaces = listing.documents_of(reader, SPACES, listing.related(documents, "space"))
    found = {}
    if "space" in include or "space.organization" in include:
        found["spaces"] = spaces
    if "org" in include or "space.organization" in include:
        guids = listing.related(spaces, "organization")
        found["organizations"] = listing.documents_of(reader, ORGANIZATIONS, guids)
    return found


def _space(reader: Reader, caller: Caller, sent: Mapping[str, Any]) -> SpaceRecord:
    guid = guid_of(sent, "space")
    space = reader.record(SPACES, guid, visible_to=caller.visible_to) if guid else None
    if space is None:
        raise v3_error(table.UNPROCESSABLE, messages.SPACE_INVALID)
    access.require_space_write(
        reader, caller, space_guid=space.guid, organization_guid=space.organization_guid
    )
    return space


def _create(transaction: Transaction, caller: Caller, sent: Mapping[str, Any]) -> bytes:
    space = _space(transaction, caller, sent)
    lifecycle = app_lifecycles.resolve(transaction, sent.get("lifecycle"))
    if transaction.first(APPS, space_guid=space.guid, name=sent["name"]) is not None:
        raise v3_error(table.UNIQUENESS, messages.name_taken(sent["name"]))
    moment = clock.now()
    record = AppRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        name=sent["name"],
        space_guid=space.guid,
        organization_guid=space.organization_guid,
        lifecycle_type=lifecycle.type,
        lifecycle_data=lifecycle.data,
        stack=lifecycle.stack,
        environment_variables=sent.get("environment_variables") or {},
    )
    labelled = metadata.merged(Metadata(), sent)
    document = present(record, labelled)
    transaction.insert(APPS, record, document)
    transaction.set_metadata(APPS, record.guid, labelled)
    return document
