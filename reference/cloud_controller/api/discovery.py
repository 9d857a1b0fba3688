"""What do the operations of the tags Root and Info do (behaviour document, 1.1)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi.operations import info as info_operations
from capi.operations import root as root_operations
from cloud_controller.present import discovery as present
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller


class Root:
    """Implements the generated `RootApi`."""

    def __init__(self, context: Context) -> None:
        self._root = context.shown(present.root(context.settings.uaa))
        self._v3_root = context.shown(present.v3_root())

    async def get_root(self) -> root_operations.GetRoot200:
        """Show where the services are."""
        return root_operations.GetRoot200(body=Json(self._root))

    async def get_v3_root(self) -> root_operations.GetV3Root200:
        """Show the resources of version 3."""
        return root_operations.GetV3Root200(body=Json(self._v3_root))


class Info:
    """Implements the generated `InfoApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._v3_info = context.shown(present.v3_info())

    async def get_v3_info(self) -> info_operations.GetV3Info200:
        """Show what the operator says of the platform."""
        return info_operations.GetV3Info200(body=Json(self._v3_info))

    async def get_v2_info(self, caller: Caller | None) -> info_operations.GetV2Info200:
        """Show the same to clients of version 2, and to a caller his guid."""
        user = caller.user_guid if caller else ""
        document = present.v2_info(user or None, self._context.settings.uaa)
        return info_operations.GetV2Info200(body=Json(self._context.shown(document)))

    async def get_health(self) -> info_operations.GetHealth200:
        """Tell that the server is up."""
        return info_operations.GetHealth200(body=Json(b"OK"))
