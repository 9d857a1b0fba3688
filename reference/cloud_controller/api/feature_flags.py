"""What do the operations of the tag FeatureFlags do (behaviour document, 9.1)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from capi.operations import feature_flags as operations
from cloud_controller.api import error_table as table
from cloud_controller.api import short_lists
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.feature_flags import DEFAULTS, FeatureFlag
from cloud_controller.present.feature_flags import feature_flag as present
from cloud_controller.store import clock
from cloud_controller.store.entities import FEATURE_FLAGS
from cloud_controller.store.records import FeatureFlagRecord
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction


class FeatureFlags:
    """Implements the generated `FeatureFlagsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_feature_flags(
        self,
        params: operations.ListFeatureFlagsParams,
        caller: Caller,  # noqa: ARG002 -- everybody may know
    ) -> operations.ListFeatureFlags200:
        """List all flags by name."""
        descending = (params.order_by or "").startswith("-")

        def read(reader: Reader) -> list[bytes]:
            stored = {record.guid: record for record in reader.all(FEATURE_FLAGS)}
            return [
                present(flag, stored.get(flag))
                for flag in sorted(FeatureFlag, reverse=descending)
                if short_lists.lies_within(params, "updated_ats", _changed(stored.get(flag)))
            ]

        documents = await self._context.database.read(read)
        body = short_lists.page("/v3/feature_flags", params, documents)
        return operations.ListFeatureFlags200(body=Json(self._context.shown(body)))

    async def get_feature_flag(
        self,
        params: operations.GetFeatureFlagParams,
        caller: Caller,  # noqa: ARG002 -- everybody may know
    ) -> operations.GetFeatureFlag200:
        """Show how one flag stands."""
        flag = _find(params.name)
        document = await self._context.database.read(
            lambda reader: present(flag, reader.record(FEATURE_FLAGS, flag))
        )
        return operations.GetFeatureFlag200(body=Json(self._context.shown(document)))

    async def update_feature_flag(
        self,
        params: operations.UpdateFeatureFlagParams,
        body: models.FeatureFlagUpdate | None,
        caller: Caller,
    ) -> operations.UpdateFeatureFlag200:
        """Switch a flag, or change what those read who need it; admins only."""
        sent = raw(body)

        def write(transaction: Transaction) -> bytes:
            flag = require_switching(transaction, caller, params.name)
            return _switch(transaction, flag, sent)

        document = await self._context.database.write(write)
        return operations.UpdateFeatureFlag200(body=Json(self._context.shown(document)))


def require_switching(
    reader: Reader,  # noqa: ARG001 -- what every check before a body takes
    caller: Caller,
    name: str,
) -> FeatureFlag:
    """Return a flag that the caller may switch; raise 404 for its name, 403 for his rights."""
    flag = _find(name)
    if not caller.is_admin:
        raise v3_error(table.NOT_AUTHORIZED)
    return flag


def _find(name: str) -> FeatureFlag:
    try:
        return FeatureFlag(name)
    except ValueError:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Feature flag") from None


def _changed(record: FeatureFlagRecord | None) -> int | None:
    return None if record is None else record.updated_at


def _switch(transaction: Transaction, flag: FeatureFlag, sent: Mapping[str, Any]) -> bytes:
    stored = transaction.record(FEATURE_FLAGS, flag)
    moment = clock.now()
    before = stored or FeatureFlagRecord(
        guid=flag.value, created_at=moment, updated_at=moment, enabled=DEFAULTS[flag]
    )
    record = replace(
        before,
        enabled=sent.get("enabled", before.enabled),
        error_message=sent.get("custom_error_message", before.error_message),
        updated_at=moment,
    )
    if stored is None:
        transaction.insert(FEATURE_FLAGS, record)
    else:
        transaction.update(FEATURE_FLAGS, record)
    return present(flag, record)
