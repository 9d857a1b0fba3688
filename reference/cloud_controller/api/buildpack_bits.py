"""How do the bits of a buildpack come in (behaviour document, 3.8)?

Every upload gets a blob of its own, so that the old bits stay until the new ones are named.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from cloud_controller.api import buildpack_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v2_error
from cloud_controller.blobs import BlobKey
from cloud_controller.domain import buildpack_manifest
from cloud_controller.domain.buildpack_manifest import ManifestError
from cloud_controller.store import BUILDPACKS, STACKS, clock

if TYPE_CHECKING:
    from pathlib import Path

    from cloud_controller.api.context import Context
    from cloud_controller.api.error_table import ErrorKind
    from cloud_controller.store import BuildpackRecord, Reader, Transaction
    from specfoundry.runtime.requests import UploadedFile


class Bits(NamedTuple):
    """An upload: the file's name, its SHA-256 in hex, and the name of the blob that holds it."""

    filename: str
    sha256: str
    blob: str


class BitsRefusedError(Exception):
    """The archive is not what the buildpack needs (steps 7 to 10)."""

    def __init__(self, kind: ErrorKind, *particulars: str | None) -> None:
        super().__init__(kind.detail(*particulars))
        self.kind = kind
        self.particulars = particulars


async def accept(
    context: Context, record: BuildpackRecord, upload: UploadedFile
) -> BuildpackRecord | None:
    """Check an upload through version 2 and store it at once.

    Returns None when the buildpack has these bits and this name already.
    """
    if record.locked:
        raise v2_error(table.BUILDPACK_LOCKED)
    filename = base_name(upload.filename)
    if not filename:
        raise v2_error(table.BUILDPACK_UPLOAD_INVALID, "a filename must be specified")
    if not filename.endswith(".zip"):
        raise v2_error(table.BUILDPACK_UPLOAD_INVALID, "only zip files allowed")
    bits = Bits(filename, upload.sha256, str(uuid4()))
    if await is_stored(context, record, bits):
        return None
    try:
        return await _check_and_store(context, record, upload.path, bits)
    except BitsRefusedError as error:
        raise v2_error(error.kind, *error.particulars) from error


async def _check_and_store(
    context: Context, record: BuildpackRecord, path: Path, bits: Bits
) -> BuildpackRecord:
    stack = await check(context, record, path)
    key = BlobKey("buildpacks", bits.blob)
    await context.blobs.put(key, path)
    try:
        return await context.database.write(
            lambda transaction: _store(transaction, record.guid, stack, bits)
        )
    except BaseException:
        await context.blobs.delete(key)
        raise


def base_name(filename: str | None) -> str:
    """Return the last part of a client's file name, whatever system the client runs on."""
    return PurePosixPath((filename or "").replace("\\", "/")).name


async def is_stored(context: Context, record: BuildpackRecord, bits: Bits) -> bool:
    """Return whether the buildpack has these bits under this name already."""
    if (record.filename, record.sha256) != (bits.filename, bits.sha256) or record.blob is None:
        return False
    return await context.blobs.find(BlobKey("buildpacks", record.blob)) is not None


async def check(context: Context, record: BuildpackRecord, path: Path) -> str | None:
    """Return the stack that the archive names, if it is one that the buildpack can take.

    Raises BitsRefusedError. What rows decide is to be asked again by `apply`.
    """
    stack = None
    if record.lifecycle != "cnb":
        stack = await asyncio.to_thread(_manifest_stack, path)
    await context.database.read(lambda reader: _resolved_stack(reader, record, stack))
    return stack


def _manifest_stack(path: Path) -> str | None:
    try:
        with path.open("rb") as archive:
            return buildpack_manifest.stack(archive)
    except ManifestError as error:
        raise BitsRefusedError(table.BUILDPACK_ZIP, str(error)) from error


def _resolved_stack(reader: Reader, record: BuildpackRecord, uploaded: str | None) -> str | None:
    """Return the buildpack's stack after the upload (steps 8 to 10)."""
    if uploaded is None:
        return record.stack
    if reader.first(STACKS, name=uploaded) is None:
        raise BitsRefusedError(table.STACK_UNKNOWN, uploaded)
    if record.stack not in (None, uploaded):
        raise BitsRefusedError(table.STACKS_DIFFER, uploaded, record.stack)
    if buildpack_rows.is_taken(reader, replace(record, stack=uploaded)):
        raise BitsRefusedError(table.BUILDPACK_TAKEN, record.name, uploaded, record.lifecycle)
    return uploaded


def _store(
    transaction: Transaction, guid: str, uploaded: str | None, bits: Bits
) -> BuildpackRecord:
    record = transaction.record(BUILDPACKS, guid)
    if record is None:
        raise v2_error(table.NOT_FOUND)
    if record.locked:
        raise v2_error(table.BUILDPACK_LOCKED)
    return apply(transaction, record, uploaded, bits)


def apply(
    transaction: Transaction, record: BuildpackRecord, uploaded: str | None, bits: Bits
) -> BuildpackRecord:
    """Give a buildpack its new bits and have the old ones removed; raises BitsRefusedError."""
    changed = replace(
        record,
        stack=_resolved_stack(transaction, record, uploaded),
        filename=bits.filename,
        sha256=bits.sha256,
        blob=bits.blob,
        updated_at=clock.now(),
    )
    buildpack_rows.save(transaction, changed)
    if record.blob is not None:
        buildpack_rows.forget_blob(transaction, record.blob)
    return changed
