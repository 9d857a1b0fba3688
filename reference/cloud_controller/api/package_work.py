"""What happens to a package behind the requests: processing, copying, pruning, deleting?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cloud_controller.api import error_table as table
from cloud_controller.api import package_archive
from cloud_controller.api.errors import job_failure
from cloud_controller.blobs import BlobError, BlobKey, BlobMissingError
from cloud_controller.domain.package_states import PRUNABLE, PackageState, surplus
from cloud_controller.jobs import NewJob, Outcome, about, enqueue
from cloud_controller.present.packages import package as present
from cloud_controller.store import APPS, PACKAGES, clock
from cloud_controller.store.entities import DROPLETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.blobs import Namespace
    from cloud_controller.jobs import ApiErrorObject, JobHandler
    from cloud_controller.store import PackageRecord, Transaction
    from cloud_controller.store.records import JobRecord


def change(
    transaction: Transaction, record: PackageRecord, state: PackageState, **columns: Any
) -> None:
    """Move a package to a state and present it again."""
    changed = replace(record, state=state.value, updated_at=clock.now(), **columns)
    _store(transaction, changed)


def give_back(transaction: Transaction, record: PackageRecord) -> None:
    """Undo the claim of an upload whose bits never arrived, so that the client may try again."""
    _store(transaction, replace(record, state=PackageState.AWAITING_UPLOAD.value))


def _store(transaction: Transaction, record: PackageRecord) -> None:
    document = present(record, transaction.metadata(PACKAGES, record.guid))
    transaction.update(PACKAGES, record, document)


def prune(transaction: Transaction, app_guid: str, *, keep: int) -> None:
    """Let the oldest finished packages of an app expire beyond `keep` of them (2.3)."""
    finished = [
        record
        for record in transaction.all(PACKAGES, app_guid=app_guid)
        if record.state in PRUNABLE
    ]
    finished.sort(key=lambda record: (record.created_at, record.id), reverse=True)
    in_use = _behind_current_droplet(transaction, app_guid)
    expiring = surplus([record.guid for record in finished], keep=keep, in_use=in_use)
    for record in finished:
        if record.guid in expiring:
            change(transaction, record, PackageState.EXPIRED)
            enqueue(transaction, _expiry(record))


def _expiry(record: PackageRecord) -> NewJob:
    return NewJob(
        operation="package.expire",
        resource_type="package",
        resource_guid=record.guid,
        pollable=False,
    )


def _behind_current_droplet(transaction: Transaction, app_guid: str) -> str | None:
    droplet = transaction.referenced(APPS, app_guid).current_droplet_guid
    return transaction.referenced(DROPLETS, droplet).package_guid if droplet else None


@dataclass(frozen=True, slots=True)
class PackageWork:
    """The job handlers for packages; each may be run again after a crash."""

    context: Context

    def handlers(self) -> Mapping[str, JobHandler]:
        """Return the handlers by operation."""
        handler = partial(about, self.context.database, PACKAGES)
        filled = partial(handler, failed=self._failed, abandoned=self._forget_all)
        return {
            "package.process": filled(self._process),
            "package.copy": filled(self._copy),
            "package.expire": handler(self._expire),
            "package.delete": handler(self._delete),
        }

    async def _process(self, job: JobRecord, record: PackageRecord) -> Outcome[PackageRecord]:
        """Check and store an upload (2.8, "What the worker does")."""
        upload = None
        if job.payload["bits"]:
            upload = await self.context.blobs.find(BlobKey("uploads", record.guid))
            if upload is None:
                # The server died before the bits were in their place and before it had answered.
                return Outcome(commit=give_back)
        stored = await package_archive.store(self.context, record.guid, upload, job.payload)
        return self._success(job, sha1=stored.sha1, sha256=stored.sha256, size=stored.size)

    async def _copy(self, job: JobRecord, record: PackageRecord) -> Outcome[PackageRecord]:
        """Copy the bits and both checksums of another package (2.6)."""
        guid = job.payload["source"]
        source = await self.context.database.read(lambda reader: reader.record(PACKAGES, guid))
        try:
            if source is None or source.blob is None:
                raise BlobMissingError(BlobKey("packages", guid))
            await self.context.blobs.copy(
                BlobKey("packages", source.blob), BlobKey("packages", record.guid)
            )
        except BlobError as error:
            raise job_failure(table.UNPROCESSABLE, f"failed to copy - {error}") from error
        return self._success(job, sha1=source.sha1, sha256=source.sha256, size=source.size)

    async def _expire(self, job: JobRecord, _: PackageRecord) -> Outcome[PackageRecord]:
        """Forget the bits of an expired package; its checksum goes back to null (2.3)."""

        def commit(transaction: Transaction, record: PackageRecord) -> None:
            _store(transaction, replace(record, blob=None, sha1=None, sha256=None, size=None))

        return Outcome(commit=commit, after=lambda: self._forget("packages", job))

    async def _delete(self, job: JobRecord, _: PackageRecord) -> Outcome[PackageRecord]:
        """Remove the package, then its bits (2.10)."""

        def commit(transaction: Transaction, record: PackageRecord) -> None:
            transaction.delete(PACKAGES, record.guid)

        return Outcome(commit=commit, after=lambda: self._forget_all(job))

    def _success(self, job: JobRecord, **columns: Any) -> Outcome[PackageRecord]:
        def commit(transaction: Transaction, record: PackageRecord) -> None:
            self._finish(transaction, record, PackageState.READY, blob=record.guid, **columns)

        return Outcome(commit=commit, after=lambda: self._forget("uploads", job))

    def _failed(
        self, transaction: Transaction, record: PackageRecord, errors: tuple[ApiErrorObject, ...]
    ) -> None:
        text = ", ".join(error.detail for error in errors)
        self._finish(transaction, record, PackageState.FAILED, error=text)

    def _finish(
        self, transaction: Transaction, record: PackageRecord, state: PackageState, **columns: Any
    ) -> None:
        change(transaction, record, state, **columns)
        keep = self.context.settings.max_valid_packages_stored
        prune(transaction, record.app_guid, keep=keep)

    async def _forget_all(self, job: JobRecord) -> None:
        await self._forget("uploads", job)
        await self._forget("packages", job)

    async def _forget(self, namespace: Namespace, job: JobRecord) -> None:
        await self.context.blobs.delete(BlobKey(namespace, job.resource))
