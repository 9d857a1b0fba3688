"""Does a data directory of an older release come up complete?"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from alembic import command
from sqlalchemy import create_engine

from cloud_controller.installation import KEY_FILE
from cloud_controller.store import sqlite
from cloud_controller.store.migrations.run import configuration

if TYPE_CHECKING:
    from pathlib import Path

STAMPS: dict[str, Any] = {"created_at": 1_500_000_000_000_000, "updated_at": 1_500_000_000_000_000}
ORGANIZATION = {
    **STAMPS,
    "guid": "org",
    "name": "acme",
    "quota_guid": "2f6c1c3e-8e37-5a61-9a6c-6d1f2f7d6c11",
    "suspended": 0,
    "being_deleted": 0,
    "document": "{}",
}
SPACE = {
    **STAMPS,
    "guid": "space",
    "name": "dev",
    "organization_guid": "org",
    "suspended": 0,
    "being_deleted": 0,
    "document": "{}",
}
APP = {
    **STAMPS,
    "guid": "app",
    "name": "shop",
    "space_guid": "space",
    "organization_guid": "org",
    "state": "STOPPED",
    "lifecycle_type": "buildpack",
    "lifecycle_data": json.dumps({"buildpacks": [], "stack": "cflinuxfs4"}),
    "environment_variables": "{}",
    "document": "{}",
}


def make_first_release(path: Path) -> None:
    """Make a database as the first release left it, with one app."""
    sqlite.prepare(path)  # for the marks of the file itself
    with closing(sqlite3.connect(path)) as connection:
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    path.unlink()
    with create_engine(f"sqlite:///{path}").connect() as sql:
        config = configuration()
        config.attributes["connection"] = sql
        command.upgrade(config, "0001")
        sql.exec_driver_sql(f"PRAGMA application_id = {application_id:d}")
        sql.commit()
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, row in (("organizations", ORGANIZATION), ("spaces", SPACE), ("apps", APP)):
            places = ", ".join(f":{name}" for name in row)
            connection.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})",  # noqa: S608 -- our own
                row,
            )


def test_what_the_first_release_stored_is_shown_as_today(
    start: Any, cloud: Any, tmp_path: Path
) -> None:
    data = tmp_path / "old"
    data.mkdir()
    (data / KEY_FILE).write_bytes((cloud.server.settings.data / KEY_FILE).read_bytes())
    make_first_release(data / "cloud_controller.db")
    old = start(data=data)

    organization = old.admin.get("/v3/organizations/org").json()
    assert (organization["name"], organization["created_at"]) == ("acme", "2017-07-14T02:40:00Z")
    assert old.admin.get("/v3/spaces/space").json()["name"] == "dev"
    assert old.admin.get("/v3/spaces/space/features/ssh").json()["enabled"] is True
    app = old.admin.get("/v3/apps/app").json()
    assert (app["name"], app["updated_at"]) == ("shop", "2017-07-14T02:40:00Z")
    processes = old.admin.get("/v3/apps/app/processes").json()["resources"]
    assert [one["type"] for one in processes] == ["web"]
    assert old.admin.get("/v3/domains").json()["resources"]
