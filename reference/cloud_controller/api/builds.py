"""What do the operations of the tag Builds do (behaviour document, 5.4)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from capi.operations import builds as operations
from cloud_controller.api import (
    access,
    app_rows,
    build_requests,
    build_rows,
    listing,
    lookup,
    metadata,
)
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.api.process_rows import ensure_processes
from cloud_controller.domain.messages import builds as messages
from cloud_controller.domain.staging import StagedDroplet, StagingErrorId, StagingFailedError
from cloud_controller.present.builds import build as present
from cloud_controller.store import APPS, In, clock
from cloud_controller.store.entities import BUILDS
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.records import BuildRecord


class Builds:
    """Implements the generated `BuildsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_builds(
        self, params: operations.ListBuildsParams, caller: Caller
    ) -> operations.ListBuilds200:
        """List the builds that the caller's roles let him see."""
        request = listing.ListRequest(
            entity=BUILDS,
            path="/v3/builds",
            params=params,
            own={
                "states": ("state", params.states),
                "app_guids": ("app_guid", params.app_guids),
                "package_guids": ("package_guid", params.package_guids),
            },
        )
        found = await self._context.database.read(
            lambda reader: listing.find(reader, request, caller)
        )
        body = self._context.shown(listing.page(request, found))
        return operations.ListBuilds200(body=Json(body))

    async def list_builds_for_app(
        self, params: operations.ListBuildsForAppParams, caller: Caller
    ) -> operations.ListBuildsForApp200:
        """List the builds of one app, if the caller can read it."""
        request = listing.ListRequest(
            entity=BUILDS,
            path=f"/v3/apps/{params.guid}/builds",
            params=params,
            own={"states": ("state", params.states)},
            fixed=(In("app_guid", (params.guid,)),),
        )

        def read(reader: Reader) -> listing.Found:
            app_rows.readable(reader, caller, params.guid)
            return listing.find(reader, request, caller)

        found = await self._context.database.read(read)
        body = self._context.shown(listing.page(request, found))
        return operations.ListBuildsForApp200(body=Json(body))

    async def get_build(
        self, params: operations.GetBuildParams, caller: Caller
    ) -> operations.GetBuild200:
        """Show one build."""
        document = await self._context.database.read(
            lambda reader: lookup.document(reader, caller, BUILDS, params.guid, "Build")
        )
        return operations.GetBuild200(body=Json(self._context.shown(document)))

    async def create_build(
        self, body: models.BuildCreate, caller: Caller
    ) -> operations.CreateBuild201:
        """Begin to stage a package."""
        sent = raw(body)
        refuse(messages.create(sent))
        document = await self._context.database.write(
            lambda transaction: _create(self._context, transaction, caller, sent)
        )
        return operations.CreateBuild201(body=Json(self._context.shown(document)))

    async def update_build(
        self,
        params: operations.UpdateBuildParams,
        body: models.BuildUpdate | None,
        caller: Caller,
    ) -> operations.UpdateBuild200:
        """Merge metadata, or note how an external stager fared."""
        sent = raw(body)
        document = await self._context.database.write(
            lambda transaction: _update(self._context, transaction, caller, params.guid, sent)
        )
        return operations.UpdateBuild200(body=Json(self._context.shown(document)))


def _create(
    context: Context, transaction: Transaction, caller: Caller, sent: Mapping[str, Any]
) -> bytes:
    package, app = build_requests.stageable(transaction, caller, sent["package"]["guid"])
    chosen = build_requests.lifecycle(transaction, package, app, sent.get("lifecycle"))
    build_requests.require_idle(transaction, app)
    if not build_requests.is_ready(package):
        raise v3_error(table.BAD_REQUEST, messages.PACKAGE_NOT_READY)
    build_requests.require_buildpacks(transaction, context.settings, chosen)
    request = build_requests.request(context.settings, chosen, sent)
    if request.disk_mb > context.settings.max_staging_disk_mb:
        raise v3_error(table.UNPROCESSABLE, messages.DISK_LIMIT)
    record = build_rows.create_build(transaction, caller, package, app, request)
    return present(record, request.labelled)


def require_update(
    reader: Reader, caller: Caller, guid: str, sent: Mapping[str, Any]
) -> BuildRecord:
    """Return the build that a body may change; raise 404 or 403 before it is looked at closely."""
    visible_to = None if caller.updates_build_state else caller.visible_to
    record = reader.record(BUILDS, guid, visible_to=visible_to)
    if record is None:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Build")
    if "state" not in sent:
        access.require_space_write(
            reader,
            caller,
            space_guid=record.space_guid,
            organization_guid=record.organization_guid,
        )
    elif not (caller.updates_build_state or caller.is_admin):
        raise v3_error(table.NOT_AUTHORIZED)
    return record


def _update(
    context: Context,
    transaction: Transaction,
    caller: Caller,
    guid: str,
    sent: Mapping[str, Any],
) -> bytes:
    record = require_update(transaction, caller, guid, sent)
    refuse(messages.update(sent))
    stored = transaction.metadata(BUILDS, guid)
    labelled = metadata.merged(stored, sent)
    if labelled != stored:
        record = replace(record, updated_at=clock.now())
        transaction.set_metadata(BUILDS, guid, labelled)
        transaction.update(BUILDS, record, present(record, labelled))
    if sent.get("state") == "FAILED":
        reason = sent.get("error") or "staging failed"
        failure = StagingFailedError(StagingErrorId.STAGER_ERROR, reason)
        build_rows.finish_failed(transaction, record, failure)
    elif sent.get("state") == "STAGED":
        _take(context, transaction, caller, record, sent["lifecycle"])
    return transaction.stored_document(BUILDS, guid)


def _take(
    context: Context,
    transaction: Transaction,
    caller: Caller,
    record: BuildRecord,
    result: Mapping[str, Any],
) -> None:
    """Make what an external stager built the app's current droplet."""
    data = result.get("data")
    image = data.get("image") if isinstance(data, dict) else None
    staged = StagedDroplet(
        tarball=None, process_types={"web": ""}, image=image if isinstance(image, str) else None
    )
    keep = context.settings.max_staged_droplets_stored
    if not build_rows.finish_staged(transaction, record, staged, keep=keep):
        return
    app = transaction.referenced(APPS, record.app_guid)
    app_rows.update_app(transaction, app, current_droplet_guid=record.droplet_guid)
    ensure_processes(transaction, app_rows.stored(transaction, app), staged.process_types, caller)
