"""Which work goes on behind the requests, and how does it survive a crash?

    job = enqueue(transaction, NewJob(operation="package.delete", …))    # commits with the change
    runner = JobRunner(database, {"package.delete": JobHandler(delete)}, delay=settings.job_delay)
    await runner.start(); …; await runner.stop()

A handler is `async def run(job: JobRecord) -> JobResult`. It may be run again after a crash, so it
must be idempotent; what it changes in the database belongs into `JobResult.commit`, which runs in
the transaction that completes the job. To fail for good it raises `JobFailedError` with the API's
error objects; any other exception is retried and at last answered as UnknownError. `about` makes
the handler of a job that does something with one resource, which may go away meanwhile.
"""

from cloud_controller.jobs.handlers import (
    ApiErrorObject,
    JobFailedError,
    JobHandler,
    JobHandlers,
    JobResult,
)
from cloud_controller.jobs.queue import (
    Lane,
    NewJob,
    enqueue,
    find_pollable,
    find_v2,
    prune,
    recover,
    resource_is_there,
)
from cloud_controller.jobs.resources import Outcome, about
from cloud_controller.jobs.runner import JobRunner

__all__ = [
    "ApiErrorObject",
    "JobFailedError",
    "JobHandler",
    "JobHandlers",
    "JobResult",
    "JobRunner",
    "Lane",
    "NewJob",
    "Outcome",
    "about",
    "enqueue",
    "find_pollable",
    "find_v2",
    "prune",
    "recover",
    "resource_is_there",
]
