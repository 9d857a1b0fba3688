"""What do the operations of the tag AuditEvents do?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi.operations import audit_events as operations
from cloud_controller.api import listing, lookup
from cloud_controller.store import In
from cloud_controller.store.entities import AUDIT_EVENTS
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller


class AuditEvents:
    """Implements the generated `AuditEventsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_audit_events(
        self, params: operations.ListAuditEventsParams, caller: Caller
    ) -> operations.ListAuditEvents200:
        """List what happened where the caller has a role that lets him know."""
        others = params.target_guids_not
        request = listing.ListRequest(
            entity=AUDIT_EVENTS,
            path="/v3/audit_events",
            params=params,
            own={
                "types": ("type", params.types),
                "target_guids": ("target_guid", params.target_guids),
                "space_guids": ("space_guid", params.space_guids),
                "organization_guids": ("organization_guid", params.organization_guids),
            },
            fixed=() if others is None else (In("target_guid", tuple(others), excluded=True),),
            repeated={"target_guids[not]": others},
        )
        found = await self._context.database.read(
            lambda reader: listing.find(reader, request, caller)
        )
        body = self._context.shown(listing.page(request, found))
        return operations.ListAuditEvents200(body=Json(body))

    async def get_audit_event(
        self, params: operations.GetAuditEventParams, caller: Caller
    ) -> operations.GetAuditEvent200:
        """Show one event."""
        document = await self._context.database.read(
            lambda reader: lookup.document(reader, caller, AUDIT_EVENTS, params.guid, "Event")
        )
        return operations.GetAuditEvent200(body=Json(self._context.shown(document)))
