"""Where are jobs, cached resources, switches, and what tells what happened?"""

from __future__ import annotations

from sqlalchemy import Index

from cloud_controller.store.tables import columns

JOBS = columns.table(
    "jobs",
    columns.text("operation"),
    columns.text("resource_type", nullable=True),
    columns.text("resource_guid", nullable=True),
    columns.text("state"),
    columns.flag("pollable"),
    columns.json("payload"),
    columns.json("errors"),
    columns.json("warnings"),
    columns.integer("attempts"),
    columns.number("run_at"),
    columns.time("leased_until"),
    columns.text("leased_by", nullable=True),
    Index(None, "state", "run_at"),
    Index(None, "resource_guid"),
)

RESOURCES = columns.table("resources", columns.number("size"))

FEATURE_FLAGS = columns.table(
    "feature_flags", columns.flag("enabled"), columns.text("error_message", nullable=True)
)

ENVIRONMENT_VARIABLE_GROUPS = columns.table(
    "environment_variable_groups", columns.json("variables")
)

AUDIT_EVENTS = columns.table(
    "audit_events",
    columns.text("type"),
    columns.text("actor_guid"),
    columns.text("actor_type"),
    columns.text("actor_name"),
    columns.text("target_guid"),
    columns.text("target_type"),
    columns.text("target_name"),
    columns.json("data"),
    columns.text("space_guid", nullable=True),
    columns.text("organization_guid", nullable=True),
    columns.document(),
    Index(None, "target_guid"),
    Index(None, "type"),
    Index(None, "space_guid"),
    Index(None, "organization_guid"),
    Index(None, "created_at"),
)

LOG_LINES = columns.table(
    "log_lines",
    columns.text("source_guid"),
    columns.text("instance"),
    columns.number("timestamp"),  # nanoseconds since 1970, never the same twice for a source
    columns.text("stream"),  # OUT or ERR
    columns.text("source_type"),
    columns.text("payload"),  # base64, as it is sent
    Index(None, "source_guid", "timestamp"),
)
