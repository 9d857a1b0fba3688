"""What happens to a package behind the requests: processing, copying, pruning, deleting?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cloud_controller.api import package_archive
from cloud_controller.api.package_archive import PackageFailedError
from cloud_controller.blobs import BlobError, BlobKey, BlobMissingError
from cloud_controller.domain.package_states import PRUNABLE, PackageState, may_follow, surplus
from cloud_controller.jobs import JobHandler, JobResult, NewJob, enqueue
from cloud_controller.present.packages import package as present
from cloud_controller.store import APPS, PACKAGES, clock
from cloud_controller.store.entities import DROPLETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.jobs import ApiErrorObject
    from cloud_controller.store import PackageRecord, Transaction
    from cloud_controller.store.records import JobRecord


def change(transaction: Transaction, guid: str, state: PackageState, **columns: Any) -> bool:
    """Move a package to a state and present it again; False when it may not go there or is gone."""
    record = transaction.record(PACKAGES, guid)
    if record is None or not may_follow(PackageState(record.state), state):
        return False
    changed = replace(record, state=state.value, updated_at=clock.now(), **columns)
    document = present(changed, transaction.metadata(PACKAGES, guid))
    return transaction.update(PACKAGES, changed, document)


def give_back(transaction: Transaction, guid: str) -> None:
    """Undo the claim of an upload whose bits never arrived, so that the client may try again."""
    record = transaction.record(PACKAGES, guid)
    if record is not None and record.state == PackageState.PROCESSING_UPLOAD:
        awaiting = replace(record, state=PackageState.AWAITING_UPLOAD.value)
        document = present(awaiting, transaction.metadata(PACKAGES, guid))
        transaction.update(PACKAGES, awaiting, document)


def prune(transaction: Transaction, app_guid: str, *, keep: int) -> None:
    """Let the oldest finished packages of an app expire beyond `keep` of them (2.3)."""
    finished = [
        record
        for record in transaction.all(PACKAGES, app_guid=app_guid)
        if record.state in PRUNABLE
    ]
    finished.sort(key=lambda record: (record.created_at, record.id), reverse=True)
    in_use = _behind_current_droplet(transaction, app_guid)
    for guid in surplus([record.guid for record in finished], keep=keep, in_use=in_use):
        if change(transaction, guid, PackageState.EXPIRED):
            job = NewJob(
                operation="package.expire",
                resource_type="package",
                resource_guid=guid,
                pollable=False,
            )
            enqueue(transaction, job)


def _behind_current_droplet(transaction: Transaction, app_guid: str) -> str | None:
    droplet = transaction.referenced(APPS, app_guid).current_droplet_guid
    return transaction.referenced(DROPLETS, droplet).package_guid if droplet else None


@dataclass(frozen=True, slots=True)
class PackageWork:
    """The job handlers for packages; each may be run again after a crash."""

    context: Context

    def handlers(self) -> Mapping[str, JobHandler]:
        """Return the handlers by operation."""
        return {
            "package.process": JobHandler(self.process, self.failed),
            "package.copy": JobHandler(self.copy, self.failed),
            "package.expire": JobHandler(self.expire),
            "package.delete": JobHandler(self.delete),
        }

    async def process(self, job: JobRecord) -> JobResult:
        """Check and store an upload (2.8, "What the worker does")."""
        record = await self._find(job)
        if record is None or record.state != PackageState.PROCESSING_UPLOAD:
            return JobResult(after=lambda: self._forget_upload(job.resource))
        if await self._was_cut_off(record, job):
            return JobResult(commit=lambda transaction: give_back(transaction, record.guid))
        try:
            stored = await package_archive.store(self.context, record.guid, job.payload)
        except PackageFailedError as error:
            return self._failure(record, str(error))
        return self._success(
            record, blob=record.guid, sha1=stored.sha1, sha256=stored.sha256, size=stored.size
        )

    async def copy(self, job: JobRecord) -> JobResult:
        """Copy the bits and both checksums of another package (2.6)."""
        record = await self._find(job)
        if record is None or record.state != PackageState.COPYING:
            return JobResult()
        source_guid = job.payload["source"]
        source = await self.context.database.read(
            lambda reader: reader.record(PACKAGES, source_guid)
        )
        # Bits without a digest are still being stored, or are about to be forgotten.
        if source is None or source.blob is None or source.sha1 is None:
            missing = BlobMissingError(BlobKey("packages", source_guid))
            return self._failure(record, f"failed to copy - {missing}")
        try:
            await self.context.blobs.copy(
                BlobKey("packages", source.blob), BlobKey("packages", record.guid)
            )
        except BlobError as error:
            return self._failure(record, f"failed to copy - {error}")
        return self._success(
            record,
            blob=record.guid,
            sha1=source.sha1,
            sha256=source.sha256,
            size=source.size,
        )

    async def expire(self, job: JobRecord) -> JobResult:
        """Forget the bits of an expired package; its checksum goes back to null (2.3)."""
        guid = job.resource

        def commit(transaction: Transaction) -> None:
            record = transaction.record(PACKAGES, guid)
            if record is None or record.state != PackageState.EXPIRED:
                return
            bare = replace(record, blob=None, sha1=None, sha256=None, size=None)
            document = present(bare, transaction.metadata(PACKAGES, guid))
            transaction.update(PACKAGES, bare, document)

        return JobResult(commit=commit, after=lambda: self._forget_bits(guid))

    async def delete(self, job: JobRecord) -> JobResult:
        """Remove the package, then its bits; one that is gone already is fine (2.10)."""
        guid = job.resource

        def commit(transaction: Transaction) -> None:
            transaction.delete(PACKAGES, guid)

        return JobResult(commit=commit, after=lambda: self._forget_all(guid))

    def failed(
        self, transaction: Transaction, job: JobRecord, errors: tuple[ApiErrorObject, ...]
    ) -> None:
        """Mark the package when its job could not be finished for a reason of ours."""
        text = ", ".join(error.detail for error in errors)
        if change(transaction, job.resource, PackageState.FAILED, error=text, blob=None):
            self._prune_after(transaction, job.resource)

    async def _find(self, job: JobRecord) -> PackageRecord | None:
        guid = job.resource
        return await self.context.database.read(lambda reader: reader.record(PACKAGES, guid))

    async def _was_cut_off(self, record: PackageRecord, job: JobRecord) -> bool:
        """Whether the server died between claiming the package and putting the bits in place.

        Nobody was told that the upload was accepted then.
        """
        if not job.payload["has_bits"] or job.payload.get("arrived", True):
            return False
        keys = (BlobKey("uploads", record.guid), BlobKey("packages", record.guid))
        return not [key for key in keys if await self.context.blobs.find(key) is not None]

    def _success(self, record: PackageRecord, **columns: Any) -> JobResult:
        kept = False

        def commit(transaction: Transaction) -> None:
            nonlocal kept
            kept = change(transaction, record.guid, PackageState.READY, **columns)
            self._prune_after(transaction, record.guid)

        async def after() -> None:
            await self._forget_upload(record.guid)
            if not kept:  # deleted meanwhile: nobody would ever ask for these bits (2.10)
                await self._forget_bits(record.guid)

        return JobResult(commit=commit, after=after)

    def _failure(self, record: PackageRecord, text: str) -> JobResult:
        failed = False

        def commit(transaction: Transaction) -> None:
            nonlocal failed
            failed = change(transaction, record.guid, PackageState.FAILED, error=text, blob=None)
            self._prune_after(transaction, record.guid)

        async def after() -> None:
            await self._forget_upload(record.guid)
            if failed:  # an attempt that died may have stored them
                await self._forget_bits(record.guid)

        return JobResult(commit=commit, after=after)

    def _prune_after(self, transaction: Transaction, guid: str) -> None:
        record = transaction.record(PACKAGES, guid)
        if record is not None:
            keep = self.context.settings.max_valid_packages_stored
            prune(transaction, record.app_guid, keep=keep)

    async def _forget_upload(self, guid: str) -> None:
        await self.context.blobs.delete(BlobKey("uploads", guid))

    async def _forget_bits(self, guid: str) -> None:
        await self.context.blobs.delete(BlobKey("packages", guid))

    async def _forget_all(self, guid: str) -> None:
        await self._forget_upload(guid)
        await self._forget_bits(guid)
