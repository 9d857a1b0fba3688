"""Does a server serve the data of the version before it?"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from sqlalchemy import create_engine, pool, text
from starlette.testclient import TestClient

from cloud_controller import app as composition
from cloud_controller.installation import KEY_FILE
from cloud_controller.settings import Settings
from cloud_controller.store.migrations.run import configuration
from cloud_controller.store.sqlite import APPLICATION_ID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

API = "https://api.example.local"
TIMES = {"created_at": 1_446_512_034_000_000, "updated_at": 1_446_512_034_000_000}
ROWS: dict[str, dict[str, Any]] = {
    "organizations": {
        "guid": "org",
        "name": "acme",
        "quota_guid": "quota",
        "suspended": 0,
        "being_deleted": 0,
        "document": "",
    },
    "spaces": {
        "guid": "space",
        "name": "dev",
        "organization_guid": "org",
        "suspended": 0,
        "being_deleted": 0,
        "document": "",
    },
    "apps": {
        "guid": "app",
        "name": "old",
        "space_guid": "space",
        "organization_guid": "org",
        "state": "STOPPED",
        "lifecycle_type": "buildpack",
        "lifecycle_data": "{}",
        "stack": "cflinuxfs4",
        "environment_variables": '{"A": "1"}',
        "document": "",
    },
}


def fill(path: Path) -> None:
    """Make a database of the first version with an app in it."""
    with closing(sqlite3.connect(path)) as connection:
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=pool.StaticPool)
        config = configuration()
        with engine.connect() as sql:
            sql.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID:d}")
            config.attributes["connection"] = sql
            command.upgrade(config, "0001")
            for table, row in ROWS.items():
                values = {**TIMES, **row}
                names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
                sql.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)  # noqa: S608
            sql.commit()


@pytest.fixture
def older(cloud: Any, tmp_path: Path) -> Iterator[Any]:
    """A server that was started on such a database."""
    (tmp_path / KEY_FILE).write_bytes((cloud.server.settings.data / KEY_FILE).read_bytes())
    options = Settings(data=tmp_path, external_url=API, strict=True)
    fill(tmp_path / options.database_url.rpartition("/")[2])
    server = composition.create(options)
    with TestClient(server, base_url=API) as http:
        yield type(cloud)(server, http)


def test_an_app_of_before_has_a_process(older: Any) -> None:
    process = older.admin.get("/v3/processes/app").json()
    new = older.admin.get(f"/v3/processes/{older.place().app}").json()

    assert process["type"] == "web"
    assert process["created_at"] == "2015-11-03T00:53:54Z"
    for member in ("instances", "memory_in_mb", "disk_in_mb", "log_rate_limit_in_bytes_per_second"):
        assert process[member] == new[member]
    for member in ("health_check", "readiness_health_check", "command", "user"):
        assert process[member] == new[member]
    assert older.admin.get("/v3/apps/app/processes").json()["pagination"]["total_results"] == 1


def test_an_app_of_before_can_be_changed(older: Any) -> None:
    variables = older.admin.patch(
        "/v3/apps/app/environment_variables", json={"var": {"B": "2"}}
    ).json()

    assert variables["var"] == {"A": "1", "B": "2"}
    assert older.admin.get("/v3/apps/app").json()["name"] == "old"
    assert older.admin.get("/v3/apps/app/features/ssh").json()["enabled"] is True
    assert older.admin.post("/v3/apps/app/actions/stop").json()["state"] == "STOPPED"
    older.assign("app", older.staged_droplet("app"))
    assert older.admin.post("/v3/apps/app/actions/start").json()["state"] == "STARTED"
