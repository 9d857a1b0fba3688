"""Make room for builds, droplets, processes, routes, events, logs and more presentations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Bring a database of the first version to the second.

    An empty document means that the row is to be presented again, which the next start does.
    """
    _add_columns()
    _create_builds_and_droplets()
    _create_processes()
    _create_routes()
    _create_events_and_logs()


def _records(name: str, *columns: sa.Column[Any] | sa.ForeignKeyConstraint) -> None:
    op.create_table(
        name,
        sa.Column("id", _ID, nullable=False),
        _text("guid"),
        _number("created_at"),
        _number("updated_at"),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("guid", name=f"uq_{name}_guid"),
        sqlite_autoincrement=True,
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _integer(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=nullable)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON, nullable=False)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.guid"], name=f"fk_{table}_{column}")


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns), unique=unique)


def _add_columns() -> None:
    op.add_column(
        "spaces", sa.Column("allow_ssh", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.add_column("apps", sa.Column("features", sa.JSON, nullable=False, server_default="{}"))
    for table, column in (
        ("buildpacks", "v2_document"),
        ("users", "document"),
        ("roles", "document"),
    ):
        op.add_column(table, sa.Column(column, sa.Text, nullable=False, server_default=""))
    _tell_users_from_accounts()
    # These documents have become richer, or are another presentation than before.
    for table in ("apps", "buildpacks", "packages", "stacks", "organizations", "spaces"):
        op.execute(sa.table(table, sa.column("document")).update().values(document=""))


def _tell_users_from_accounts() -> None:
    op.add_column("users", sa.Column("folded_name", sa.Text, nullable=False, server_default=""))
    op.add_column("users", sa.Column("known", sa.Boolean, nullable=False, server_default="1"))
    op.add_column("users", sa.Column("kind", sa.Text, nullable=False, server_default="user"))
    users = sa.table("users", sa.column("id"), sa.column("user_name"), sa.column("folded_name"))
    connection = op.get_bind()
    for number, name in connection.execute(sa.select(users.c.id, users.c.user_name)).all():
        folded = users.update().where(users.c.id == number).values(folded_name=name.casefold())
        connection.execute(folded)
    op.drop_index("ix_users_user_name_origin", "users")
    named = sa.text("user_name <> ''")
    op.create_index(
        "ix_users_user_name_origin",
        "users",
        ["user_name", "origin"],
        unique=True,
        sqlite_where=named,
        postgresql_where=named,
    )
    _index("users", "folded_name")


def _create_builds_and_droplets() -> None:
    _records(
        "builds",
        _text("app_guid"),
        _text("space_guid"),
        _text("organization_guid"),
        _text("package_guid"),
        _text("droplet_guid", nullable=True),
        _text("state"),
        _text("error", nullable=True),
        _text("lifecycle_type"),
        _json("lifecycle_data"),
        _text("stack", nullable=True),
        _integer("staging_memory_in_mb", nullable=True),
        _integer("staging_disk_in_mb", nullable=True),
        _number("staging_log_rate_limit", nullable=True),
        _json("environment_variables"),
        _text("created_by_guid", nullable=True),
        _text("created_by_name", nullable=True),
        _text("created_by_email", nullable=True),
        _text("document"),
        _reference("builds", "app_guid", "apps"),
    )
    _index("builds", "app_guid", "state")
    _index("builds", "organization_guid")
    _index("builds", "package_guid")
    _index("builds", "space_guid")
    _index("builds", "state")

    _records(
        "droplets",
        _text("app_guid"),
        _text("space_guid"),
        _text("organization_guid"),
        _text("package_guid", nullable=True),
        _text("build_guid", nullable=True),
        _text("state"),
        _text("error", nullable=True),
        _text("lifecycle_type"),
        _text("stack", nullable=True),
        _text("image", nullable=True),
        _json("buildpacks"),
        _text("execution_metadata"),
        _json("process_types"),
        _text("sha1", nullable=True),
        _text("sha256", nullable=True),
        _number("size", nullable=True),
        _text("blob", nullable=True),
        _json("historic"),
        _text("document"),
        _text("listed_document"),
        _reference("droplets", "app_guid", "apps"),
    )
    _index("droplets", "app_guid", "id", "state")
    _index("droplets", "blob")
    _index("droplets", "build_guid")
    _index("droplets", "organization_guid")
    _index("droplets", "package_guid")
    _index("droplets", "space_guid")
    _index("droplets", "state")


# Every app has a process of its own guid from the beginning (5.3), so those of before get one, too.
_WEB_PROCESSES = """
    INSERT INTO processes (
        guid, created_at, updated_at, app_guid, space_guid, organization_guid, type, instances,
        memory_in_mb, disk_in_mb, log_rate_limit, health_check, readiness_health_check,
        document, listed_document
    )
    SELECT
        guid, created_at, updated_at, guid, space_guid, organization_guid, 'web', 1,
        1024, 1024, 1048576,
        '{"type":"port","data":{"timeout": null,"invocation_timeout": null,"interval": null}}',
        '{"type":"process","data":{"invocation_timeout": null,"interval": null}}',
        '', ''
    FROM apps ORDER BY id
"""


def _create_processes() -> None:
    _records(
        "processes",
        _text("app_guid"),
        _text("space_guid"),
        _text("organization_guid"),
        _text("type"),
        _text("command", nullable=True),
        _text("user", nullable=True),
        _integer("instances"),
        _integer("memory_in_mb"),
        _integer("disk_in_mb"),
        _number("log_rate_limit"),
        _json("health_check"),
        _json("readiness_health_check"),
        _text("document"),
        _text("listed_document"),
        _reference("processes", "app_guid", "apps"),
    )
    _index("processes", "app_guid", "type", unique=True)
    _index("processes", "organization_guid")
    _index("processes", "space_guid")
    op.execute(_WEB_PROCESSES)


def _create_routes() -> None:
    _records(
        "domains",
        _text("name"),
        _flag("internal"),
        _text("organization_guid", nullable=True),
        _json("shared_organization_guids"),
        _text("document"),
        _reference("domains", "organization_guid", "organizations"),
    )
    _index("domains", "name", unique=True)
    _index("domains", "organization_guid")

    _records(
        "routes",
        _text("host"),
        _text("path"),
        _integer("port", nullable=True),
        _text("protocol"),
        _text("domain_guid"),
        _text("space_guid"),
        _text("organization_guid"),
        _text("document"),
        _reference("routes", "domain_guid", "domains"),
        _reference("routes", "space_guid", "spaces"),
    )
    _index("routes", "domain_guid", "host", "path", "port")
    _index("routes", "organization_guid")
    _index("routes", "space_guid")

    _records(
        "route_destinations",
        _text("route_guid"),
        _text("app_guid"),
        _text("process_type"),
        _integer("weight", nullable=True),
        _integer("port", nullable=True),
        _text("protocol"),
        _reference("route_destinations", "route_guid", "routes"),
        _reference("route_destinations", "app_guid", "apps"),
    )
    _index("route_destinations", "app_guid")
    _index("route_destinations", "route_guid")


def _create_events_and_logs() -> None:
    _records(
        "audit_events",
        _text("type"),
        _text("actor_guid"),
        _text("actor_type"),
        _text("actor_name"),
        _text("target_guid"),
        _text("target_type"),
        _text("target_name"),
        _json("data"),
        _text("space_guid", nullable=True),
        _text("organization_guid", nullable=True),
        _text("document"),
    )
    _index("audit_events", "created_at")
    _index("audit_events", "organization_guid")
    _index("audit_events", "space_guid")
    _index("audit_events", "target_guid")
    _index("audit_events", "type")

    _records("environment_variable_groups", _json("variables"))

    _records(
        "log_lines",
        _text("source_guid"),
        _text("instance"),
        _number("timestamp"),
        _text("stream"),
        _text("source_type"),
        _text("payload"),
    )
    _index("log_lines", "source_guid", "timestamp")
