"""What happens to a droplet behind the requests: processing, copying, expiring, deleting?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cloud_controller.api import droplet_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.droplet_bits import give_back
from cloud_controller.api.errors import job_failure
from cloud_controller.blobs import BlobError, BlobKey, BlobMissingError
from cloud_controller.domain.droplet_states import DropletState
from cloud_controller.domain.messages import droplets as messages
from cloud_controller.jobs import Outcome, about
from cloud_controller.store import APPS
from cloud_controller.store.entities import DROPLETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.blobs import Namespace
    from cloud_controller.jobs import ApiErrorObject, JobHandler
    from cloud_controller.store import Transaction
    from cloud_controller.store.records import DropletRecord, JobRecord


@dataclass(frozen=True, slots=True)
class DropletWork:
    """The job handlers for droplets; each may be run again after a crash."""

    context: Context

    def handlers(self) -> Mapping[str, JobHandler]:
        """Return the handlers by operation."""
        handler = partial(about, self.context.database, DROPLETS)
        filled = partial(handler, failed=_failed, abandoned=self._forget_all)
        return {
            "droplet.upload": filled(self._upload),
            "droplet.copy": filled(self._copy),
            "droplet.expire": handler(self._expire),
            "droplet.delete": handler(self._delete),
        }

    async def _upload(self, job: JobRecord, record: DropletRecord) -> Outcome[DropletRecord]:
        """Store an upload; its archive is not looked into (5.5)."""
        try:
            await self.context.blobs.copy(
                BlobKey("uploads", record.guid), BlobKey("droplets", record.guid)
            )
        except BlobMissingError:
            # The server died before the bits were in their place and before it had answered.
            return Outcome(commit=give_back)
        return self._success(job, **job.payload)

    async def _copy(self, job: JobRecord, record: DropletRecord) -> Outcome[DropletRecord]:
        """Copy the bits and both checksums of another droplet."""
        guid = job.payload["source"]
        source = await self.context.database.read(lambda reader: reader.record(DROPLETS, guid))
        try:
            if source is None or source.blob is None:
                raise BlobMissingError(BlobKey("droplets", guid))
            await self.context.blobs.copy(
                BlobKey("droplets", source.blob), BlobKey("droplets", record.guid)
            )
        except BlobError as error:
            raise job_failure(table.UNPROCESSABLE, f"failed to copy - {error}") from error
        return self._success(job, sha1=source.sha1, sha256=source.sha256, size=source.size)

    async def _expire(self, job: JobRecord, _: DropletRecord) -> Outcome[DropletRecord]:
        """Forget the bits of an expired droplet, and its checksum with them."""

        def commit(transaction: Transaction, record: DropletRecord) -> None:
            bare = replace(record, blob=None, sha1=None, sha256=None, size=None)
            droplet_rows.store(transaction, bare, transaction.metadata(DROPLETS, record.guid))

        return Outcome(commit=commit, after=lambda: self._forget("droplets", job))

    async def _delete(self, job: JobRecord, _: DropletRecord) -> Outcome[DropletRecord]:
        """Remove the droplet, then its bits."""

        def commit(transaction: Transaction, record: DropletRecord) -> None:
            app = transaction.referenced(APPS, record.app_guid)
            if app.current_droplet_guid == record.guid:  # assigned meanwhile
                raise job_failure(table.UNPROCESSABLE, messages.in_use(app.guid))
            transaction.delete(DROPLETS, record.guid)

        return Outcome(commit=commit, after=lambda: self._forget_all(job))

    def _success(self, job: JobRecord, **columns: Any) -> Outcome[DropletRecord]:
        def commit(transaction: Transaction, record: DropletRecord) -> None:
            keep = self.context.settings.max_staged_droplets_stored
            droplet_rows.mark_staged(transaction, record, keep=keep, blob=record.guid, **columns)

        return Outcome(commit=commit, after=lambda: self._forget("uploads", job))

    async def _forget_all(self, job: JobRecord) -> None:
        await self._forget("uploads", job)
        await self._forget("droplets", job)

    async def _forget(self, namespace: Namespace, job: JobRecord) -> None:
        await self.context.blobs.delete(BlobKey(namespace, job.resource))


def _failed(
    transaction: Transaction, record: DropletRecord, errors: tuple[ApiErrorObject, ...]
) -> None:
    text = ", ".join(error.detail for error in errors)
    droplet_rows.change(transaction, record, DropletState.FAILED, error=text)
