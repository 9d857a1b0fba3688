"""How do the bits of a buildpack come in through version 2 (behaviour document, 3.8)?"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from uuid import uuid4

from cloud_controller.api import buildpack_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v2_error
from cloud_controller.blobs import BlobKey
from cloud_controller.domain import buildpack_manifest
from cloud_controller.domain.buildpack_manifest import ManifestError
from cloud_controller.present.v2_buildpacks import v2_buildpack as present
from cloud_controller.store import BUILDPACKS, STACKS, clock
from cloud_controller.store.entities import V2_BUILDPACKS

if TYPE_CHECKING:
    from pathlib import Path

    from cloud_controller.api.context import Context
    from cloud_controller.store import BuildpackRecord, Reader, Transaction
    from specfoundry.runtime.requests import UploadedFile


async def accept(
    context: Context, record: BuildpackRecord, upload: UploadedFile
) -> BuildpackRecord | None:
    """Check an upload and store it; None when the buildpack has these bits and this name already.

    Every upload gets a blob of its own, so that the old bits stay until the new ones are named.
    """
    if record.locked:
        raise v2_error(table.BUILDPACK_LOCKED)
    filename = base_name(upload.filename)
    if not filename:
        raise v2_error(table.BUILDPACK_UPLOAD_INVALID, "a filename must be specified")
    if not filename.endswith(".zip"):
        raise v2_error(table.BUILDPACK_UPLOAD_INVALID, "only zip files allowed")
    if await _is_stored(context, record, filename, upload.sha256):
        return None
    stack = None
    if record.lifecycle != "cnb":
        stack = await asyncio.to_thread(_manifest_stack, upload.path)
    blob = str(uuid4())
    changes = {"filename": filename, "sha256": upload.sha256, "blob": blob}
    # Refuse before the file is moved; the transaction checks once more.
    await context.database.read(lambda reader: _resolved_stack(reader, record, stack))
    await context.blobs.put(BlobKey("buildpacks", blob), upload.path)
    try:
        return await context.database.write(
            lambda transaction: _store(transaction, record.guid, stack, changes)
        )
    except BaseException:
        await context.blobs.delete(BlobKey("buildpacks", blob))
        raise


def base_name(filename: str | None) -> str:
    """Return the last part of a client's file name, whatever system the client runs on."""
    return PurePosixPath((filename or "").replace("\\", "/")).name


async def _is_stored(context: Context, record: BuildpackRecord, filename: str, sha256: str) -> bool:
    if (record.filename, record.sha256) != (filename, sha256) or record.blob is None:
        return False
    return await context.blobs.find(BlobKey("buildpacks", record.blob)) is not None


def _manifest_stack(path: Path) -> str | None:
    try:
        with path.open("rb") as archive:
            return buildpack_manifest.stack(archive)
    except ManifestError as error:
        raise v2_error(table.BUILDPACK_ZIP, str(error)) from error


def _resolved_stack(reader: Reader, record: BuildpackRecord, uploaded: str | None) -> str | None:
    """Return the buildpack's stack after the upload (steps 8 to 10)."""
    if uploaded is None:
        return record.stack
    if reader.first(STACKS, name=uploaded) is None:
        raise v2_error(table.STACK_UNKNOWN, uploaded)
    if record.stack not in (None, uploaded):
        raise v2_error(table.STACKS_DIFFER, uploaded, record.stack)
    if buildpack_rows.is_taken(reader, replace(record, stack=uploaded)):
        raise v2_error(table.BUILDPACK_TAKEN, record.name, uploaded, record.lifecycle)
    return uploaded


def _store(
    transaction: Transaction, guid: str, uploaded: str | None, changes: dict[str, str]
) -> BuildpackRecord:
    record = transaction.record(BUILDPACKS, guid)
    if record is None:
        raise v2_error(table.NOT_FOUND)
    if record.locked:
        raise v2_error(table.BUILDPACK_LOCKED)
    stack = _resolved_stack(transaction, record, uploaded)
    changed = replace(
        record,
        stack=stack,
        filename=changes["filename"],
        sha256=changes["sha256"],
        blob=changes["blob"],
        updated_at=clock.now(),
    )
    transaction.update(V2_BUILDPACKS, changed, present(changed), document=b"")
    if record.blob is not None:
        buildpack_rows.forget_blob(transaction, record.blob)
    return changed
