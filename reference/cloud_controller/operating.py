"""How do operators' commands reach a data directory, also while a server uses it?

The lock on the directory keeps a second *server* out: jobs would run twice, and blobs would be swept
away under the first. Commands touch nothing but the database, one short transaction each, which
SQLite keeps apart from those of the server; so they do not take the lock, and what they change
counts with the server's next request. They never migrate: that is the server's, at its start.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from cloud_controller.store import StoreError, Transaction, migrations, sqlite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cloud_controller.settings import Settings

ResultT = TypeVar("ResultT")


class OperatingError(Exception):
    """A command cannot do what it was asked for; the text is one line fit for an operator."""


def change(settings: Settings, function: Callable[[Transaction], ResultT]) -> ResultT:
    """Run `function` in one transaction on the database of a data directory; return its result.

    Raises:
        OperatingError: There is no database yet, it is not of this program's version, or it is busy
            for too long; or `function` raised it. Nothing was changed.

    """
    try:
        path = sqlite.path_of(settings.database_url)
        _require_ready(path)
        with closing(sqlite.connect(path)) as connection, sqlite.translated_errors():
            return _run(connection, function)
    except (StoreError, sqlite3.Error, OSError) as error:
        raise OperatingError(f"database {settings.database_url}: {error}") from error


def _require_ready(path: Path) -> None:
    if not path.exists() or not path.stat().st_size:
        raise OperatingError(
            f"database {path}: it does not exist; start `cloud-controller serve` there once, or say"
            " with --data where it is"
        )
    # mode=rw without our pragmas: not even the journal mode of somebody else's file is changed.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        if connection.execute("PRAGMA application_id").fetchone()[0] != sqlite.APPLICATION_ID:
            raise OperatingError(f"database {path}: it is not a Cloud Controller database")
        if migrations.revision(connection) != migrations.HEAD:
            raise OperatingError(
                f"database {path}: it is of an older version; start this cloud-controller's `serve`"
                " once, which brings it up to date"
            )


def _run(connection: sqlite3.Connection, function: Callable[[Transaction], ResultT]) -> ResultT:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = function(Transaction(connection))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result
