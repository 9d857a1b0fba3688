"""What do the operations of the tag CurrentDroplets do (behaviour document, 5.3 and 5.5)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi.operations import current_droplets as operations
from cloud_controller.api import app_rows, process_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.messages import apps as messages
from cloud_controller.domain.roles import Right
from cloud_controller.present.apps import current_droplet
from cloud_controller.store.entities import DROPLETS
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Reader, Transaction
    from cloud_controller.store.records import DropletRecord


class CurrentDroplets:
    """Implements the generated `CurrentDropletsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_current_droplet(
        self, params: operations.GetCurrentDropletParams, caller: Caller
    ) -> operations.GetCurrentDroplet200:
        """Show the droplet that an app runs, with its secrets, to every reader."""

        def read(reader: Reader) -> bytes:
            guid = _current(reader, caller, params.guid)
            return reader.stored_document(DROPLETS, guid)

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetCurrentDroplet200(body=Json(body))

    async def get_current_droplet_relationship(
        self, params: operations.GetCurrentDropletRelationshipParams, caller: Caller
    ) -> operations.GetCurrentDropletRelationship200:
        """Show which droplet an app runs."""
        guid = await self._context.database.read(
            lambda reader: _current(reader, caller, params.guid)
        )
        body = self._context.shown(current_droplet(params.guid, guid))
        return operations.GetCurrentDropletRelationship200(body=Json(body))

    async def set_current_droplet(
        self,
        params: operations.SetCurrentDropletParams,
        body: models.CurrentDropletUpdate,
        caller: Caller,
    ) -> operations.SetCurrentDroplet200:
        """Make an app run another droplet from its next start on."""
        sent = raw(body)["data"]["guid"]

        def write(transaction: Transaction) -> None:
            app = changeable(transaction, caller, params.guid)
            assign(transaction, caller, app, assignable(transaction, app, sent))

        await self._context.database.write(write)
        shown = self._context.shown(current_droplet(params.guid, sent))
        return operations.SetCurrentDroplet200(body=Json(shown))


def changeable(reader: Reader, caller: Caller, guid: str) -> AppRecord:
    """Return an app whose droplet the caller may replace; raise 404 or 403 otherwise."""
    app = app_rows.readable(reader, caller, guid)
    app_rows.require(reader, caller, app, Right.MANAGE_APPS)
    return app


def assignable(reader: Reader, app: AppRecord, guid: object) -> DropletRecord:
    """Return a droplet that the app can run; raise 422 for any other."""
    droplet = reader.record(DROPLETS, guid) if isinstance(guid, str) else None
    if droplet is None or droplet.app_guid != app.guid:
        raise v3_error(table.UNPROCESSABLE, messages.DROPLET_INVALID)
    if droplet.state != "STAGED":
        raise v3_error(table.UNPROCESSABLE, messages.DROPLET_NOT_STAGED)
    if not droplet.process_types:
        raise v3_error(table.UNPROCESSABLE, messages.NO_PROCESS_TYPES)
    return droplet


def assign(
    transaction: Transaction, caller: Caller | None, app: AppRecord, droplet: DropletRecord
) -> None:
    """Make an app run a droplet, and create the processes that it brings along."""
    app_rows.update_app(transaction, app, current_droplet_guid=droplet.guid)
    changed = app_rows.stored(transaction, app)
    data: dict[str, Any] = {"request": {"droplet_guid": droplet.guid}}
    app_rows.audit_event(transaction, caller, changed, "droplet.mapped", **data)
    process_rows.ensure_processes(transaction, changed, droplet.process_types, caller)


def _current(reader: Reader, caller: Caller, guid: str) -> str:
    app = app_rows.readable(reader, caller, guid)
    if app.current_droplet_guid is None:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Droplet")
    return app.current_droplet_guid
