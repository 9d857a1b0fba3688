"""What do the operations of the tag UsageSummaries do?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, func, literal_column, select

from capi.operations import usage_summaries as operations
from cloud_controller.api import organizations, spaces
from cloud_controller.present.places import usage_summary as present
from cloud_controller.store import tables
from cloud_controller.store.statements import compile_statement
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader


class UsageSummaries:
    """Implements the generated `UsageSummariesApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_organization_usage_summary(
        self, params: operations.GetOrganizationUsageSummaryParams, caller: Caller
    ) -> operations.GetOrganizationUsageSummary200:
        """Count what is used in an organization."""

        def read(reader: Reader) -> bytes:
            record = organizations.readable(reader, caller, params.guid)
            numbers = _numbers(reader, "organization_guid", record.guid, record.guid)
            return present("organization", record.guid, numbers)

        document = self._context.shown(await self._context.database.read(read))
        return operations.GetOrganizationUsageSummary200(body=Json(document))

    async def get_space_usage_summary(
        self, params: operations.GetSpaceUsageSummaryParams, caller: Caller
    ) -> operations.GetSpaceUsageSummary200:
        """Count what is used in a space."""

        def read(reader: Reader) -> bytes:
            record = spaces.readable(reader, caller, params.guid)
            numbers = _numbers(reader, "space_guid", record.guid, record.organization_guid)
            return present("space", record.guid, numbers)

        document = self._context.shown(await self._context.database.read(read))
        return operations.GetSpaceUsageSummary200(body=Json(document))


def _numbers(reader: Reader, place: str, guid: str, organization_guid: str) -> dict[str, int]:
    ((instances, memory),) = reader.query(_STARTED[place], {"guid": guid})
    ((routes, ports),) = reader.query(_ROUTES[place], {"guid": guid})
    ((domains,),) = reader.query(_DOMAINS, {"guid": organization_guid})
    return {
        "started_instances": instances,
        "memory_in_mb": memory,
        "routes": routes,
        "reserved_ports": ports,
        "domains": domains,
    }


def _started(place: str) -> str:
    """Compile the query for the instances that shall run, and their memory together."""
    apps, processes = tables.APPS, tables.PROCESSES
    instances = processes.c.instances
    zero = literal_column("0", Integer)
    return compile_statement(
        select(
            func.coalesce(func.sum(instances), zero),
            func.coalesce(func.sum(instances * processes.c.memory_in_mb), zero),
        )
        .select_from(processes.join(apps, apps.c.guid == processes.c.app_guid))
        .where(processes.c[place] == bindparam("guid"), apps.c.state == literal_column("'STARTED'"))
    )


def _routes(place: str) -> str:
    routes = tables.ROUTES
    return compile_statement(
        select(func.count(), func.count(routes.c.port)).where(routes.c[place] == bindparam("guid"))
    )


_PLACES = ("organization_guid", "space_guid")
_STARTED = {place: _started(place) for place in _PLACES}
_ROUTES = {place: _routes(place) for place in _PLACES}
_DOMAINS = compile_statement(
    select(func.count()).where(tables.DOMAINS.c.organization_guid == bindparam("guid"))
)
