"""What do the tables look like?

`id` orders rows by insertion, which is the default order of every list (cloud-controller-behaviour.md
1.5). References are guids: they are what requests name and documents show. The migrations create
these tables; a test holds both together.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER makes the rowid itself the key


def _table(name: str, *parts: Column[Any] | Index) -> Table:
    """Describe a table with the columns that every record has."""
    return Table(
        name,
        METADATA,
        Column("id", _ID, primary_key=True),
        Column("guid", Text, nullable=False, unique=True),
        Column("created_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        *parts,
        sqlite_autoincrement=True,  # ids are never given twice: they are the order of a list
    )


def _text(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=nullable)


def _flag(name: str) -> Column[Any]:
    return Column(name, Boolean(create_constraint=False), nullable=False)


def _json(name: str) -> Column[Any]:
    return Column(name, JSON, nullable=False)


def _time(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=True)


def _reference(name: str, target: str) -> Column[Any]:
    return Column(name, Text, ForeignKey(target), nullable=False)


def _document() -> Column[Any]:
    return Column("document", Text, nullable=False)


ORGANIZATIONS = _table(
    "organizations",
    _text("name"),
    _text("quota_guid"),
    _flag("suspended"),
    _flag("being_deleted"),
    _document(),
    Index(None, "name", unique=True),
)

SPACES = _table(
    "spaces",
    _text("name"),
    _reference("organization_guid", "organizations.guid"),
    _text("quota_guid", nullable=True),
    _flag("suspended"),
    _flag("being_deleted"),
    _document(),
    Index(None, "organization_guid", "name", unique=True),
)

APPS = _table(
    "apps",
    _text("name"),
    _reference("space_guid", "spaces.guid"),
    _text("organization_guid"),
    _text("state"),
    _text("lifecycle_type"),
    _json("lifecycle_data"),
    _text("stack", nullable=True),
    _json("environment_variables"),
    _text("current_droplet_guid", nullable=True),
    _document(),
    Index(None, "space_guid", "name", unique=True),
    Index(None, "organization_guid"),
)

PACKAGES = _table(
    "packages",
    _reference("app_guid", "apps.guid"),
    _text("space_guid"),
    _text("organization_guid"),
    _text("type"),
    _text("state"),
    _text("error", nullable=True),
    _text("sha1", nullable=True),
    _text("sha256", nullable=True),
    Column("size", BigInteger, nullable=True),
    _text("blob", nullable=True),
    _text("docker_image", nullable=True),
    _text("docker_username", nullable=True),
    _text("docker_password", nullable=True),
    _document(),
    Index(None, "app_guid", "id", "state", "type"),
    Index(None, "state", "type", "id"),
    Index(None, "space_guid"),
    Index(None, "organization_guid"),
    Index(None, "blob"),
)

BUILDPACKS = _table(
    "buildpacks",
    _text("name"),
    Column("position", Integer, nullable=False),
    _text("stack", nullable=True),
    _flag("enabled"),
    _flag("locked"),
    _text("filename", nullable=True),
    _text("lifecycle"),
    _text("sha256", nullable=True),
    _text("blob", nullable=True),
    _document(),
    # Null stacks are equal to each other here (3.4), which a plain unique index would not say.
    Index(
        "ix_buildpacks_name_stack_lifecycle",
        "name",
        text("coalesce(stack, '')"),
        "lifecycle",
        unique=True,
    ),
    Index(None, "lifecycle", "position"),
)

STACKS = _table(
    "stacks",
    _text("name"),
    _text("description", nullable=True),
    _text("state"),
    _text("state_reason", nullable=True),
    _text("run_rootfs_image"),
    _text("build_rootfs_image"),
    _flag("is_default"),
    _document(),
    Index(None, "name", unique=True),
)

USERS = _table(
    "users",
    _text("user_name"),
    _text("email"),
    _text("origin"),
    _text("password_hash"),
    _json("scopes"),
    _flag("active"),
    Column("failed_logins", Integer, nullable=False),
    _time("last_failure_at"),
    _time("locked_until"),
    Index(None, "user_name", "origin", unique=True),
)

CLIENTS = _table(
    "clients", _text("secret_hash"), _json("grant_types"), _json("scopes"), _json("authorities")
)

ROLES = _table(
    "roles",
    _text("type"),
    _reference("user_guid", "users.guid"),
    Column("organization_guid", Text, ForeignKey("organizations.guid"), nullable=True),
    Column("space_guid", Text, ForeignKey("spaces.guid"), nullable=True),
    Index(
        "ix_roles_in_organization",
        "user_guid",
        "organization_guid",
        "type",
        unique=True,
        sqlite_where=text("organization_guid IS NOT NULL"),
        postgresql_where=text("organization_guid IS NOT NULL"),
    ),
    Index(
        "ix_roles_in_space",
        "user_guid",
        "space_guid",
        "type",
        unique=True,
        sqlite_where=text("space_guid IS NOT NULL"),
        postgresql_where=text("space_guid IS NOT NULL"),
    ),
    Index(None, "organization_guid"),
    Index(None, "space_guid"),
)

REFRESH_TOKENS = _table(
    "refresh_tokens",
    _text("token_hash"),
    _reference("user_guid", "users.guid"),
    _text("client_id"),
    _json("scopes"),
    Column("expires_at", BigInteger, nullable=False),
    _time("revoked_at"),
    Index(None, "token_hash", unique=True),
    Index(None, "user_guid"),
    Index(None, "expires_at"),
)

REVOKED_TOKENS = _table(
    "revoked_tokens", Column("expires_at", BigInteger, nullable=False), Index(None, "expires_at")
)

JOBS = _table(
    "jobs",
    _text("operation"),
    _text("resource_type", nullable=True),
    _text("resource_guid", nullable=True),
    _text("state"),
    _flag("pollable"),
    _json("payload"),
    _json("errors"),
    _json("warnings"),
    Column("attempts", Integer, nullable=False),
    Column("run_at", BigInteger, nullable=False),
    _time("leased_until"),
    _text("leased_by", nullable=True),
    Index(None, "state", "run_at"),
    Index(None, "resource_guid"),
)

RESOURCES = _table("resources", Column("size", BigInteger, nullable=False))

FEATURE_FLAGS = _table("feature_flags", _flag("enabled"), _text("error_message", nullable=True))


def _keyed_values(name: str) -> Table:
    """Describe labels or annotations: rows that belong to one resource of any type."""
    return Table(
        name,
        METADATA,
        Column("id", _ID, primary_key=True),
        Column("resource_type", Text, nullable=False),
        Column("resource_guid", Text, nullable=False),
        Column("prefix", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("value", Text, nullable=False),
        Index(None, "resource_guid", "prefix", "name", "resource_type", unique=True),
    )


LABELS = _keyed_values("labels")
Index(None, LABELS.c.resource_type, LABELS.c.prefix, LABELS.c.name, LABELS.c.value)
ANNOTATIONS = _keyed_values("annotations")
