"""How do the bits of a package come in and go out (behaviour document, 2.8 and 2.9)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cloud_controller.api import access, lookup, package_rows, uploads
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import v3_error
from cloud_controller.api.package_work import give_back
from cloud_controller.blobs import BlobKey
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import packages as messages
from cloud_controller.domain.package_states import PackageState, PackageType
from cloud_controller.domain.roles import Right
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.packages import package as present
from cloud_controller.store import PACKAGES, clock

if TYPE_CHECKING:
    from capi.operations.packages import UploadPackageBody
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.blobs import BlobFile
    from cloud_controller.store import PackageRecord, Reader, Transaction
    from specfoundry.runtime.requests import UploadedFile


async def accept(context: Context, caller: Caller, guid: str, form: UploadPackageBody) -> bytes:
    """Take an upload and leave its processing to a job; return the package's document."""
    await context.database.read(
        lambda reader: access.require_feature(reader, caller, FeatureFlag.APP_BITS_UPLOAD)
    )
    known = [raw(fingerprint) for fingerprint in form.resources or ()]
    if form.bits is None and not known:
        raise v3_error(table.UNPROCESSABLE, messages.NOTHING_TO_UPLOAD)
    payload = {"bits": _digests(form.bits), "resources": known}
    document, job = await context.database.write(
        lambda transaction: _claim(transaction, caller, guid, payload)
    )
    if form.bits is not None:
        await uploads.hand_over(context, (PACKAGES, guid), form.bits.path, job, give_back)
    return document


def _digests(bits: UploadedFile | None) -> dict[str, Any] | None:
    if bits is None:
        return None
    return {"sha1": bits.sha1, "sha256": bits.sha256, "size": bits.size}


def _claim(
    transaction: Transaction, caller: Caller, guid: str, payload: dict[str, Any]
) -> tuple[bytes, str]:
    """Move the package on, so that of two racing uploads only one is taken ([R] in 2.8)."""
    record = readable(transaction, caller, guid)
    access.require_space_write(
        transaction,
        caller,
        space_guid=record.space_guid,
        organization_guid=record.organization_guid,
    )
    if record.type != PackageType.BITS:
        raise v3_error(table.UNPROCESSABLE, messages.MUST_BE_BITS)
    if record.state != PackageState.AWAITING_UPLOAD:
        raise v3_error(table.ALREADY_UPLOADED)
    claimed = replace(record, state=PackageState.PROCESSING_UPLOAD.value, updated_at=clock.now())
    document = present(claimed, transaction.metadata(PACKAGES, guid))
    transaction.update(PACKAGES, claimed, document)
    package_rows.audit_event(transaction, caller, claimed, "upload")
    job = NewJob(
        operation="package.process",
        resource_type="package",
        resource_guid=guid,
        pollable=False,
        payload=payload,
        delay=uploads.UNTIL_GIVEN_UP if payload["bits"] else 0.0,
    )
    return document, enqueue(transaction, job).guid


async def find(context: Context, caller: Caller, guid: str) -> tuple[BlobFile, str]:
    """Return the stored bits of a package and the package's guid, if the caller may have them."""
    record = await context.database.read(lambda reader: _downloadable(reader, caller, guid))
    blob = None
    if record.blob is not None:
        blob = await context.blobs.find(BlobKey("packages", record.blob))
    if blob is None:
        raise v3_error(table.BLOBSTORE_UNAVAILABLE)
    await context.database.write(
        lambda transaction: package_rows.audit_event(transaction, caller, record, "download")
    )
    return blob, record.guid


def _downloadable(reader: Reader, caller: Caller, guid: str) -> PackageRecord:
    record = readable(reader, caller, guid)
    access.require(
        reader,
        caller,
        Right.READ_SECRETS,
        space_guid=record.space_guid,
        organization_guid=record.organization_guid,
    )
    if record.type != PackageType.BITS:
        raise v3_error(table.UNPROCESSABLE, messages.MUST_BE_BITS)
    if record.state != PackageState.READY:
        raise v3_error(table.UNPROCESSABLE, messages.NO_BITS)
    return record


def readable(reader: Reader, caller: Caller, guid: str) -> PackageRecord:
    """Return a package that the caller can read, else raise 404."""
    return lookup.record(reader, caller, PACKAGES, guid, "Package")
