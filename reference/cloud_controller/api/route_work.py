"""How do routes and domains go away behind an answer 202?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_controller.api import route_rows
from cloud_controller.jobs import JobHandler, JobResult
from cloud_controller.store.entities import ROUTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_controller.jobs import JobHandlers
    from cloud_controller.store import Transaction
    from cloud_controller.store.records import JobRecord


def handlers() -> JobHandlers:
    """Return the handlers by operation; repeating one that was done changes nothing."""
    return {
        "route.delete": _handler(route_rows.delete_route),
        "domain.delete": _handler(route_rows.delete_domain),
        "space.delete_unmapped_routes": _handler(_delete_unmapped),
    }


def _handler(delete: Callable[[Transaction, str], None]) -> JobHandler:
    async def run(job: JobRecord) -> JobResult:
        guid = job.resource
        return JobResult(commit=lambda transaction: delete(transaction, guid))

    return JobHandler(run)


def _delete_unmapped(transaction: Transaction, space_guid: str) -> None:
    for route in transaction.all(ROUTES, space_guid=space_guid):
        if not route_rows.destinations_of(transaction, route.guid):
            route_rows.delete_route(transaction, route.guid)
