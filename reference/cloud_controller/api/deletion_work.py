"""How do apps, spaces and organizations go away with all that is in them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloud_controller.api import log_rows, route_rows
from cloud_controller.api.app_actions import CLEAR_CACHE
from cloud_controller.blobs import BlobKey
from cloud_controller.jobs import JobHandler, JobResult, NewJob, enqueue
from cloud_controller.store import APPS, ORGANIZATIONS, PACKAGES, SPACES
from cloud_controller.store.entities import BUILDS, DROPLETS, PROCESSES, ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.jobs import ApiErrorObject
    from cloud_controller.store import Transaction
    from cloud_controller.store.records import JobRecord


def delete_app(transaction: Transaction, guid: str) -> list[BlobKey]:
    """Remove an app and all that hangs on it; return the blobs that must follow."""
    packages = [record.guid for record in transaction.all(PACKAGES, app_guid=guid)]
    droplets = [record.guid for record in transaction.all(DROPLETS, app_guid=guid)]
    for package in packages:
        transaction.delete(PACKAGES, package)
    for droplet in droplets:
        transaction.delete(DROPLETS, droplet)
    for build in transaction.all(BUILDS, app_guid=guid):
        transaction.delete(BUILDS, build.guid)
    for process in transaction.all(PROCESSES, app_guid=guid):
        transaction.delete(PROCESSES, process.guid)
    route_rows.forget_app(transaction, guid)
    log_rows.forget(transaction, guid)
    forgetting = NewJob(
        operation=CLEAR_CACHE, resource_type="app", resource_guid=guid, pollable=False
    )
    enqueue(transaction, forgetting)
    transaction.delete(APPS, guid)
    return [
        *(BlobKey("uploads", guid) for guid in (*packages, *droplets)),
        *(BlobKey("packages", guid) for guid in packages),
        *(BlobKey("droplets", guid) for guid in droplets),
    ]


def delete_space(transaction: Transaction, guid: str) -> list[BlobKey]:
    """Remove a space, its apps and the roles in it; return the blobs that must follow."""
    blobs = [
        blob
        for app in transaction.all(APPS, space_guid=guid)
        for blob in delete_app(transaction, app.guid)
    ]
    route_rows.delete_routes_of_space(transaction, guid)
    for role in transaction.all(ROLES, space_guid=guid):
        transaction.delete(ROLES, role.guid)
    transaction.delete(SPACES, guid)
    return blobs


def delete_organization(transaction: Transaction, guid: str) -> list[BlobKey]:
    """Remove an organization, its spaces and the roles in it; return the blobs that must follow."""
    blobs = [
        blob
        for space in transaction.all(SPACES, organization_guid=guid)
        for blob in delete_space(transaction, space.guid)
    ]
    route_rows.delete_domains_of_organization(transaction, guid)
    for role in transaction.all(ROLES, organization_guid=guid):
        transaction.delete(ROLES, role.guid)
    transaction.delete(ORGANIZATIONS, guid)
    return blobs


@dataclass(frozen=True, slots=True)
class DeletionWork:
    """The job handlers for deletions; repeating one that was done changes nothing."""

    context: Context

    def handlers(self) -> Mapping[str, JobHandler]:
        """Return the handlers by operation."""
        return {
            "app.delete": JobHandler(self._app),
            "space.delete": JobHandler(self._space, _space_stays),
            "organization.delete": JobHandler(self._organization, _organization_stays),
        }

    async def _app(self, job: JobRecord) -> JobResult:
        return self._result(delete_app, job)

    async def _space(self, job: JobRecord) -> JobResult:
        return self._result(delete_space, job)

    async def _organization(self, job: JobRecord) -> JobResult:
        return self._result(delete_organization, job)

    def _result(
        self, delete: Callable[[Transaction, str], list[BlobKey]], job: JobRecord
    ) -> JobResult:
        blobs: list[BlobKey] = []

        def commit(transaction: Transaction) -> None:
            blobs[:] = delete(transaction, job.resource)

        return JobResult(commit=commit, after=lambda: self._forget(blobs))

    async def _forget(self, blobs: Iterable[BlobKey]) -> None:
        for key in blobs:
            await self.context.blobs.delete(key)


def _space_stays(transaction: Transaction, job: JobRecord, _: tuple[ApiErrorObject, ...]) -> None:
    transaction.set_columns(SPACES, job.resource, being_deleted=False)


def _organization_stays(
    transaction: Transaction, job: JobRecord, _: tuple[ApiErrorObject, ...]
) -> None:
    transaction.set_columns(ORGANIZATIONS, job.resource, being_deleted=False)
