"""How do apps, spaces and organizations go away with all that is in them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloud_controller.blobs import BlobKey
from cloud_controller.jobs import JobHandler, JobResult
from cloud_controller.store import APPS, ORGANIZATIONS, PACKAGES, SPACES
from cloud_controller.store.entities import PROCESSES, ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.jobs import ApiErrorObject
    from cloud_controller.store import Transaction
    from cloud_controller.store.records import JobRecord


def delete_app(transaction: Transaction, guid: str) -> list[str]:
    """Remove an app and its packages; return the guids of the packages, whose bits must follow."""
    packages = [record.guid for record in transaction.all(PACKAGES, app_guid=guid)]
    for package in packages:
        transaction.delete(PACKAGES, package)
    for process in transaction.all(PROCESSES, app_guid=guid):
        transaction.delete(PROCESSES, process.guid)
    transaction.delete(APPS, guid)
    return packages


def delete_space(transaction: Transaction, guid: str) -> list[str]:
    """Remove a space, its apps and the roles in it; return the packages' guids."""
    packages = [
        package
        for app in transaction.all(APPS, space_guid=guid)
        for package in delete_app(transaction, app.guid)
    ]
    for role in transaction.all(ROLES, space_guid=guid):
        transaction.delete(ROLES, role.guid)
    transaction.delete(SPACES, guid)
    return packages


def delete_organization(transaction: Transaction, guid: str) -> list[str]:
    """Remove an organization, its spaces and the roles in it; return the packages' guids."""
    packages = [
        package
        for space in transaction.all(SPACES, organization_guid=guid)
        for package in delete_space(transaction, space.guid)
    ]
    for role in transaction.all(ROLES, organization_guid=guid):
        transaction.delete(ROLES, role.guid)
    transaction.delete(ORGANIZATIONS, guid)
    return packages


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

    def _result(self, delete: Callable[[Transaction, str], list[str]], job: JobRecord) -> JobResult:
        packages: list[str] = []

        def commit(transaction: Transaction) -> None:
            packages[:] = delete(transaction, job.resource_guid or "")

        return JobResult(commit=commit, after=lambda: self._forget(packages))

    async def _forget(self, packages: Iterable[str]) -> None:
        for guid in packages:
            await self.context.blobs.delete(BlobKey("uploads", guid))
            await self.context.blobs.delete(BlobKey("packages", guid))


def _space_stays(transaction: Transaction, job: JobRecord, _: tuple[ApiErrorObject, ...]) -> None:
    transaction.set_columns(SPACES, job.resource_guid or "", being_deleted=False)


def _organization_stays(
    transaction: Transaction, job: JobRecord, _: tuple[ApiErrorObject, ...]
) -> None:
    transaction.set_columns(ORGANIZATIONS, job.resource_guid or "", being_deleted=False)
