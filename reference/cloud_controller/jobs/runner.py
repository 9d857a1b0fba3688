"""Who does the jobs, and when?

One asyncio task per process takes up jobs as they become due, several at a time. It wakes at once
when this process enqueues one, and looks for other processes' jobs every half second.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from cloud_controller.jobs import queue
from cloud_controller.jobs.handlers import ApiErrorObject, JobFailedError
from cloud_controller.store import clock
from cloud_controller.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cloud_controller.jobs.handlers import JobHandler, JobHandlers, JobResult
    from cloud_controller.store.database import Database
    from cloud_controller.store.records import JobRecord
    from cloud_controller.store.transaction import Transaction

LOG = logging.getLogger("cloud_controller.jobs")

MAX_ATTEMPTS = 5
_POLL_SECONDS = 0.5
_RENEW_SECONDS = queue.LEASE_SECONDS / 3
_RETRY_SECONDS = 0.2
_UNKNOWN = ApiErrorObject(10001, "UnknownError", "An unknown error occurred.")
_TIMEOUT = ApiErrorObject(290006, "CF-JobTimeout", "The job execution has timed out.")


class JobRunner:
    """Works on the queue until it is stopped."""

    def __init__(
        self,
        database: Database,
        handlers: JobHandlers,
        *,
        delay: float = 0.0,
        concurrency: int = 2,
        lane: queue.Lane = queue.ALL,
        poll: float = _POLL_SECONDS,
    ) -> None:
        """Prepare a runner.

        Args:
            database: Where the queue is.
            handlers: The code behind each operation.
            delay: Seconds by which every job begins later than it could; for tests.
            concurrency: How many jobs may run at a time.
            lane: Which jobs it takes up; long ones want a runner for themselves.
            poll: Seconds between looks for jobs that other processes enqueued.

        """
        self._database = database
        self._handlers = handlers
        self._delay = round(delay * clock.MICROSECONDS)
        self._lane = lane
        self._poll = poll
        self._slots = asyncio.Semaphore(concurrency)
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._unlisten: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Begin to work."""
        self._unlisten = self._database.listen(queue.TOPIC, self._wake.set)
        self._loop = asyncio.create_task(self._work(), name="jobs")

    async def stop(self, grace: float = 10.0) -> None:
        """Take up nothing more, let running jobs end for `grace` seconds, then leave them.

        What was left is taken up again by whoever runs next.
        """
        self._unlisten()
        if self._loop is None:
            return
        self._loop.cancel()
        with suppress(asyncio.CancelledError):
            await self._loop
        self._loop = None
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._take_up_all()
                wait = await self._seconds_to_next()
            except StoreError:
                LOG.exception("the job queue cannot be read; trying again")
                wait = self._poll
            # Not wait_for(): in Python 3.11 it swallows a cancellation that comes with the event.
            with suppress(TimeoutError):
                async with asyncio.timeout(min(wait, self._poll)):
                    await self._wake.wait()

    async def _seconds_to_next(self) -> float:
        due = await self._database.read(
            lambda reader: queue.next_due(reader, self._delay, self._lane)
        )
        if due is None:
            return self._poll
        # A little more than the rest, so that the clock has really passed it.
        return max((due - clock.now()) / clock.MICROSECONDS, 0.0) + 0.001

    async def _take_up_all(self) -> None:
        """Start every job that is due, as far as there are slots; wait for slots."""
        while await self._is_due():
            await self._slots.acquire()
            try:
                job = await self._database.write(
                    lambda transaction: queue.claim(
                        transaction, self._name, self._delay, self._lane
                    )
                )
            except BaseException:
                self._slots.release()
                raise
            if job is None:
                self._slots.release()
                return
            task = asyncio.create_task(self._run(job), name=f"job {job.operation} {job.guid}")
            self._running.add(task)
            task.add_done_callback(self._ended)

    async def _is_due(self) -> bool:
        # A look costs a read; only a job that is due costs the write transaction of a claim.
        due = await self._database.read(
            lambda reader: queue.next_due(reader, self._delay, self._lane)
        )
        return due is not None and due <= clock.now()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._slots.release()
        if not task.cancelled() and task.exception():
            LOG.error("a job could not be ended", exc_info=task.exception())

    async def _run(self, job: JobRecord) -> None:
        handler = self._handlers.get(job.operation)
        if handler is None:
            LOG.error("no handler for job %s", job.operation)
            await self._database.write(
                lambda transaction: queue.fail(transaction, job, (_UNKNOWN,))
            )
            return
        if job.attempts > MAX_ATTEMPTS:  # it took its process down each time
            await self._fail(job, handler, (_TIMEOUT,))
            return
        renewing = asyncio.create_task(self._keep_lease(job))
        try:
            await self._attempt(job, handler)
        finally:
            renewing.cancel()

    async def _attempt(self, job: JobRecord, handler: JobHandler) -> None:
        try:
            result = await handler.run(job)
            ended = await self._complete(job, result)
        except JobFailedError as failure:
            await self._fail(job, handler, failure.errors)
        except Exception:  # a handler's bug must not stop the runner
            LOG.exception("job %s %s failed in attempt %d", job.operation, job.guid, job.attempts)
            if job.attempts >= MAX_ATTEMPTS:
                await self._fail(job, handler, (_UNKNOWN,))
            else:
                pause = _RETRY_SECONDS * 2**job.attempts
                await self._database.write(
                    lambda transaction: queue.postpone(transaction, job, pause)
                )
        else:
            if ended:
                await self._follow_up(job, result.after())

    async def _complete(self, job: JobRecord, result: JobResult) -> bool:
        def commit(transaction: Transaction) -> bool:
            if not queue.complete(transaction, job, result.warnings):
                return False
            result.commit(transaction)
            return True

        return await self._database.write(commit)

    async def _follow_up(self, job: JobRecord, file_work: Awaitable[object]) -> None:
        try:
            await file_work
        except Exception:  # the job has ended; the sweep finds what is left
            LOG.exception("job %s %s left something behind", job.operation, job.guid)

    async def _fail(
        self, job: JobRecord, handler: JobHandler, errors: tuple[ApiErrorObject, ...]
    ) -> None:
        def commit(transaction: Transaction) -> bool:
            if not queue.fail(transaction, job, errors):
                return False
            handler.failed(transaction, job, errors)
            return True

        if await self._database.write(commit):
            await self._follow_up(job, handler.abandoned(job))

    async def _keep_lease(self, job: JobRecord) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            with suppress(StoreError):
                await self._database.write(lambda transaction: queue.renew(transaction, job))
