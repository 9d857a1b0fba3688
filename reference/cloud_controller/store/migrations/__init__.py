"""Which version does a database have, and how does it become the present one?

The migrations are Alembic's (`versions/`). They run by themselves when a database is opened, all in
one transaction. Alembic is imported only when there is something to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

HEAD = "0002"
"""The revision that this program works with."""

KNOWN = frozenset({None, "0001", "0002"})
"""All revisions that this program can bring to `HEAD`; `None` for a database without tables."""


def revision(connection: sqlite3.Connection) -> str | None:
    """Return the revision that the database says it has; `None` for an empty one."""
    known = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    ).fetchone()
    if not known:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring the database to `HEAD`, or leave it as it is."""
    from cloud_controller.store.migrations.run import upgrade_to_head  # noqa: PLC0415 -- heavy

    upgrade_to_head(connection)
