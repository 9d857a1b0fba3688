"""What do the operations of the tags Processes and AppProcesses do?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from capi.operations import app_processes as nested
from capi.operations import processes as operations
from cloud_controller.api import app_rows, listing, process_changes
from cloud_controller.api.bodies import raw
from cloud_controller.api.process_changes import OfApp, find
from cloud_controller.domain.roles import Right
from cloud_controller.present import processes as present
from cloud_controller.store import APPS, In
from cloud_controller.store.entities import LISTED_PROCESSES, PROCESSES
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.api.process_changes import Address
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader


class Processes:
    """Implements the generated `ProcessesApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_processes(
        self, params: operations.ListProcessesParams, caller: Caller
    ) -> operations.ListProcesses200:
        """List the processes that the caller's roles let him see, without their commands."""
        request = listing.ListRequest(
            entity=LISTED_PROCESSES,
            path="/v3/processes",
            params=params,
            own={
                "types": ("type", params.types),
                "app_guids": ("app_guid", params.app_guids),
                "space_guids": ("space_guid", params.space_guids),
                "organization_guids": ("organization_guid", params.organization_guids),
            },
            repeated={"embed": params.embed},
        )
        found = await self._context.database.read(
            lambda reader: _embedded(reader, listing.find(reader, request, caller), params.embed)
        )
        body = self._context.shown(listing.page(request, found))
        return operations.ListProcesses200(body=Json(body))

    async def get_process(
        self, params: operations.GetProcessParams, caller: Caller
    ) -> operations.GetProcess200:
        """Show one process."""
        return operations.GetProcess200(body=Json(await _shown(self._context, caller, params.guid)))

    async def update_process(
        self,
        params: operations.UpdateProcessParams,
        body: models.ProcessUpdate | None,
        caller: Caller,
    ) -> operations.UpdateProcess200:
        """Change command, user, health checks and metadata of a process."""
        document = await self._context.database.write(
            lambda transaction: process_changes.update(transaction, caller, params.guid, raw(body))
        )
        return operations.UpdateProcess200(body=Json(self._context.shown(document)))

    async def scale_process(
        self,
        params: operations.ScaleProcessParams,
        body: models.ProcessScale | None,
        caller: Caller,
    ) -> operations.ScaleProcess202:
        """Change the number of instances and what each gets."""
        document = await self._context.database.write(
            lambda transaction: process_changes.scale(transaction, caller, params.guid, raw(body))
        )
        return operations.ScaleProcess202(body=Json(self._context.shown(document)))

    async def get_process_stats(
        self, params: operations.GetProcessStatsParams, caller: Caller
    ) -> operations.GetProcessStats200:
        """Show the instances of a process."""
        body = await self._context.database.read(lambda reader: _stats(reader, caller, params.guid))
        return operations.GetProcessStats200(body=Json(body))

    async def terminate_process_instance(
        self, params: operations.TerminateProcessInstanceParams, caller: Caller
    ) -> operations.TerminateProcessInstance204:
        """End one instance."""
        await self._context.database.write(
            lambda transaction: process_changes.terminate(
                transaction, caller, params.guid, params.index
            )
        )
        return operations.TerminateProcessInstance204()


class AppProcesses:
    """Implements the generated `AppProcessesApi`: the same, by app and type."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_processes_for_app(
        self, params: nested.ListProcessesForAppParams, caller: Caller
    ) -> nested.ListProcessesForApp200:
        """List the processes of one app, without their commands."""
        request = listing.ListRequest(
            entity=LISTED_PROCESSES,
            path=f"/v3/apps/{params.guid}/processes",
            params=params,
            own={"types": ("type", params.types)},
            fixed=(In("app_guid", (params.guid,)),),
            repeated={"embed": params.embed},
        )

        def read(reader: Reader) -> listing.Found:
            app_rows.readable(reader, caller, params.guid)
            return _embedded(reader, listing.find(reader, request, caller), params.embed)

        found = await self._context.database.read(read)
        body = self._context.shown(listing.page(request, found))
        return nested.ListProcessesForApp200(body=Json(body))

    async def get_process_for_app(
        self, params: nested.GetProcessForAppParams, caller: Caller
    ) -> nested.GetProcessForApp200:
        """Show the process of one type."""
        body = await _shown(self._context, caller, OfApp(params.guid, params.type))
        return nested.GetProcessForApp200(body=Json(body))

    async def update_process_for_app(
        self,
        params: nested.UpdateProcessForAppParams,
        body: models.ProcessUpdate | None,
        caller: Caller,
    ) -> nested.UpdateProcessForApp200:
        """Change command, user, health checks and metadata of the process of one type."""
        address = OfApp(params.guid, params.type)
        document = await self._context.database.write(
            lambda transaction: process_changes.update(transaction, caller, address, raw(body))
        )
        return nested.UpdateProcessForApp200(body=Json(self._context.shown(document)))

    async def scale_process_for_app(
        self,
        params: nested.ScaleProcessForAppParams,
        body: models.ProcessScale | None,
        caller: Caller,
    ) -> nested.ScaleProcessForApp202:
        """Change the number of instances of the process of one type, and what each gets."""
        address = OfApp(params.guid, params.type)
        document = await self._context.database.write(
            lambda transaction: process_changes.scale(transaction, caller, address, raw(body))
        )
        return nested.ScaleProcessForApp202(body=Json(self._context.shown(document)))

    async def get_process_stats_for_app(
        self, params: nested.GetProcessStatsForAppParams, caller: Caller
    ) -> nested.GetProcessStatsForApp200:
        """Show the instances of the process of one type."""
        address = OfApp(params.guid, params.type)
        body = await self._context.database.read(lambda reader: _stats(reader, caller, address))
        return nested.GetProcessStatsForApp200(body=Json(body))

    async def terminate_process_instance_for_app(
        self, params: nested.TerminateProcessInstanceForAppParams, caller: Caller
    ) -> nested.TerminateProcessInstanceForApp204:
        """End one instance of the process of one type."""
        address = OfApp(params.guid, params.type)
        await self._context.database.write(
            lambda transaction: process_changes.terminate(
                transaction, caller, address, params.index
            )
        )
        return nested.TerminateProcessInstanceForApp204()


def _embedded(reader: Reader, found: listing.Found, embed: Sequence[str] | None) -> listing.Found:
    if not embed:
        return found
    return listing.Found(found.shown, [_with_instances(reader, one) for one in found.documents])


def _with_instances(reader: Reader, document: bytes) -> bytes:
    """Return a listed process with its instances; like its stats, one of a started app has none."""
    process = json.loads(document, strict=False)
    app = reader.referenced(APPS, process["relationships"]["app"]["data"]["guid"])
    wanted = 0 if app.state == "STARTED" else process["instances"]
    return present.with_instances(document, wanted)


def _stats(reader: Reader, caller: Caller, address: Address) -> bytes:
    record = find(reader, caller, address)
    app = reader.referenced(APPS, record.app_guid)
    return present.stats(record, started=app.state == "STARTED")


async def _shown(context: Context, caller: Caller, address: Address) -> bytes:
    """Return the document of a process; only who may read secrets sees its command."""

    def read(reader: Reader) -> bytes:
        record = find(reader, caller, address)
        app = reader.referenced(APPS, record.app_guid)
        if app_rows.may(reader, caller, app, Right.READ_SECRETS):
            return reader.stored_document(PROCESSES, record.guid)
        labelled = reader.metadata(PROCESSES, record.guid)
        return present.process(record, labelled, detected=None, redacted=present.HIDDEN)

    return context.shown(await context.database.read(read))
