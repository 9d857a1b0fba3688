"""How do the rows of buildpacks change together, so that positions stay dense (3.5)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloud_controller.api import audit
from cloud_controller.auth import Caller
from cloud_controller.blobs import BlobKey
from cloud_controller.domain import buildpack_positions
from cloud_controller.jobs import JobHandler, JobResult, NewJob, Outcome, about, enqueue
from cloud_controller.present.buildpacks import documents
from cloud_controller.store import BUILDPACKS, Metadata, clock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cloud_controller.api.context import Context
    from cloud_controller.domain.buildpack_positions import Shift
    from cloud_controller.store import BuildpackRecord, Reader, Transaction
    from cloud_controller.store.records import JobRecord


def is_taken(reader: Reader, record: BuildpackRecord) -> bool:
    """Return whether another buildpack has this name, stack and lifecycle."""
    others = reader.all(
        BUILDPACKS, name=record.name, stack=record.stack, lifecycle=record.lifecycle
    )
    return any(other.guid != record.guid for other in others)


def insert(
    transaction: Transaction, record: BuildpackRecord, labelled: Metadata | None = None
) -> BuildpackRecord:
    """Store a new buildpack at the position that its record asks for."""
    labelled = labelled or Metadata()
    others = transaction.all(BUILDPACKS, lifecycle=record.lifecycle)
    move = buildpack_positions.insert(record.position, len(others))
    _shift(transaction, others, move.shift)
    placed = replace(record, position=move.position)
    stored = transaction.insert(BUILDPACKS, placed, **documents(placed, labelled))
    transaction.set_metadata(BUILDPACKS, placed.guid, labelled)
    return stored


def save(transaction: Transaction, record: BuildpackRecord) -> None:
    """Store a changed buildpack as both versions show it; its position stays."""
    labelled = transaction.metadata(BUILDPACKS, record.guid)
    transaction.update(BUILDPACKS, record, **documents(record, labelled))


def update(
    transaction: Transaction,
    before: BuildpackRecord,
    after: BuildpackRecord,
    *,
    position: int,
    labelled: Metadata | None = None,
) -> BuildpackRecord:
    """Store a changed buildpack and move it; only its own time of change changes.

    With `labelled` these become its labels and annotations.
    """
    rows = transaction.all(BUILDPACKS, lifecycle=before.lifecycle)
    move = buildpack_positions.move(before.position, position, len(rows))
    _shift(transaction, [row for row in rows if row.guid != before.guid], move.shift)
    placed = replace(after, position=move.position)
    relabelled = labelled is not None and labelled != transaction.metadata(BUILDPACKS, before.guid)
    if labelled is not None and relabelled:
        transaction.set_metadata(BUILDPACKS, before.guid, labelled)
    if placed != before or relabelled:
        placed = replace(placed, updated_at=clock.now())
    save(transaction, placed)
    return placed


def remove(transaction: Transaction, record: BuildpackRecord) -> None:
    """Remove a buildpack and close the gap; its bits follow in a job."""
    rows = transaction.all(BUILDPACKS, lifecycle=record.lifecycle)
    gap = buildpack_positions.close_gap(record.position, len(rows))
    transaction.delete(BUILDPACKS, record.guid)
    _shift(transaction, [row for row in rows if row.guid != record.guid], gap)
    if record.blob is not None:
        forget_blob(transaction, record.blob)


def by(caller: Caller) -> dict[str, Any]:
    """Return who asks for a job, for its payload."""
    names = ("user_guid", "user_name", "email", "client_id")
    return {"by": {name: getattr(caller, name) for name in names}}


def actor(job: JobRecord) -> Caller | None:
    """Return who asked for a job, if version 3 did: what version 2 does is not told."""
    asked = job.payload.get("by")
    return None if asked is None else Caller(**asked)


def tell(
    transaction: Transaction,
    caller: Caller | None,
    verb: str,
    record: BuildpackRecord,
    request: Mapping[str, Any] | None = None,
) -> None:
    """Store the event `audit.buildpack.<verb>`, unless nobody is known to have done it."""
    if caller is None:
        return
    audit.record(
        transaction,
        caller,
        f"audit.buildpack.{verb}",
        target=audit.Target(record.guid, "buildpack", record.name),
        data={} if request is None else {"request": dict(request)},
    )


def forget_blob(transaction: Transaction, name: str) -> None:
    """Have a blob removed once the transaction is committed."""
    job = NewJob(operation="buildpack.forget", pollable=False, payload={"blob": name})
    enqueue(transaction, job)


def _shift(transaction: Transaction, rows: list[BuildpackRecord], shift: Shift | None) -> None:
    if shift is None:
        return
    for row in rows:
        if shift.first <= row.position <= shift.last:
            save(transaction, replace(row, position=row.position + shift.by))


def handlers(context: Context) -> Mapping[str, JobHandler]:
    """Return the job handlers for buildpacks; each may be run again after a crash."""

    async def delete(job: JobRecord, _: BuildpackRecord) -> Outcome[BuildpackRecord]:
        def commit(transaction: Transaction, record: BuildpackRecord) -> None:
            remove(transaction, record)
            tell(transaction, actor(job), "delete", record)

        return Outcome(commit=commit)

    async def forget(job: JobRecord) -> JobResult:
        await context.blobs.delete(BlobKey("buildpacks", job.payload["blob"]))
        return JobResult()

    return {
        "buildpack.delete": about(context.database, BUILDPACKS, delete),
        "buildpack.forget": JobHandler(forget),
    }
