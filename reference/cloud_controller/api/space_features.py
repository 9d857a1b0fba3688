"""What do the operations of the tag SpaceFeatures do?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from capi.operations import space_features as operations
from cloud_controller.api import spaces
from cloud_controller.api.bodies import raw
from cloud_controller.present import places as present
from cloud_controller.store import SPACES
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Transaction


class SpaceFeatures:
    """Implements the generated `SpaceFeaturesApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_space_features(
        self, params: operations.GetSpaceFeaturesParams, caller: Caller
    ) -> operations.GetSpaceFeatures200:
        """Show all features of a space."""
        record = await self._context.database.read(
            lambda reader: spaces.readable(reader, caller, params.guid)
        )
        return operations.GetSpaceFeatures200(body=Json(present.space_features(record)))

    async def get_space_ssh_feature(
        self, params: operations.GetSpaceSshFeatureParams, caller: Caller
    ) -> operations.GetSpaceSshFeature200:
        """Show whether apps of a space can be entered."""
        record = await self._context.database.read(
            lambda reader: spaces.readable(reader, caller, params.guid)
        )
        return operations.GetSpaceSshFeature200(body=Json(present.space_ssh(record)))

    async def update_space_ssh_feature(
        self,
        params: operations.UpdateSpaceSshFeatureParams,
        body: models.SpaceFeatureUpdate,
        caller: Caller,
    ) -> operations.UpdateSpaceSshFeature200:
        """Let apps of a space be entered, or not."""
        sent = raw(body)

        def write(transaction: Transaction) -> bytes:
            record = spaces.editable(transaction, caller, params.guid)
            transaction.set_columns(SPACES, record.guid, allow_ssh=int(sent["enabled"]))
            return present.space_ssh(replace(record, allow_ssh=sent["enabled"]))

        document = await self._context.database.write(write)
        return operations.UpdateSpaceSshFeature200(body=Json(document))
