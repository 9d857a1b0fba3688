"""What do the operations of the tag IsolationSegments do?

The platform has one part only: no isolation segment can be listed or assigned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi import models
from capi.operations import isolation_segments as operations
from cloud_controller.api import access, listing, organizations, short_lists, spaces
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.messages import isolation_segments as messages
from cloud_controller.domain.roles import Right
from cloud_controller.present.rendering import link, render
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader


class IsolationSegments:
    """Implements the generated `IsolationSegmentsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_isolation_segments(
        self,
        params: operations.ListIsolationSegmentsParams,
        caller: Caller,  # noqa: ARG002 -- there is nothing to hide
    ) -> operations.ListIsolationSegments200:
        """List no isolation segment."""
        listing.check_labels(params)
        body = short_lists.page(
            "/v3/isolation_segments",
            params,
            names=params.names,
            organization_guids=params.organization_guids,
        )
        return operations.ListIsolationSegments200(body=Json(self._context.shown(body)))

    async def get_default_isolation_segment(
        self, params: operations.GetDefaultIsolationSegmentParams, caller: Caller
    ) -> operations.GetDefaultIsolationSegment200:
        """Show that an organization has no default, if the caller can read it."""
        await self._context.database.read(
            lambda reader: organizations.readable(reader, caller, params.guid)
        )
        body = self._none(_of_organization(params.guid))
        return operations.GetDefaultIsolationSegment200(body=Json(body))

    async def update_default_isolation_segment(
        self,
        params: operations.UpdateDefaultIsolationSegmentParams,
        body: models.IsolationSegmentRelationshipUpdate | None,
        caller: Caller,
    ) -> operations.UpdateDefaultIsolationSegment200:
        """Leave an organization without a default; it is entitled to nothing else."""
        sent = raw(body)
        await self._context.database.read(
            lambda reader: organizations.editable(reader, caller, params.guid)
        )
        _refuse(sent, messages.not_entitled_organization)
        shown = self._none(_of_organization(params.guid))
        return operations.UpdateDefaultIsolationSegment200(body=Json(shown))

    async def get_space_isolation_segment(
        self, params: operations.GetSpaceIsolationSegmentParams, caller: Caller
    ) -> operations.GetSpaceIsolationSegment200:
        """Show that a space has none, if the caller can read it."""
        await self._context.database.read(
            lambda reader: spaces.readable(reader, caller, params.guid)
        )
        return operations.GetSpaceIsolationSegment200(body=Json(self._none(_of_space(params.guid))))

    async def update_space_isolation_segment(
        self,
        params: operations.UpdateSpaceIsolationSegmentParams,
        body: models.IsolationSegmentRelationshipUpdate | None,
        caller: Caller,
    ) -> operations.UpdateSpaceIsolationSegment200:
        """Leave a space without one; its organization is entitled to nothing else."""
        sent = raw(body)
        await self._context.database.read(
            lambda reader: require_assignment(reader, caller, params.guid)
        )
        _refuse(sent, messages.not_entitled_space)
        shown = self._none(_of_space(params.guid))
        return operations.UpdateSpaceIsolationSegment200(body=Json(shown))

    def _none(self, path: str) -> bytes:
        document = {"data": None, "links": {"self": link(path)}}
        return self._context.shown(render(models.IsolationSegmentRelationship, document))


def require_assignment(reader: Reader, caller: Caller, guid: str) -> None:
    """Raise unless the caller may assign a segment to the space; checked before the body."""
    space = spaces.readable(reader, caller, guid)
    access.require(
        reader, caller, Right.WRITE_ORGANIZATION, organization_guid=space.organization_guid
    )
    access.require_active(
        reader, caller, space_guid=guid, organization_guid=space.organization_guid
    )


def _of_organization(guid: str) -> str:
    return f"/v3/organizations/{guid}/relationships/default_isolation_segment"


def _of_space(guid: str) -> str:
    return f"/v3/spaces/{guid}/relationships/isolation_segment"


def _refuse(sent: Mapping[str, Any], text: Callable[[str], str]) -> None:
    guid = (sent.get("data") or {}).get("guid")
    if guid:
        raise v3_error(table.UNPROCESSABLE, text(guid))
