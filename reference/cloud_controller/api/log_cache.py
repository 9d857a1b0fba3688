"""What do the operations of the tag LogCache do?

Contract: the log cache's gateway and the proxy before it, which asks the Cloud Controller who may
read the logs of an app.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from capi.operations import errors as documented
from capi.operations import log_cache as operations
from cloud_controller.api import log_rows
from cloud_controller.api.log_cache_errors import refused
from cloud_controller.domain import roles
from cloud_controller.domain.messages import log_cache as messages
from cloud_controller.present import log_cache as present
from cloud_controller.store import APPS, ORGANIZATIONS, SPACES
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader

_ALL_LOGS: Final = frozenset({"doppler.firehose", "logs.admin"})
_INTEGER64: Final = 2**63 - 1


class LogCache:
    """Implements the generated `LogCacheApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_log_cache_info(self) -> operations.GetLogCacheInfo200:
        """Show the version."""
        uptime = int(time.clock_gettime(time.CLOCK_MONOTONIC))
        return operations.GetLogCacheInfo200(body=Json(present.info(uptime)))

    async def get_log_cache_meta(self, caller: Caller | None) -> operations.GetLogCacheMeta200:
        """Show of which apps there are logs, as far as the caller may read them."""
        reader_of_logs = _who_reads(caller)

        def read(reader: Reader) -> bytes:
            return present.meta(
                span
                for span in log_rows.spans(reader)
                if _may_read(reader, reader_of_logs, span.source_guid)
            )

        body = await self._context.database.read(read)
        return operations.GetLogCacheMeta200(body=Json(body))

    async def read_logs(
        self, params: operations.ReadLogsParams, caller: Caller | None
    ) -> operations.ReadLogs200:
        """Show the logs of an app."""
        reader_of_logs = _who_reads(caller)

        def read(reader: Reader) -> bytes:
            if not _may_read(reader, reader_of_logs, params.guid):
                raise documented.LogCacheNotFound
            problem = messages.impossible(
                params.start_time, params.end_time, params.limit, params.name_filter
            )
            if problem is not None:
                raise refused(problem)
            return _reading(reader, params)

        body = await self._context.database.read(read)
        return operations.ReadLogs200(body=Json(body))


def _who_reads(caller: Caller | None) -> Caller:
    """Return the caller; raise 404 when he has no good token, or one that reads nothing."""
    if caller is None:
        raise documented.LogCacheNotFound
    if not _ALL_LOGS.intersection(caller.scopes) and not roles.may_call("GET", caller.scopes):
        raise documented.LogCacheNotFound
    return caller


def _may_read(reader: Reader, caller: Caller, guid: str) -> bool:
    if caller.is_admin or _ALL_LOGS.intersection(caller.scopes):
        return True  # also what belongs to no app
    return reader.record(APPS, guid, visible_to=caller.visible_to) is not None


def _reading(reader: Reader, params: operations.ReadLogsParams) -> bytes:
    kinds = set(params.envelope_types or ()) - {"ANY"}
    if params.name_filter or (kinds and "LOG" not in kinds):
        return present.reading([], {})
    lines = log_rows.read(
        reader,
        params.guid,
        start=params.start_time or 0,
        end=params.end_time or _INTEGER64,
        limit=params.limit or messages.DEFAULT_LIMIT,
        descending=bool(params.descending),
    )
    return present.reading(lines, _tags(reader, params.guid))


def _tags(reader: Reader, guid: str) -> dict[str, str]:
    app = reader.record(APPS, guid)
    if app is None:
        return {}
    space = reader.referenced(SPACES, app.space_guid)
    organization = reader.referenced(ORGANIZATIONS, app.organization_guid)
    return present.tags(app, space.name, organization.name)
