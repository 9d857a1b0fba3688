"""What do the operations of the tags Jobs and V2Jobs do (behaviour document, 5.6 and 3.7)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi.operations import jobs as operations
from capi.operations import v2_jobs as v2_operations
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.jobs import find_pollable, resource_is_there
from cloud_controller.present import jobs as present
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader


class Jobs:
    """Implements the generated `JobsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_job(
        self,
        params: operations.GetJobParams,
        caller: Caller,  # noqa: ARG002 -- any reader may see any job (S75)
    ) -> operations.GetJob200:
        """Show one job."""

        def read(reader: Reader) -> bytes:
            record = find_pollable(reader, params.guid)
            if record is None:
                raise v3_error(table.RESOURCE_NOT_FOUND, "Job")
            return present.job(record, resource_exists=resource_is_there(reader, record))

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetJob200(body=Json(body))


class V2Jobs:
    """Implements the generated `V2JobsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_v2_job(
        self,
        params: v2_operations.GetV2JobParams,
        caller: Caller,  # noqa: ARG002 -- any reader may see any job
    ) -> v2_operations.GetV2Job200:
        """Show one job of version 2; an unknown one counts as finished (S77)."""
        record = await self._context.database.read(
            lambda reader: find_pollable(reader, params.guid)
        )
        return v2_operations.GetV2Job200(body=Json(present.v2_job(record)))
