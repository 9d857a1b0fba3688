"""What do the operations of the tag RouteDestinations do?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi.operations import route_destinations as operations
from cloud_controller.api import error_table as table
from cloud_controller.api import route_destinations, route_rows
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.api.routes import readable, writable
from cloud_controller.domain.messages import destinations as messages
from cloud_controller.present.routes import destination, destinations
from cloud_controller.store.entities import ROUTE_DESTINATIONS
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.records import RouteDestinationRecord, RouteRecord


class RouteDestinations:
    """Implements the generated `RouteDestinationsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_route_destinations(
        self, params: operations.GetRouteDestinationsParams, caller: Caller
    ) -> operations.GetRouteDestinations200:
        """Show where a route leads to."""

        def read(reader: Reader) -> bytes:
            route = readable(reader, caller, params.guid)
            found = [
                one
                for one in route_rows.destinations_of(reader, route.guid)
                if (params.guids is None or one.guid in params.guids)
                and (params.app_guids is None or one.app_guid in params.app_guids)
            ]
            return destinations(route.guid, found)

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetRouteDestinations200(body=Json(body))

    async def add_route_destinations(
        self,
        params: operations.AddRouteDestinationsParams,
        body: models.RouteDestinationsAdd,
        caller: Caller,
    ) -> operations.AddRouteDestinations200:
        """Let a route lead to more apps."""
        document = await self._destinations(params.guid, raw(body), caller, replaced=False)
        return operations.AddRouteDestinations200(body=Json(document))

    async def replace_route_destinations(
        self,
        params: operations.ReplaceRouteDestinationsParams,
        body: models.RouteDestinationsReplace,
        caller: Caller,
    ) -> operations.ReplaceRouteDestinations200:
        """Let a route lead to these apps only."""
        document = await self._destinations(params.guid, raw(body), caller, replaced=True)
        return operations.ReplaceRouteDestinations200(body=Json(document))

    async def _destinations(
        self, guid: str, sent: dict[str, Any], caller: Caller, *, replaced: bool
    ) -> bytes:
        rules = messages.replace if replaced else messages.add
        refuse(rules(sent))

        def write(transaction: Transaction) -> bytes:
            route = writable(transaction, caller, guid)
            wanted = route_destinations.wanted(sent["destinations"])
            route_destinations.require_apps(transaction, caller, route, wanted)
            change = route_destinations.Change(transaction, caller, route)
            (change.replace if replaced else change.add)(wanted)
            return destinations(guid, route_rows.destinations_of(transaction, guid))

        return self._context.shown(await self._context.database.write(write))

    async def update_route_destination(
        self,
        params: operations.UpdateRouteDestinationParams,
        body: models.RouteDestinationUpdate,
        caller: Caller,
    ) -> operations.UpdateRouteDestination200:
        """Change the protocol of a destination."""
        sent = raw(body)

        def write(transaction: Transaction) -> bytes:
            route = writable(transaction, caller, params.guid)
            found = _destination(transaction, route, params.destination_guid)
            change = route_destinations.Change(transaction, caller, route)
            return destination(change.set_protocol(found, sent["protocol"]))

        document = await self._context.database.write(write)
        return operations.UpdateRouteDestination200(body=Json(self._context.shown(document)))

    async def remove_route_destination(
        self, params: operations.RemoveRouteDestinationParams, caller: Caller
    ) -> operations.RemoveRouteDestination204:
        """Remove a destination."""

        def write(transaction: Transaction) -> None:
            route = writable(transaction, caller, params.guid)
            found = _destination(transaction, route, params.destination_guid)
            route_destinations.Change(transaction, caller, route).remove(found)

        await self._context.database.write(write)
        return operations.RemoveRouteDestination204()


def _destination(reader: Reader, route: RouteRecord, guid: str) -> RouteDestinationRecord:
    found = reader.first(ROUTE_DESTINATIONS, guid=guid, route_guid=route.guid)
    if found is None:
        raise v3_error(table.UNPROCESSABLE, messages.MISSING)
    return found
