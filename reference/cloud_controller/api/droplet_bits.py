"""How do the bits of a droplet come in and go out (behaviour document, 5.5)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cloud_controller.api import access, droplet_rows, lookup
from cloud_controller.api import error_table as table
from cloud_controller.api.buildpack_bits import base_name
from cloud_controller.api.errors import v3_error
from cloud_controller.blobs import BlobError, BlobKey
from cloud_controller.domain.droplet_states import DropletState
from cloud_controller.domain.messages import droplets as messages
from cloud_controller.domain.roles import Right
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.jobs.queue import TOPIC
from cloud_controller.store import clock
from cloud_controller.store.entities import DROPLETS, JOBS

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.blobs import BlobFile
    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.records import DropletRecord
    from specfoundry.runtime.requests import UploadedFile

# As with packages: the job is committed with the state, before the bits are in their place, and
# waits this long should the server die in between.
_UNTIL_GIVEN_UP: Final = 600.0


async def accept(
    context: Context, caller: Caller, guid: str, bits: UploadedFile
) -> tuple[bytes, str]:
    """Take an upload and leave its processing to a job; return the document and the job's guid."""
    problems = messages.upload(base_name(bits.filename), bits.size, [])
    if problems:
        raise v3_error(table.DROPLET_UPLOAD_INVALID, ", ".join(problems))
    document, job = await context.database.write(
        lambda transaction: _claim(transaction, caller, guid, bits)
    )
    try:
        await context.blobs.put(BlobKey("uploads", guid), bits.path)
    except BlobError:
        await context.database.write(lambda transaction: _undo(transaction, guid, job))
        raise
    await context.database.write(lambda transaction: _start(transaction, job))
    return document, job


def _claim(
    transaction: Transaction, caller: Caller, guid: str, bits: UploadedFile
) -> tuple[bytes, str]:
    record = readable(transaction, caller, guid)
    access.require_space_write(
        transaction,
        caller,
        space_guid=record.space_guid,
        organization_guid=record.organization_guid,
    )
    if record.state != DropletState.AWAITING_UPLOAD:
        raise v3_error(table.UNPROCESSABLE, messages.UPLOADED)
    claimed = replace(record, state=DropletState.PROCESSING_UPLOAD.value, updated_at=clock.now())
    document = droplet_rows.store(transaction, claimed, transaction.metadata(DROPLETS, guid))
    droplet_rows.audit_event(transaction, caller, record, "upload")
    job = NewJob(
        operation="droplet.upload",
        resource_type="droplet",
        resource_guid=guid,
        payload={"sha1": bits.sha1, "sha256": bits.sha256, "size": bits.size},
        delay=_UNTIL_GIVEN_UP,
    )
    return document, enqueue(transaction, job).guid


def _undo(transaction: Transaction, guid: str, job: str) -> None:
    """Undo a claim whose bits could not be stored, so that the client may try again."""
    transaction.delete(JOBS, job)
    give_back(transaction, guid)


def give_back(transaction: Transaction, guid: str) -> None:
    """Let a droplet whose bits never arrived await them again."""
    record = transaction.record(DROPLETS, guid)
    if record is not None and record.state == DropletState.PROCESSING_UPLOAD:
        awaiting = replace(record, state=DropletState.AWAITING_UPLOAD.value)
        droplet_rows.store(transaction, awaiting, transaction.metadata(DROPLETS, guid))


def _start(transaction: Transaction, job: str) -> None:
    transaction.set_columns(JOBS, job, run_at=clock.now())
    transaction.notify(TOPIC)


async def find(context: Context, caller: Caller, guid: str) -> BlobFile:
    """Return the stored bits of a droplet, if the caller may have them, and tell of it."""
    record = await context.database.read(lambda reader: _downloadable(reader, caller, guid))
    if record.blob is None:
        raise v3_error(table.NO_DROPLET_BITS)
    blob = await context.blobs.find(BlobKey("droplets", record.blob))
    if blob is None:
        raise v3_error(table.BLOBSTORE_UNAVAILABLE)
    await context.database.write(
        lambda transaction: droplet_rows.audit_event(transaction, caller, record, "download")
    )
    return blob


def _downloadable(reader: Reader, caller: Caller, guid: str) -> DropletRecord:
    record = readable(reader, caller, guid)
    access.require(
        reader,
        caller,
        Right.DOWNLOAD_DROPLET,
        space_guid=record.space_guid,
        organization_guid=record.organization_guid,
    )
    if record.lifecycle_type == "docker":
        raise v3_error(table.UNPROCESSABLE, messages.NO_DOWNLOAD_OF_DOCKER)
    if record.state != DropletState.STAGED:
        raise v3_error(table.UNPROCESSABLE, messages.NOT_STAGED)
    return record


def readable(reader: Reader, caller: Caller, guid: str) -> DropletRecord:
    """Return a droplet that the caller can read, else raise 404."""
    return lookup.record(reader, caller, DROPLETS, guid, "Droplet")
