"""Create the first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Bring an empty database to the first version."""
    _create_organizations_spaces_apps()
    _create_packages_buildpacks_stacks()
    _create_users_and_roles()
    _create_tokens()
    _create_jobs_and_flags()
    _create_labels_and_annotations()


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


def _integer(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON, nullable=False)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.guid"], name=f"fk_{table}_{column}")


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns), unique=unique)


def _create_organizations_spaces_apps() -> None:
    _records(
        "organizations",
        _text("name"),
        _text("quota_guid"),
        _flag("suspended"),
        _flag("being_deleted"),
        _text("document"),
    )
    _index("organizations", "name", unique=True)

    _records(
        "spaces",
        _text("name"),
        _text("organization_guid"),
        _text("quota_guid", nullable=True),
        _flag("suspended"),
        _flag("being_deleted"),
        _text("document"),
        _reference("spaces", "organization_guid", "organizations"),
    )
    _index("spaces", "organization_guid", "name", unique=True)

    _records(
        "apps",
        _text("name"),
        _text("space_guid"),
        _text("organization_guid"),
        _text("state"),
        _text("lifecycle_type"),
        _json("lifecycle_data"),
        _text("stack", nullable=True),
        _json("environment_variables"),
        _text("current_droplet_guid", nullable=True),
        _text("document"),
        _reference("apps", "space_guid", "spaces"),
    )
    _index("apps", "organization_guid")
    _index("apps", "space_guid", "name", unique=True)


def _create_packages_buildpacks_stacks() -> None:
    _records(
        "packages",
        _text("app_guid"),
        _text("space_guid"),
        _text("organization_guid"),
        _text("type"),
        _text("state"),
        _text("error", nullable=True),
        _text("sha1", nullable=True),
        _text("sha256", nullable=True),
        _number("size", nullable=True),
        _text("blob", nullable=True),
        _text("docker_image", nullable=True),
        _text("docker_username", nullable=True),
        _text("docker_password", nullable=True),
        _text("document"),
        _reference("packages", "app_guid", "apps"),
    )
    _index("packages", "app_guid", "id", "state", "type")
    _index("packages", "blob")
    _index("packages", "organization_guid")
    _index("packages", "space_guid")
    _index("packages", "state", "type", "id")

    _records(
        "buildpacks",
        _text("name"),
        _integer("position"),
        _text("stack", nullable=True),
        _flag("enabled"),
        _flag("locked"),
        _text("filename", nullable=True),
        _text("lifecycle"),
        _text("sha256", nullable=True),
        _text("blob", nullable=True),
        _text("document"),
    )
    _index("buildpacks", "lifecycle", "position")
    op.create_index(
        "ix_buildpacks_name_stack_lifecycle",
        "buildpacks",
        ["name", sa.text("coalesce(stack, '')"), "lifecycle"],
        unique=True,
    )

    _records(
        "stacks",
        _text("name"),
        _text("description", nullable=True),
        _text("state"),
        _text("state_reason", nullable=True),
        _text("run_rootfs_image"),
        _text("build_rootfs_image"),
        _flag("is_default"),
        _text("document"),
    )
    _index("stacks", "name", unique=True)


def _create_users_and_roles() -> None:
    _records(
        "users",
        _text("user_name"),
        _text("email"),
        _text("origin"),
        _text("password_hash"),
        _json("scopes"),
        _flag("active"),
        _integer("failed_logins"),
        _number("last_failure_at", nullable=True),
        _number("locked_until", nullable=True),
    )
    _index("users", "user_name", "origin", unique=True)

    _records(
        "clients",
        _text("secret_hash"),
        _json("grant_types"),
        _json("scopes"),
        _json("authorities"),
    )

    _records(
        "roles",
        _text("type"),
        _text("user_guid"),
        _text("organization_guid", nullable=True),
        _text("space_guid", nullable=True),
        _reference("roles", "user_guid", "users"),
        _reference("roles", "organization_guid", "organizations"),
        _reference("roles", "space_guid", "spaces"),
    )
    op.create_index(
        "ix_roles_in_organization",
        "roles",
        ["user_guid", "organization_guid", "type"],
        unique=True,
        sqlite_where=sa.text("organization_guid IS NOT NULL"),
        postgresql_where=sa.text("organization_guid IS NOT NULL"),
    )
    op.create_index(
        "ix_roles_in_space",
        "roles",
        ["user_guid", "space_guid", "type"],
        unique=True,
        sqlite_where=sa.text("space_guid IS NOT NULL"),
        postgresql_where=sa.text("space_guid IS NOT NULL"),
    )
    _index("roles", "organization_guid")
    _index("roles", "space_guid")


def _create_tokens() -> None:
    _records(
        "refresh_tokens",
        _text("token_hash"),
        _text("user_guid"),
        _text("client_id"),
        _json("scopes"),
        _number("expires_at"),
        _number("revoked_at", nullable=True),
        _reference("refresh_tokens", "user_guid", "users"),
    )
    _index("refresh_tokens", "expires_at")
    _index("refresh_tokens", "token_hash", unique=True)
    _index("refresh_tokens", "user_guid")

    _records(
        "revoked_tokens",
        _number("expires_at"),
    )
    _index("revoked_tokens", "expires_at")


def _create_jobs_and_flags() -> None:
    _records(
        "jobs",
        _text("operation"),
        _text("resource_type", nullable=True),
        _text("resource_guid", nullable=True),
        _text("state"),
        _flag("pollable"),
        _json("payload"),
        _json("errors"),
        _json("warnings"),
        _integer("attempts"),
        _number("run_at"),
        _number("leased_until", nullable=True),
        _text("leased_by", nullable=True),
    )
    _index("jobs", "resource_guid")
    _index("jobs", "state", "run_at")

    _records(
        "resources",
        _number("size"),
    )

    _records(
        "feature_flags",
        _flag("enabled"),
        _text("error_message", nullable=True),
    )


def _create_labels_and_annotations() -> None:
    for name in ("labels", "annotations"):
        op.create_table(
            name,
            sa.Column("id", _ID, nullable=False),
            _text("resource_type"),
            _text("resource_guid"),
            _text("prefix"),
            _text("name"),
            _text("value"),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        )
        _index(name, "resource_guid", "prefix", "name", "resource_type", unique=True)
    _index("labels", "resource_type", "prefix", "name", "value")
