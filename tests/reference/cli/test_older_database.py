"""Does a data directory of the first version go on working?"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from sqlalchemy import create_engine, pool

from cloud_controller.auth.passwords import hash_password
from cloud_controller.auth.users import ADMIN_SCOPES
from cloud_controller.store.migrations.run import configuration
from cloud_controller.store.sqlite import APPLICATION_ID, connect

if TYPE_CHECKING:
    from pathlib import Path

Serve = Callable[..., Any]
MOMENT = 1_450_000_000_000_000


def older(path: Path) -> None:
    """Make a database as the first release left it, with an administrator, a place and a role."""
    with closing(connect(path)) as connection:
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=pool.StaticPool)
        settings = configuration()
        with engine.connect() as sql:
            sql.exec_driver_sql("BEGIN IMMEDIATE")
            sql.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID:d}")
            settings.attributes["connection"] = sql
            command.upgrade(settings, "0001")
            sql.commit()
        insert(
            connection,
            "users",
            guid="u-1",
            user_name="Jürgen",
            email="j@example.com",
            origin="uaa",
            password_hash=hash_password("s3cret"),
            scopes=json.dumps(ADMIN_SCOPES),
            active=1,
            failed_logins=0,
        )
        insert(
            connection,
            "clients",
            guid="cf",
            secret_hash="",
            grant_types='["password","refresh_token"]',
            scopes="[]",
            authorities="[]",
        )
        insert(
            connection,
            "organizations",
            guid="o-1",
            name="acme",
            quota_guid="q-1",
            suspended=0,
            being_deleted=0,
            document="{}",
        )
        insert(
            connection,
            "roles",
            guid="r-1",
            type="organization_manager",
            user_guid="u-1",
            organization_guid="o-1",
        )


def insert(connection: sqlite3.Connection, table: str, **values: Any) -> None:
    row = {"created_at": MOMENT, "updated_at": MOMENT, **values}
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row)  # noqa: S608 -- ours


def test_users_and_roles_of_an_older_database_are_shown(serve: Serve, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    older(data / "cloud_controller.db")
    running = serve(data=data)
    status, answer = running.login("JÜRGEN", "s3cret")
    assert status == 200
    token = answer["access_token"]
    status, user = running.call("GET", "/v3/users/u-1", token=token)
    assert (status, user["username"], user["origin"]) == (200, "Jürgen", "uaa")
    status, page = running.call("GET", "/v3/roles?include=user,organization", token=token)
    assert status == 200
    assert page["resources"][0]["type"] == "organization_manager"
    assert [one["presentation_name"] for one in page["included"]["users"]] == ["Jürgen"]
    assert [one["name"] for one in page["included"]["organizations"]] == ["acme"]


def test_commands_leave_an_older_database_to_the_server(tmp_path: Path) -> None:
    from cloud_controller.accounts import overview  # noqa: PLC0415 -- only here
    from cloud_controller.operating import OperatingError, change  # noqa: PLC0415
    from cloud_controller.settings import Settings  # noqa: PLC0415

    path = tmp_path / "cloud_controller.db"
    older(path)
    with pytest.raises(OperatingError, match="start this cloud-controller's `serve` once"):
        change(Settings(data=tmp_path), overview)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
