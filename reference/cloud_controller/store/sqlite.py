"""How is a SQLite file opened safely?

Nothing is overwritten: a file that is not ours, is newer than this program or is damaged is refused
with one line that names it.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cloud_controller.store import migrations
from cloud_controller.store.errors import (
    DatabaseBusyError,
    DatabaseUnusableError,
    DuplicateError,
    StillReferencedError,
    StoreError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATION_ID = 0x43436631
"""`PRAGMA application_id` of our files ("CCf1")."""

_SCHEME = "sqlite:///"
_BUSY_MILLISECONDS = 30_000
_FULL_CHECK_BYTES = 64 * 1024 * 1024


def path_of(url: str) -> Path:
    """Return the file that a `sqlite:///path` URL names (relative, or absolute with four slashes).

    Raises:
        DatabaseUnusableError: Another scheme, or no path.

    """
    path = url.removeprefix(_SCHEME)  # all of it: folders may have `?` and `%` in their names
    if path == url or not path or path.startswith(":"):
        raise DatabaseUnusableError(
            f"database {_without_password(url)!r}: only sqlite:///PATH is supported"
        )
    return Path(path)


def _without_password(url: str) -> str:
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1:***@", url)


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection with our settings; transactions are begun and ended explicitly."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    # Switching a new file over ignores busy_timeout while another connection does the same.
    deadline = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def prepare(path: Path) -> None:
    """Make sure that `path` is our database in this program's version; create it if it is missing.

    Raises:
        DatabaseUnusableError: It cannot be made so; nothing was changed.

    """
    if not path.parent.is_dir():
        raise DatabaseUnusableError(f"database {path}: the folder {path.parent} does not exist")
    if path.exists() and not path.is_file():
        raise DatabaseUnusableError(f"database {path}: it is not a file")
    if not os.access(path if path.exists() else path.parent, os.R_OK | os.W_OK):
        raise DatabaseUnusableError(f"database {path}: no permission to read and write it")
    try:
        if path.exists() and path.stat().st_size:
            _refuse_foreign(path)
        else:
            _claim(path)
        with closing(connect(path)) as connection:
            if migrations.revision(connection) != migrations.HEAD:
                migrations.upgrade(connection)
    except sqlite3.Error as error:
        raise DatabaseUnusableError(f"database {path}: {error}") from error


def _claim(path: Path) -> None:
    # Before anything else is written: a file that is not empty is ours from its first byte.
    with closing(sqlite3.connect(path, timeout=_BUSY_MILLISECONDS / 1000)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _refuse_foreign(path: Path) -> None:
    # mode=rw without our pragmas: not even the journal mode of somebody else's file is changed.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        if application != APPLICATION_ID:
            raise DatabaseUnusableError(f"database {path}: it is not a Cloud Controller database")
        revision = migrations.revision(connection)
        if revision not in migrations.KNOWN:
            raise DatabaseUnusableError(
                f"database {path}: its version {revision} is newer than this program knows"
                f" ({migrations.HEAD}); use a newer cloud-controller"
            )
        if path.stat().st_size <= _FULL_CHECK_BYTES:
            finding = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if finding != "ok":
                raise DatabaseUnusableError(
                    f"database {path}: it is damaged ({finding.splitlines()[0]})"
                )


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise _constraint(error) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise DatabaseBusyError("the database is busy") from error
        raise StoreError(f"the database refused a statement: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"the database failed: {error}") from error


def _constraint(error: sqlite3.IntegrityError) -> StoreError:
    text = str(error)
    if "UNIQUE" in text:
        return DuplicateError(f"the database has such a row already: {text}")
    if "FOREIGN KEY" in text:
        return StillReferencedError(
            "other rows still point at this one, or it points at a missing one"
        )
    return StoreError(f"the database refused a row: {text}")
