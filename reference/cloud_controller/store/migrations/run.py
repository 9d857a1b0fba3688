"""How are Alembic's migrations run in one transaction of a bare connection?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, pool

from cloud_controller.store import migrations

if TYPE_CHECKING:
    import sqlite3


def configuration() -> Config:
    """Return Alembic's configuration; there is no alembic.ini, everything is in the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade_to_head(connection: sqlite3.Connection) -> None:
    """Run all missing migrations, or none if one of them fails."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=pool.StaticPool)
    config = configuration()
    with engine.connect() as sql:
        # After connecting: SQLAlchemy's first look at a connection ends with a rollback.
        sql.exec_driver_sql("BEGIN IMMEDIATE")
        if migrations.revision(connection) != migrations.HEAD:  # else another process was faster
            config.attributes["connection"] = sql
            command.upgrade(config, "head")
        sql.commit()
