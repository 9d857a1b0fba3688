"""What do the operations of the tag SecurityGroups do?

Nothing restricts what leaves apps here, so every list is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi.operations import security_groups as operations
from cloud_controller.api import short_lists, spaces
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller


class SecurityGroups:
    """Implements the generated `SecurityGroupsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_security_groups(
        self,
        params: operations.ListSecurityGroupsParams,
        caller: Caller,  # noqa: ARG002 -- there is nothing to hide
    ) -> operations.ListSecurityGroups200:
        """List no security group."""
        body = short_lists.page(
            "/v3/security_groups",
            params,
            names=params.names,
            running_space_guids=params.running_space_guids,
            staging_space_guids=params.staging_space_guids,
            globally_enabled_running=params.globally_enabled_running,
            globally_enabled_staging=params.globally_enabled_staging,
        )
        return operations.ListSecurityGroups200(body=Json(self._context.shown(body)))

    async def list_running_security_groups(
        self, params: operations.ListRunningSecurityGroupsParams, caller: Caller
    ) -> operations.ListRunningSecurityGroups200:
        """List no security group for running apps, if the caller can read the space."""
        body = await self._of_space(params, "running", caller)
        return operations.ListRunningSecurityGroups200(body=Json(body))

    async def list_staging_security_groups(
        self, params: operations.ListStagingSecurityGroupsParams, caller: Caller
    ) -> operations.ListStagingSecurityGroups200:
        """List no security group for staging, if the caller can read the space."""
        body = await self._of_space(params, "staging", caller)
        return operations.ListStagingSecurityGroups200(body=Json(body))

    async def _of_space(
        self,
        params: operations.ListRunningSecurityGroupsParams
        | operations.ListStagingSecurityGroupsParams,
        kind: str,
        caller: Caller,
    ) -> bytes:
        await self._context.database.read(
            lambda reader: spaces.readable(reader, caller, params.guid)
        )
        path = f"/v3/spaces/{params.guid}/{kind}_security_groups"
        return self._context.shown(short_lists.page(path, params, names=params.names))
