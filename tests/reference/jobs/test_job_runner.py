"""Is background work done once its change is committed, and never lost?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cloud_controller import jobs
from cloud_controller.jobs import (
    ApiErrorObject,
    JobFailedError,
    JobHandler,
    JobResult,
    JobRunner,
    Lane,
    queue,
)
from cloud_controller.jobs import runner as runner_module
from cloud_controller.store import STACKS, Database, StackRecord, Transaction, clock
from cloud_controller.store.entities import JOBS
from cloud_controller.store.records import JobRecord

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

Run = Callable[[JobRecord], Awaitable[JobResult]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(f"sqlite:///{tmp_path / 'cc.db'}")
    yield opened
    await opened.close()


async def enqueue(database: Database, **fields: Any) -> JobRecord:
    new = jobs.NewJob(**{"operation": "thing.delete", **fields})
    return await database.write(lambda transaction: jobs.enqueue(transaction, new))


async def ended(database: Database, guid: str) -> JobRecord:
    async with asyncio.timeout(20):
        while True:
            job = await database.read(lambda reader: reader.record(JOBS, guid))
            assert job is not None
            if job.state != "PROCESSING":
                return job
            await asyncio.sleep(0.01)


async def work(database: Database, run: Run, job: JobRecord, **options: Any) -> JobRecord:
    """Run one job to its end."""
    handler = JobHandler(run, **options)
    worker = JobRunner(database, {"thing.delete": handler})
    await worker.start()
    try:
        return await ended(database, job.guid)
    finally:
        await worker.stop()


def stack(guid: str) -> StackRecord:
    return StackRecord(
        guid=guid, created_at=0, updated_at=0, name=guid, run_rootfs_image="", build_rootfs_image=""
    )


async def succeed(_: JobRecord) -> JobResult:
    return JobResult()


async def test_a_job_ends_complete_with_its_changes_and_warnings(database: Database) -> None:
    async def run(job: JobRecord) -> JobResult:
        return JobResult(
            commit=lambda t: t.insert(STACKS, stack(job.payload["name"]), b"{}") and None,
            warnings=("careful",),
        )

    job = await enqueue(database, payload={"name": "made"})
    done = await work(database, run, job)
    assert (done.state, done.errors, done.warnings) == ("COMPLETE", [], [{"detail": "careful"}])
    assert await database.read(lambda reader: reader.record(STACKS, "made"))


async def test_a_job_of_a_change_that_was_undone_never_begins(database: Database) -> None:
    def change(transaction: Transaction) -> None:
        jobs.enqueue(transaction, jobs.NewJob(operation="thing.delete"))
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(change)
    assert await database.read(lambda reader: reader.all(JOBS)) == []


async def test_a_running_runner_is_woken_at_once(database: Database) -> None:
    worker = JobRunner(database, {"thing.delete": JobHandler(succeed)}, poll=3600)
    await worker.start()
    try:
        for _ in range(5):
            job = await enqueue(database)
            assert (await ended(database, job.guid)).state == "COMPLETE"
    finally:
        await worker.stop()


async def test_a_failure_shows_its_errors_and_undoes_its_changes(database: Database) -> None:
    error = ApiErrorObject(290008, "CF-SpaceDeletionFailed", "no")

    async def run(_: JobRecord) -> JobResult:
        def commit(transaction: Transaction) -> None:
            transaction.insert(STACKS, stack("half"), b"{}")
            raise JobFailedError(error)

        return JobResult(commit=commit)

    def failed(transaction: Transaction, job: JobRecord, errors: Any) -> None:
        transaction.insert(STACKS, stack(f"failed-{errors[0].code}-{job.operation}"), b"{}")

    done = await work(database, run, await enqueue(database), failed=failed)
    assert done.state == "FAILED"
    assert done.errors == [{"detail": "no", "title": "CF-SpaceDeletionFailed", "code": 290008}]
    assert await database.read(lambda reader: reader.record(STACKS, "half")) is None
    assert await database.read(lambda r: r.record(STACKS, "failed-290008-thing.delete"))


async def test_a_stumble_is_tried_again(database: Database) -> None:
    tries = []

    async def run(job: JobRecord) -> JobResult:
        tries.append(job.attempts)
        if len(tries) < 3:
            raise OSError("not now")
        return JobResult()

    done = await work(database, run, await enqueue(database))
    assert (done.state, tries) == ("COMPLETE", [1, 2, 3])


async def test_retries_are_bounded_and_end_as_an_unknown_error(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "_RETRY_SECONDS", 0.0001)

    async def run(_: JobRecord) -> JobResult:
        raise OSError("never")

    done = await work(database, run, await enqueue(database))
    assert done.attempts == runner_module.MAX_ATTEMPTS
    assert done.errors == [
        {"detail": "An unknown error occurred.", "title": "UnknownError", "code": 10001}
    ]


async def test_a_job_that_kills_its_process_every_time_is_given_up(database: Database) -> None:
    job = await enqueue(database)
    await database.write(
        lambda t: t.update(JOBS, replace(job, attempts=runner_module.MAX_ATTEMPTS))
    )
    done = await work(database, succeed, job)
    assert (done.state, done.errors[0]["title"]) == ("FAILED", "CF-JobTimeout")


async def test_a_job_nobody_knows_fails(database: Database) -> None:
    job = await enqueue(database, operation="unheard.of")
    assert (await work(database, succeed, job)).state == "FAILED"


async def test_an_abandoned_job_is_taken_up_when_its_lease_ends(database: Database) -> None:
    job = await enqueue(database)
    dead = await database.write(lambda transaction: queue.claim(transaction, "dead"))
    assert dead is not None
    assert await database.write(lambda transaction: queue.claim(transaction, "other")) is None
    await database.write(lambda t: t.set_columns(JOBS, job.guid, leased_until=clock.now() - 1))
    assert (await work(database, succeed, job)).attempts == 2
    # The one thought dead comes back: it must not end the job a second time.
    assert not await database.write(lambda transaction: queue.complete(transaction, dead))
    assert not await database.write(lambda transaction: queue.renew(transaction, dead))


async def test_a_start_frees_the_jobs_of_a_server_that_died(database: Database) -> None:
    job = await enqueue(database)
    await database.write(lambda transaction: queue.claim(transaction, "dead"))
    assert await database.write(jobs.recover) == 1
    assert (await work(database, succeed, job)).state == "COMPLETE"


async def test_two_runners_share_the_work_without_doing_it_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    one, two = await Database.open(url), await Database.open(url)
    done: list[str] = []

    async def run(job: JobRecord) -> JobResult:
        done.append(job.guid)
        return JobResult()

    workers = [JobRunner(db, {"thing.delete": JobHandler(run)}, poll=0.01) for db in (one, two)]
    for worker in workers:
        await worker.start()
    created = [(await enqueue(one)).guid for _ in range(20)]
    for guid in created:
        await ended(two, guid)
    for worker in workers:
        await worker.stop()
    assert sorted(done) == sorted(created)
    await one.close()
    await two.close()


async def test_the_delay_keeps_a_job_visible_as_queued(database: Database) -> None:
    worker = JobRunner(database, {"thing.delete": JobHandler(succeed)}, delay=0.3)
    await worker.start()
    try:
        job = await enqueue(database)
        waiting = await database.read(lambda reader: jobs.find_v2(reader, job.guid))
        assert waiting.status == "queued"
        done = await ended(database, job.guid)
        assert done.updated_at - done.created_at >= 300_000
    finally:
        await worker.stop()


async def test_stopping_lets_a_running_job_end(database: Database) -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    async def run(_: JobRecord) -> JobResult:
        begun.set()
        await release.wait()
        return JobResult()

    worker = JobRunner(database, {"thing.delete": JobHandler(run)})
    await worker.start()
    job = await enqueue(database)
    await begun.wait()
    running = await database.read(lambda reader: jobs.find_v2(reader, job.guid))
    assert running.status == "running"
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0)
    release.set()
    await stopping
    assert (await ended(database, job.guid)).state == "COMPLETE"


async def test_the_v2_view_hides_what_is_done_unknown_or_internal(database: Database) -> None:
    hidden = await enqueue(database, pollable=False)
    job = await enqueue(database)
    await work(database, succeed, job)
    for guid in (hidden.guid, job.guid, "unknown"):
        found = await database.read(lambda reader, g=guid: jobs.find_v2(reader, g))
        assert found == ("0", 0, "finished")
    assert await database.read(lambda r: jobs.find_pollable(r, hidden.guid)) is None


async def test_a_job_links_to_its_resource_only_while_that_exists(database: Database) -> None:
    job = await enqueue(database, resource_type="stack", resource_guid="s")
    there = lambda: database.read(lambda r: jobs.resource_is_there(r, job))  # noqa: E731
    assert not await there()
    await database.write(lambda t: t.insert(STACKS, stack("s"), b"{}"))
    assert await there()


async def test_pruning_removes_old_ended_jobs_only(database: Database) -> None:
    done, waiting = await enqueue(database), await enqueue(database)
    await work(database, succeed, done)
    await ended(database, waiting.guid)
    open_job = await enqueue(database)
    assert await database.write(jobs.prune) == 0
    assert await database.write(lambda t: jobs.prune(t, before=clock.now() + 1)) == 2
    assert await database.read(lambda reader: reader.record(JOBS, open_job.guid))


async def test_long_jobs_with_a_runner_for_themselves_hold_up_no_others(database: Database) -> None:
    release = asyncio.Event()

    async def long(_: JobRecord) -> JobResult:
        await release.wait()
        return JobResult()

    async def short(_: JobRecord) -> JobResult:
        return JobResult()

    handlers = {"long": JobHandler(long), "short": JobHandler(short)}
    operations = ("long",)
    runners = [
        JobRunner(database, handlers, concurrency=1, lane=Lane(operations, others=others))
        for others in (False, True)
    ]
    held = [await enqueue(database, operation="long") for _ in range(3)]
    for runner in runners:
        await runner.start()
    quick = await enqueue(database, operation="short")
    assert (await ended(database, quick.guid)).state == "COMPLETE"
    attempts = [(await stored(database, job.guid)).attempts for job in held]
    assert sorted(attempts) in ([0, 0, 0], [0, 0, 1])
    release.set()
    for job in held:
        assert (await ended(database, job.guid)).state == "COMPLETE"
    for runner in runners:
        await runner.stop()


async def stored(database: Database, guid: str) -> JobRecord:
    job = await database.read(lambda reader: reader.record(JOBS, guid))
    assert job is not None
    return job


async def test_a_runner_stops_even_when_a_job_comes_at_that_moment(database: Database) -> None:
    worker = JobRunner(database, {"thing.delete": JobHandler(succeed)})
    await worker.start()
    # Let the runner come to rest, so that the job and the stop reach it in the same turn.
    async with asyncio.timeout(20):
        while not worker._wake._waiters:  # noqa: ASYNC110 -- nothing tells that it rests
            await asyncio.sleep(0)

    worker._wake.set()

    async with asyncio.timeout(20):
        await worker.stop()
