"""How is the database opened, read and written?

SQLite: WAL, `synchronous=FULL` (an answered write survives kill -9 and power loss), one read
connection in the event loop, one writer thread. Several processes may work on one file.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from cloud_controller.store import sqlite
from cloud_controller.store.reader import Reader
from cloud_controller.store.transaction import Transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

ResultT = TypeVar("ResultT")


class Database:
    """The open database of one process; belongs to the event loop that opened it."""

    def __init__(self, reading: sqlite3.Connection, writing: sqlite3.Connection) -> None:
        self._reading = reading
        self._reader = Reader(reading)
        self._writing = writing
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database-writer")
        self._listeners: dict[str, list[Callable[[], None]]] = defaultdict(list)
        self._closed = False

    @classmethod
    async def open(cls, url: str) -> Database:
        """Open the database at `url` (`sqlite:///path`), creating or migrating it if needed.

        Raises:
            DatabaseUnusableError: Another scheme, a corrupt, foreign or newer file, no right to write.

        """
        path = sqlite.path_of(url)
        await asyncio.to_thread(sqlite.prepare, path)
        return cls(sqlite.connect(path), sqlite.connect(path))

    async def close(self) -> None:
        """Finish the queued writes, then close; calling it again does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._writer.shutdown)
        self._writing.close()
        self._reading.close()

    async def read(self, function: Callable[[Reader], ResultT]) -> ResultT:
        """Run `function` on committed data and return its result.

        Each call of the reader sees the newest commit; the function must be short and must not keep
        the reader.
        """
        with sqlite.translated_errors():
            return function(self._reader)

    async def write(self, function: Callable[[Transaction], ResultT]) -> ResultT:
        """Run `function` in one transaction in the writer thread; return after the commit.

        The function may be called by another thread than the event loop's, so it must not touch
        loop-bound objects. If it raises, nothing was changed. A cancelled caller does not undo it.

        Raises:
            DuplicateError: A unique index refused a row.
            StillReferencedError: A foreign key refused a change.
            DatabaseBusyError: Another process kept the write lock for too long.

        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, self._run, function, loop)

    def _run(
        self, function: Callable[[Transaction], ResultT], loop: asyncio.AbstractEventLoop
    ) -> ResultT:
        transaction = Transaction(self._writing)
        with sqlite.translated_errors(), _immediate(self._writing):
            result = function(transaction)
        for topic in transaction.topics:
            for listener in self._listeners.get(topic, ()):
                loop.call_soon_threadsafe(listener)
        return result

    def listen(self, topic: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` in the event loop after commits of this process that notified `topic`.

        Returns:
            A function that ends the listening.

        """
        self._listeners[topic].append(listener)
        return lambda: self._listeners[topic].remove(listener)


@contextmanager
def _immediate(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
