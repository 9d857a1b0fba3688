"""How do the lines of a staging become readable while it runs?"""

from __future__ import annotations

import asyncio
import base64
import logging
import time
from collections import deque
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from cloud_controller.api import log_rows
from cloud_controller.store import StoreError, clock
from cloud_controller.store.records import LogLineRecord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cloud_controller.store import Database, Transaction

LOG: Final = logging.getLogger("cloud_controller.staging")

STAGING: Final = "STG"

_FLUSH_SECONDS: Final = 0.2
_MAX_WAITING: Final = 2_000
_MAX_BYTES: Final = 16 * 1024 * 1024


class StagingLog:
    """Collects the lines of one staging and stores them in batches.

    A staging may print faster than lines are stored, or without end: what is too much is dropped,
    and a line says so.
    """

    def __init__(self, database: Database, source_guid: str) -> None:
        self._database = database
        self._source_guid = source_guid
        self._waiting: deque[LogLineRecord] = deque()
        self._last: int  # the timestamp of the last line, known while lines are stored
        self._size = self._dropped = 0

    def line(self, stream: str, payload: bytes, source_type: str = STAGING) -> None:
        """Take a line; `stream` is `OUT` or `ERR`. It is stored a little later."""
        self._size += len(payload)
        if len(self._waiting) >= _MAX_WAITING or self._size > _MAX_BYTES:
            self._dropped += 1
            return
        self._add(stream, payload, source_type)

    def _add(self, stream: str, payload: bytes, source_type: str) -> None:
        # Readers go on behind the last timestamp that they saw, so no two lines may share one.
        self._last = max(time.time_ns(), self._last + 1)
        moment = clock.now()
        self._waiting.append(
            LogLineRecord(
                guid=str(uuid4()),
                created_at=moment,
                updated_at=moment,
                source_guid=self._source_guid,
                instance="0",
                timestamp=self._last,
                stream=stream,
                source_type=source_type,
                payload=base64.b64encode(payload).decode(),
            )
        )

    @asynccontextmanager
    async def storing(self) -> AsyncIterator[None]:
        """Store lines as they come, and the rest at the end of the block."""
        self._last = await self._database.read(
            lambda reader: log_rows.newest(reader, self._source_guid)
        )
        storing = asyncio.create_task(self._store_for_ever())
        try:
            yield
        finally:
            storing.cancel()
            with suppress(asyncio.CancelledError):
                await storing
            if self._dropped:
                text = f"{self._dropped} lines were dropped: there were too many"
                self._add("ERR", text.encode(), STAGING)
            await self._store()

    async def _store_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            await self._store()

    async def _store(self) -> None:
        lines = list(self._waiting)
        if not lines:
            return
        self._waiting.clear()

        def write(transaction: Transaction) -> None:
            log_rows.append(transaction, self._source_guid, lines)

        try:
            # A write that has begun is finished, also when nobody waits for it any more.
            await asyncio.shield(self._database.write(write))
        except StoreError:
            LOG.exception("lines of the staging log of app %s are lost", self._source_guid)
