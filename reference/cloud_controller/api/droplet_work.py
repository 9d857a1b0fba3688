"""What happens to a droplet behind the requests: processing, copying, expiring, deleting?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cloud_controller.api import droplet_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.droplet_bits import give_back
from cloud_controller.blobs import BlobError, BlobKey, BlobMissingError
from cloud_controller.domain.droplet_states import DropletState
from cloud_controller.domain.messages import droplets as messages
from cloud_controller.jobs import ApiErrorObject, JobFailedError, JobHandler, JobResult
from cloud_controller.store import APPS
from cloud_controller.store.entities import DROPLETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.store import Transaction
    from cloud_controller.store.records import DropletRecord, JobRecord


@dataclass(frozen=True, slots=True)
class DropletWork:
    """The job handlers for droplets; each may be run again after a crash."""

    context: Context

    def handlers(self) -> Mapping[str, JobHandler]:
        """Return the handlers by operation."""
        return {
            "droplet.upload": JobHandler(self.upload, self.failed),
            "droplet.copy": JobHandler(self.copy, self.failed),
            "droplet.expire": JobHandler(self.expire),
            "droplet.delete": JobHandler(self.delete),
        }

    async def upload(self, job: JobRecord) -> JobResult:
        """Store an upload; its archive is not looked into (5.5)."""
        record = await self._find(job, DropletState.PROCESSING_UPLOAD)
        if record is None:
            return JobResult(after=lambda: self._forget("uploads", job.resource))
        key = BlobKey("uploads", record.guid)
        try:
            await self.context.blobs.copy(key, BlobKey("droplets", record.guid))
        except BlobMissingError:
            # The server died before the bits were in their place and before it had answered.
            return JobResult(commit=lambda transaction: give_back(transaction, record.guid))
        digests = {name: job.payload[name] for name in ("sha1", "sha256", "size")}
        return self._success(record, **digests)

    async def copy(self, job: JobRecord) -> JobResult:
        """Copy the bits and both checksums of another droplet."""
        record = await self._find(job, DropletState.COPYING)
        if record is None:
            return JobResult()
        guid = job.payload["source"]
        source = await self.context.database.read(lambda reader: reader.record(DROPLETS, guid))
        # Bits without a digest are still being stored, or are about to be forgotten.
        if source is None or source.blob is None or source.sha1 is None:
            missing = BlobMissingError(BlobKey("droplets", guid))
            raise JobFailedError(_failure(f"failed to copy - {missing}"))
        try:
            await self.context.blobs.copy(
                BlobKey("droplets", source.blob), BlobKey("droplets", record.guid)
            )
        except BlobError as error:
            raise JobFailedError(_failure(f"failed to copy - {error}")) from error
        return self._success(record, sha1=source.sha1, sha256=source.sha256, size=source.size)

    async def expire(self, job: JobRecord) -> JobResult:
        """Forget the bits of an expired droplet, and its checksum with them."""
        guid = job.resource

        def commit(transaction: Transaction) -> None:
            record = transaction.record(DROPLETS, guid)
            if record is None or record.state != DropletState.EXPIRED:
                return
            bare = replace(record, blob=None, sha1=None, sha256=None, size=None)
            droplet_rows.store(transaction, bare, transaction.metadata(DROPLETS, guid))

        return JobResult(commit=commit, after=lambda: self._forget("droplets", guid))

    async def delete(self, job: JobRecord) -> JobResult:
        """Remove the droplet, then its bits; one that is gone already is fine."""
        guid = job.resource

        def commit(transaction: Transaction) -> None:
            record = transaction.record(DROPLETS, guid)
            if record is None:
                return
            app = transaction.referenced(APPS, record.app_guid)
            if app.current_droplet_guid == guid:  # assigned meanwhile
                raise JobFailedError(_failure(messages.in_use(app.guid)))
            transaction.delete(DROPLETS, guid)

        async def after() -> None:
            await self._forget("uploads", guid)
            await self._forget("droplets", guid)

        return JobResult(commit=commit, after=after)

    def failed(
        self, transaction: Transaction, job: JobRecord, errors: tuple[ApiErrorObject, ...]
    ) -> None:
        """Mark the droplet when its job could not be finished."""
        text = ", ".join(error.detail for error in errors)
        droplet_rows.change(transaction, job.resource, DropletState.FAILED, error=text, blob=None)

    async def _find(self, job: JobRecord, state: DropletState) -> DropletRecord | None:
        guid = job.resource
        record = await self.context.database.read(lambda reader: reader.record(DROPLETS, guid))
        return record if record is not None and record.state == state else None

    def _success(self, record: DropletRecord, **columns: Any) -> JobResult:
        kept = False

        def commit(transaction: Transaction) -> None:
            nonlocal kept
            keep = self.context.settings.max_staged_droplets_stored
            kept = droplet_rows.mark_staged(
                transaction, record.guid, keep=keep, blob=record.guid, **columns
            )

        async def after() -> None:
            await self._forget("uploads", record.guid)
            if not kept:  # deleted meanwhile: nobody would ever ask for these bits
                await self._forget("droplets", record.guid)

        return JobResult(commit=commit, after=after)

    async def _forget(self, namespace: Any, guid: str) -> None:
        await self.context.blobs.delete(BlobKey(namespace, guid))


def _failure(text: str) -> ApiErrorObject:
    kind = table.UNPROCESSABLE
    return ApiErrorObject(kind.code, kind.title, text)
