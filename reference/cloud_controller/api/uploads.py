"""How do accepted bits come to the job that processes them?

The job is committed together with the claim of the resource, before the bits are in their place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloud_controller.blobs import BlobError, BlobKey
from cloud_controller.jobs.queue import TOPIC
from cloud_controller.store import clock
from cloud_controller.store.entities import JOBS, RecordT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cloud_controller.api.context import Context
    from cloud_controller.store import Transaction
    from cloud_controller.store.entities import Entity

UNTIL_GIVEN_UP: Final = 600.0
"""Seconds that a job waits for its bits should this process die before they are in their place.

Usually it is called as soon as they are there; a server that starts alone takes it up at once.
"""


async def hand_over(
    context: Context,
    claimed: tuple[Entity[RecordT], str],
    path: Path,
    job: str,
    give_back: Callable[[Transaction, RecordT], object],
) -> None:
    """Put the bits of a claimed resource where its job looks for them, and let the job begin.

    Raises BlobError when they cannot be stored; the claim is given back then, so that the client
    may try again.
    """
    entity, guid = claimed

    def start(transaction: Transaction) -> None:
        transaction.set_columns(JOBS, job, run_at=clock.now())
        transaction.notify(TOPIC)

    def undo(transaction: Transaction) -> None:
        transaction.delete(JOBS, job)
        record = transaction.record(entity, guid)
        if record is not None:
            give_back(transaction, record)

    try:
        await context.blobs.put(BlobKey("uploads", guid), path)
    except BlobError:
        await context.database.write(undo)
        raise
    await context.database.write(start)
