"""What does the code behind a job look like?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from cloud_controller.store.records import JobRecord
    from cloud_controller.store.transaction import Transaction


class ApiErrorObject(NamedTuple):
    """One error as /v3/jobs shows it."""

    code: int
    title: str
    detail: str

    def as_json(self) -> dict[str, Any]:
        """Return the members in the order of the API (1.3: detail, title, code)."""
        return {"detail": self.detail, "title": self.title, "code": self.code}


class JobFailedError(Exception):
    """The job cannot succeed; it becomes `FAILED` with these errors and is not tried again."""

    def __init__(self, *errors: ApiErrorObject) -> None:
        super().__init__("; ".join(error.detail for error in errors))
        self.errors = errors


def no_change(*_: object) -> None:
    """Leave the database as it is."""


async def no_file_work(*_: object) -> None:
    """Leave all files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """How a job ended well.

    Attributes:
        commit: Changes of the database, made in the transaction that completes the job. If it
            raises `JobFailedError`, the job fails and nothing of it stays.
        after: File work that may follow once that is committed (such as removing a blob). A crash
            in between skips it; the sweep at the next start makes up for it.
        warnings: Texts that the job shows as warnings.

    """

    commit: Callable[[Transaction], None] = no_change
    after: Callable[[], Awaitable[object]] = no_file_work
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobHandler:
    """The code behind one operation.

    Attributes:
        run: Does the work. Slow file work belongs into `asyncio.to_thread`.
        failed: Changes of the database, made in the transaction that marks the job `FAILED`
            (for whatever reason, also after the last retry).
        abandoned: File work that follows once that is committed, as with `JobResult.after`.

    """

    run: Callable[[JobRecord], Awaitable[JobResult]]
    failed: Callable[[Transaction, JobRecord, tuple[ApiErrorObject, ...]], None] = no_change
    abandoned: Callable[[JobRecord], Awaitable[object]] = no_file_work


JobHandlers: TypeAlias = Mapping[str, JobHandler]
"""Handlers by operation."""
