"""What becomes of a job whose resource goes away before the job ends?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cloud_controller import jobs
from cloud_controller.jobs import ApiErrorObject, JobFailedError, NewJob, Outcome, about
from cloud_controller.store import STACKS, Database, StackRecord, Transaction, clock
from cloud_controller.store.entities import JOBS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from cloud_controller.jobs import JobHandler
    from cloud_controller.store.records import JobRecord

pytestmark = pytest.mark.anyio

GUID = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Workshop:
    """A database with a stack, and a job about it that tells what it did."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.told: list[str] = []

    def handler(self, *, fails: bool = False, meanwhile: Any = None) -> JobHandler:
        async def work(_: JobRecord, record: StackRecord) -> Outcome[StackRecord]:
            self.told.append(f"work on {record.name}")
            if meanwhile is not None:
                await meanwhile()
            if fails:
                raise JobFailedError(ApiErrorObject(1, "CF-No", "no"))
            return Outcome(commit=self.change, after=self.follow)

        return about(self.database, STACKS, work, failed=self.fail, abandoned=self.abandon)

    def change(self, _: Transaction, record: StackRecord) -> None:
        self.told.append(f"commit to {record.name}")

    async def follow(self) -> None:
        self.told.append("follow up")

    def fail(self, _: Transaction, record: StackRecord, errors: tuple[ApiErrorObject, ...]) -> None:
        self.told.append(f"fail {record.name}: {errors[0].detail}")

    async def abandon(self, job: JobRecord) -> None:
        self.told.append(f"abandon {job.resource}")

    async def remove(self) -> None:
        await self.database.write(lambda transaction: transaction.delete(STACKS, GUID))

    async def state_after(self, handler: JobHandler) -> str:
        new = NewJob(operation="stack.change", resource_type="stack", resource_guid=GUID)
        job = await self.database.write(lambda transaction: jobs.enqueue(transaction, new))
        runner = jobs.JobRunner(self.database, {"stack.change": handler})
        await runner.start()
        try:
            return await self._ended(job.guid)
        finally:
            await runner.stop()  # which waits for what follows the commit

    async def _ended(self, guid: str) -> str:
        async with asyncio.timeout(20):
            while True:
                job = await self.database.read(lambda reader: reader.referenced(JOBS, guid))
                if job.state != "PROCESSING":
                    return job.state
                await asyncio.sleep(0.005)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    database = await Database.open(f"sqlite:///{tmp_path / 'cc.db'}")
    moment = clock.now()
    stack = StackRecord(
        guid=GUID,
        created_at=moment,
        updated_at=moment,
        name="s",
        run_rootfs_image="",
        build_rootfs_image="",
    )
    await database.write(lambda transaction: transaction.insert(STACKS, stack, b"{}"))
    yield Workshop(database)
    await database.close()


async def test_the_work_is_committed_to_the_resource_as_it_is_then(shop: Workshop) -> None:
    async def rename() -> None:
        await shop.database.write(lambda t: t.set_columns(STACKS, GUID, name="renamed"))

    assert await shop.state_after(shop.handler(meanwhile=rename)) == "COMPLETE"
    assert shop.told == ["work on s", "commit to renamed", "follow up"]


async def test_nothing_is_done_about_what_is_gone(shop: Workshop) -> None:
    await shop.remove()

    assert await shop.state_after(shop.handler()) == "COMPLETE"
    assert shop.told == [f"abandon {GUID}"]


async def test_nothing_is_committed_to_what_went_away_during_the_work(shop: Workshop) -> None:
    assert await shop.state_after(shop.handler(meanwhile=shop.remove)) == "COMPLETE"
    assert shop.told == ["work on s", f"abandon {GUID}"]


async def test_a_failure_is_told_to_the_resource_and_its_files_go(shop: Workshop) -> None:
    assert await shop.state_after(shop.handler(fails=True)) == "FAILED"
    assert shop.told == ["work on s", "fail s: no", f"abandon {GUID}"]


async def test_a_failure_about_what_is_gone_removes_its_files_alone(shop: Workshop) -> None:
    assert await shop.state_after(shop.handler(fails=True, meanwhile=shop.remove)) == "FAILED"
    assert shop.told == ["work on s", f"abandon {GUID}"]


async def test_hooks_may_be_left_out(shop: Workshop) -> None:
    async def work(_: JobRecord, __: StackRecord) -> Outcome[StackRecord]:
        return Outcome()

    async def refuse(_: JobRecord, __: StackRecord) -> Outcome[StackRecord]:
        raise JobFailedError(ApiErrorObject(1, "CF-No", "no"))

    assert await shop.state_after(about(shop.database, STACKS, work)) == "COMPLETE"
    assert await shop.state_after(about(shop.database, STACKS, refuse)) == "FAILED"
    await shop.remove()
    assert await shop.state_after(about(shop.database, STACKS, work)) == "COMPLETE"
