"""How do the bits of a droplet come in and go out (behaviour document, 5.5)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloud_controller.api import access, droplet_rows, lookup, uploads
from cloud_controller.api import error_table as table
from cloud_controller.api.buildpack_bits import base_name
from cloud_controller.api.errors import v3_error
from cloud_controller.blobs import BlobKey
from cloud_controller.domain.droplet_states import DropletState
from cloud_controller.domain.messages import droplets as messages
from cloud_controller.domain.roles import Right
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.store import clock
from cloud_controller.store.entities import DROPLETS

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.blobs import BlobFile
    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.records import DropletRecord
    from specfoundry.runtime.requests import UploadedFile


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
    await uploads.hand_over(context, (DROPLETS, guid), bits.path, job, give_back)
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
        delay=uploads.UNTIL_GIVEN_UP,
    )
    return document, enqueue(transaction, job).guid


def give_back(transaction: Transaction, record: DropletRecord) -> None:
    """Let a droplet whose bits never arrived await them again."""
    awaiting = replace(record, state=DropletState.AWAITING_UPLOAD.value)
    droplet_rows.store(transaction, awaiting, transaction.metadata(DROPLETS, record.guid))


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
