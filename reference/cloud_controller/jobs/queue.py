"""How are jobs put down, taken up, finished and looked up?

The queue is a table. A runner leases a job for a while and renews the lease; when it dies, the
lease ends and another one takes the job up again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    delete,
    false,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    update,
)

from cloud_controller.store import clock, entities, tables
from cloud_controller.store.entities import JOBS
from cloud_controller.store.records import JobRecord
from cloud_controller.store.statements import compile_statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.jobs.handlers import ApiErrorObject
    from cloud_controller.store.reader import Reader
    from cloud_controller.store.transaction import Transaction

TOPIC = "jobs"
LEASE_SECONDS = 60
RETENTION_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be put down.

    Attributes:
        operation: Such as `package.delete`; names the handler and is shown.
        resource_type: Such as `package`; names the link that a pollable job shows.
        resource_guid: The resource that it is about.
        pollable: Whether /v3/jobs and /v2/jobs know it.
        payload: What the handler needs besides, JSON values.
        delay: Not before so many seconds.
        guid: Its own guid, if a file was already named after it.

    """

    operation: str
    resource_type: str | None = None
    resource_guid: str | None = None
    pollable: bool = True
    payload: Mapping[str, Any] = field(default_factory=dict)
    delay: float = 0.0
    guid: str | None = None


def enqueue(transaction: Transaction, job: NewJob) -> JobRecord:
    """Put a job down; it begins once the transaction is committed, or never."""
    moment = clock.now()
    record = JobRecord(
        guid=job.guid or str(uuid4()),
        created_at=moment,
        updated_at=moment,
        operation=job.operation,
        resource_type=job.resource_type,
        resource_guid=job.resource_guid,
        pollable=job.pollable,
        payload=dict(job.payload),
        run_at=moment + round(job.delay * clock.MICROSECONDS),
    )
    stored = transaction.insert(JOBS, record)
    transaction.notify(TOPIC)
    return stored


def find_pollable(reader: Reader, guid: str) -> JobRecord | None:
    """Return the job that /v3/jobs/{guid} shows, or `None`."""
    job = reader.record(JOBS, guid)
    return job if job and job.pollable else None


class V2Job(NamedTuple):
    """A job as /v2/jobs shows it (3.7)."""

    guid: str
    created_at: int
    status: Literal["queued", "running", "finished", "failed"]


def find_v2(reader: Reader, guid: str) -> V2Job:
    """Return the job as /v2/jobs/{guid} shows it; finished and unknown ones look alike."""
    job = find_pollable(reader, guid)
    if job is None or job.state == "COMPLETE":
        return V2Job("0", 0, "finished")
    if job.state == "FAILED":
        return V2Job(job.guid, job.created_at, "failed")
    return V2Job(job.guid, job.created_at, "running" if job.leased_until else "queued")


def resource_is_there(reader: Reader, job: JobRecord) -> bool:
    """Tell whether the job's resource still exists, so that the job links to it (5.6)."""
    entity = _ENTITIES.get(job.resource_type or "")
    if entity is None or job.resource_guid is None:
        return False
    found = reader.record(entity, job.resource_guid)
    return found is not None and getattr(found, "known", True)  # users may outlive themselves


_ENTITIES = {entity.resource_type: entity for entity in entities.ALL if entity.has_document}


def recover(transaction: Transaction) -> int:
    """Free all unfinished jobs and make them due; return how many. Only while no runner is alive.

    Also those that were to wait: nobody is left who could do what they wait for.
    """
    freed = transaction.execute(_RECOVER, {"now": clock.now()})
    transaction.notify(TOPIC)
    return freed


class Lane(NamedTuple):
    """Which jobs somebody takes up: those of `operations`, or with `others` all but those."""

    operations: tuple[str, ...]
    others: bool


ALL = Lane((), others=True)


def claim(
    transaction: Transaction, runner: str, delay: int = 0, lane: Lane = ALL
) -> JobRecord | None:
    """Lease the oldest job that has been due for `delay` microseconds; `None` if there is none."""
    now = clock.now()
    due = _due(lane)
    rows = transaction.query(due, {"now": now, "due": now - delay, "limit": 1, "offset": 0})
    if not rows:
        return None
    job = JOBS.load(rows[0])
    ends = now + LEASE_SECONDS * clock.MICROSECONDS
    leased = replace(job, attempts=job.attempts + 1, leased_until=ends, leased_by=runner)
    transaction.update(JOBS, leased)
    return leased


def next_due(reader: Reader, delay: int = 0, lane: Lane = ALL) -> int | None:
    """Return when the next job can be claimed (see `claim`); `None` if nothing is open."""
    due: int | None = reader.query(_next(lane), {"delay": delay})[0][0]
    return due


def renew(transaction: Transaction, job: JobRecord) -> bool:
    """Lengthen the lease; `False` if the job is not this runner's any more."""
    if not _is_mine(transaction, job):
        return False
    ends = clock.now() + LEASE_SECONDS * clock.MICROSECONDS
    return transaction.set_columns(JOBS, job.guid, leased_until=ends)


def complete(transaction: Transaction, job: JobRecord, warnings: tuple[str, ...] = ()) -> bool:
    """Mark a job `COMPLETE`; `False`, and nothing changed, if it is not this runner's any more."""
    if not _is_mine(transaction, job):
        return False
    shown = [{"detail": text} for text in warnings]
    return _finish(transaction, replace(job, state="COMPLETE", warnings=shown))


def fail(transaction: Transaction, job: JobRecord, errors: tuple[ApiErrorObject, ...]) -> bool:
    """Mark a job `FAILED`; `False`, and nothing changed, if it is not this runner's any more."""
    if not _is_mine(transaction, job):
        return False
    shown = [error.as_json() for error in errors]
    return _finish(transaction, replace(job, state="FAILED", errors=shown))


def postpone(transaction: Transaction, job: JobRecord, seconds: float) -> bool:
    """Give a job back, to be tried again later; `False` if it is not this runner's any more."""
    if not _is_mine(transaction, job):
        return False
    moment = clock.now() + round(seconds * clock.MICROSECONDS)
    return transaction.update(JOBS, replace(job, run_at=moment, leased_until=None, leased_by=None))


def _finish(transaction: Transaction, job: JobRecord) -> bool:
    ended = replace(job, leased_until=None, leased_by=None, updated_at=clock.now())
    return transaction.update(JOBS, ended)


def _is_mine(transaction: Transaction, job: JobRecord) -> bool:
    present = transaction.record(JOBS, job.guid)
    return (
        present is not None
        and present.state == "PROCESSING"
        and (present.leased_by, present.attempts) == (job.leased_by, job.attempts)
    )


def prune(transaction: Transaction, *, before: int | None = None) -> int:
    """Remove finished jobs that ended before `before` (default: 90 days ago, 5.6)."""
    limit = before if before is not None else _retention_limit()
    return transaction.execute(_PRUNE, {"before": limit})


def _retention_limit() -> int:
    return clock.now() - RETENTION_DAYS * 24 * 3600 * clock.MICROSECONDS


_C = tables.JOBS.c


def _literal(text: str) -> ColumnElement[str]:
    return literal_column(f"'{text}'")


def _in_lane(lane: Lane) -> ColumnElement[bool]:
    members = _C.operation.in_([_literal(operation) for operation in lane.operations])
    if not lane.operations:
        return true() if lane.others else false()
    return not_(members) if lane.others else members


@lru_cache(maxsize=8)
def _due(lane: Lane) -> str:
    return compile_statement(
        select(*(_C[name] for name in JOBS.columns))
        .where(
            _C.state == _literal("PROCESSING"),
            _C.run_at <= bindparam("due"),
            or_(_C.leased_until.is_(None), _C.leased_until < bindparam("now")),
            _in_lane(lane),
        )
        .order_by(_C.run_at, _C.id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


@lru_cache(maxsize=8)
def _next(lane: Lane) -> str:
    due = case((_C.leased_until.is_(None), _C.run_at + bindparam("delay")), else_=_C.leased_until)
    return compile_statement(
        select(func.min(due)).where(_C.state == _literal("PROCESSING"), _in_lane(lane))
    )


_RECOVER = compile_statement(
    update(tables.JOBS)
    .where(_C.state == _literal("PROCESSING"))
    .values(
        leased_until=null(),
        leased_by=null(),
        run_at=case((_C.run_at > bindparam("now"), bindparam("now")), else_=_C.run_at),
    )
)
_PRUNE = compile_statement(
    delete(tables.JOBS).where(
        or_(_C.state == _literal("COMPLETE"), _C.state == _literal("FAILED")),
        _C.updated_at < bindparam("before"),
    )
)
