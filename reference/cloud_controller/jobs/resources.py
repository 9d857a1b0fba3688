"""What becomes of a job whose resource goes away before the job ends?

    about(database, PACKAGES, process, failed=mark, abandoned=forget_bits)

Whoever removes a resource does not wait for its jobs. So the resource is looked up before the work
begins and once more in the transaction that completes the job; when it is gone, the job is complete
without having changed anything, and what the work left among the files is removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from cloud_controller.jobs.handlers import (
    ApiErrorObject,
    JobHandler,
    JobResult,
    no_change,
    no_file_work,
)
from cloud_controller.store.entities import RecordT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cloud_controller.store.database import Database
    from cloud_controller.store.entities import Entity
    from cloud_controller.store.records import JobRecord
    from cloud_controller.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[RecordT]):
    """How the work on a resource ended well.

    Attributes:
        commit: Changes of the database, given the resource as it is in that transaction; see
            `JobResult.commit`. Left out when it is gone.
        after: File work that may follow; see `JobResult.after`. Likewise.

    """

    commit: Callable[[Transaction, RecordT], None] = no_change
    after: Callable[[], Awaitable[object]] = no_file_work


def about(
    database: Database,
    entity: Entity[RecordT],
    work: Callable[[JobRecord, RecordT], Awaitable[Outcome[RecordT]]],
    *,
    failed: Callable[[Transaction, RecordT, tuple[ApiErrorObject, ...]], None] = no_change,
    abandoned: Callable[[JobRecord], Awaitable[object]] = no_file_work,
) -> JobHandler:
    """Return the handler of a job that does something with one resource.

    Args:
        database: Where the resource is.
        entity: Its kind.
        work: What is to be done, given the job and the resource as it was when the job began.
        failed: What becomes of the resource when the job fails; left out when it is gone.
        abandoned: Removes the files of a job that failed or whose resource is gone.

    """

    async def run(job: JobRecord) -> JobResult:
        record = await database.read(lambda reader: reader.record(entity, job.resource))
        if record is None:
            return JobResult(after=lambda: abandoned(job))
        return result(job, await work(job, record))

    def result(job: JobRecord, outcome: Outcome[RecordT]) -> JobResult:
        is_gone = False

        def commit(transaction: Transaction) -> None:
            nonlocal is_gone
            record = transaction.record(entity, job.resource)
            is_gone = record is None
            if record is not None:
                outcome.commit(transaction, record)

        async def after() -> None:
            await (abandoned(job) if is_gone else outcome.after())

        return JobResult(commit=commit, after=after)

    def fail(transaction: Transaction, job: JobRecord, errors: tuple[ApiErrorObject, ...]) -> None:
        record = transaction.record(entity, job.resource)
        if record is not None:
            failed(transaction, record, errors)

    return JobHandler(run, fail, abandoned)
