"""How do the bits of a buildpack come in through version 3 (behaviour document, 4.5)?

The bits lie in their final place before the answer, named after the job that will check them; as
long as the job is open the sweep knows them as its own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from cloud_controller.api import buildpack_bits, buildpack_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.buildpack_bits import Bits, BitsRefusedError
from cloud_controller.api.errors import job_failure, v3_error
from cloud_controller.blobs import BlobKey, BlobMissingError
from cloud_controller.domain.messages import buildpacks as messages
from cloud_controller.jobs import NewJob, Outcome, about, enqueue
from cloud_controller.store import BUILDPACKS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.jobs import JobHandler
    from cloud_controller.store import BuildpackRecord, Reader, Transaction
    from cloud_controller.store.records import JobRecord
    from specfoundry.runtime.requests import UploadedFile


def addressed(reader: Reader, caller: Caller, guid: str) -> BuildpackRecord:
    """Return a buildpack that is to be changed; raises 404, then 403 for all but admins."""
    record = reader.record(BUILDPACKS, guid)
    if record is None:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Buildpack")
    if not caller.is_admin:
        raise v3_error(table.NOT_AUTHORIZED)
    return record


async def accept(
    context: Context, caller: Caller, guid: str, upload: UploadedFile
) -> tuple[bytes, str]:
    """Keep an upload for a job; return the buildpack as it was before, and the job's guid."""
    record = await context.database.read(lambda reader: addressed(reader, caller, guid))
    name = buildpack_bits.base_name(upload.filename)
    head = await asyncio.to_thread(_head, upload.path)
    problems = messages.upload(name=name, head=head, lifecycle=record.lifecycle)
    if problems:
        raise v3_error(table.UNPROCESSABLE, messages.upload_invalid(problems))
    _require_unlocked(record)
    bits = Bits(name, upload.sha256, str(uuid4()))
    key = BlobKey("buildpacks", bits.blob)
    await context.blobs.put(key, upload.path)
    try:
        return await context.database.write(
            lambda transaction: _queue(transaction, caller, guid, bits)
        )
    except BaseException:
        await context.blobs.delete(key)
        raise


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(messages.HEAD_SIZE)


def _require_unlocked(record: BuildpackRecord) -> None:
    if record.locked:
        raise v3_error(table.UNPROCESSABLE, messages.LOCKED)


def _queue(transaction: Transaction, caller: Caller, guid: str, bits: Bits) -> tuple[bytes, str]:
    _require_unlocked(addressed(transaction, caller, guid))
    job = NewJob(
        operation="buildpack.upload",
        resource_type="buildpack",
        resource_guid=guid,
        payload={"bits": bits._asdict(), **buildpack_rows.by(caller)},
        guid=bits.blob,
    )
    enqueue(transaction, job)
    return transaction.stored_document(BUILDPACKS, guid), bits.blob


@dataclass(frozen=True, slots=True)
class BuildpackUploads:
    """The job handler for uploads; it may be run again after a crash."""

    context: Context

    def handlers(self) -> Mapping[str, JobHandler]:
        """Return the handler by its operation."""
        handler = about(self.context.database, BUILDPACKS, self._process, abandoned=self._forget)
        return {"buildpack.upload": handler}

    async def _process(self, job: JobRecord, record: BuildpackRecord) -> Outcome[BuildpackRecord]:
        """Check the bits and give them to the buildpack; nothing happens if it cannot take them."""
        bits = Bits(**job.payload["bits"])
        if record.locked or await buildpack_bits.is_stored(self.context, record, bits):
            return Outcome(after=lambda: self._forget(job))
        try:
            stack = await buildpack_bits.check(self.context, record, await self._path(bits))
        except BitsRefusedError as error:
            raise job_failure(error.kind, *error.particulars) from error
        return Outcome(
            commit=partial(_take, stack=stack, bits=bits, actor=buildpack_rows.actor(job))
        )

    async def _path(self, bits: Bits) -> Path:
        key = BlobKey("buildpacks", bits.blob)
        found = await self.context.blobs.find(key)
        if found is None:
            raise BlobMissingError(key)
        return found.path

    async def _forget(self, job: JobRecord) -> None:
        await self.context.blobs.delete(BlobKey("buildpacks", job.guid))


def _take(
    transaction: Transaction,
    record: BuildpackRecord,
    *,
    stack: str | None,
    bits: Bits,
    actor: Caller | None,
) -> None:
    if record.locked:  # meanwhile
        buildpack_rows.forget_blob(transaction, bits.blob)
        return
    try:
        buildpack_bits.apply(transaction, record, stack, bits)
    except BitsRefusedError as error:
        raise job_failure(error.kind, *error.particulars) from error
    buildpack_rows.tell(transaction, actor, "upload", record, {"bits_name": bits.filename})
