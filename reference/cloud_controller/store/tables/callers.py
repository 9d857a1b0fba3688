"""Where are users and clients, their roles and their tokens?"""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as sql

from cloud_controller.store.tables import columns

USERS = columns.table(
    "users",
    columns.text("user_name"),
    columns.text("email"),
    columns.text("origin"),
    columns.text("password_hash"),
    columns.json("scopes"),
    columns.flag("active"),
    columns.integer("failed_logins"),
    columns.time("last_failure_at"),
    columns.time("locked_until"),
    columns.text("folded_name"),
    columns.flag("known"),
    columns.text("kind"),
    columns.document(),
    # Who has no name (a client, or one whom the UAA has forgotten) shares that with others.
    Index(
        "ix_users_user_name_origin",
        "user_name",
        "origin",
        unique=True,
        sqlite_where=sql("user_name <> ''"),
        postgresql_where=sql("user_name <> ''"),
    ),
    Index(None, "folded_name"),
)

CLIENTS = columns.table(
    "clients",
    columns.text("secret_hash"),
    columns.json("grant_types"),
    columns.json("scopes"),
    columns.json("authorities"),
)

ROLES = columns.table(
    "roles",
    columns.text("type"),
    columns.reference("user_guid", "users.guid"),
    columns.reference("organization_guid", "organizations.guid", nullable=True),
    columns.reference("space_guid", "spaces.guid", nullable=True),
    columns.document(),
    Index(
        "ix_roles_in_organization",
        "user_guid",
        "organization_guid",
        "type",
        unique=True,
        sqlite_where=sql("organization_guid IS NOT NULL"),
        postgresql_where=sql("organization_guid IS NOT NULL"),
    ),
    Index(
        "ix_roles_in_space",
        "user_guid",
        "space_guid",
        "type",
        unique=True,
        sqlite_where=sql("space_guid IS NOT NULL"),
        postgresql_where=sql("space_guid IS NOT NULL"),
    ),
    Index(None, "organization_guid"),
    Index(None, "space_guid"),
)

REFRESH_TOKENS = columns.table(
    "refresh_tokens",
    columns.text("token_hash"),
    columns.reference("user_guid", "users.guid"),
    columns.text("client_id"),
    columns.json("scopes"),
    columns.number("expires_at"),
    columns.time("revoked_at"),
    Index(None, "token_hash", unique=True),
    Index(None, "user_guid"),
    Index(None, "expires_at"),
)

REVOKED_TOKENS = columns.table(
    "revoked_tokens", columns.number("expires_at"), Index(None, "expires_at")
)
