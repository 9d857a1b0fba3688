"""Where are organizations, spaces and stacks, and what leads to apps in them?"""

from __future__ import annotations

from sqlalchemy import Index

from cloud_controller.store.tables import columns

ORGANIZATIONS = columns.table(
    "organizations",
    columns.text("name"),
    columns.text("quota_guid"),
    columns.flag("suspended"),
    columns.flag("being_deleted"),
    columns.document(),
    Index(None, "name", unique=True),
)

SPACES = columns.table(
    "spaces",
    columns.text("name"),
    columns.reference("organization_guid", "organizations.guid"),
    columns.text("quota_guid", nullable=True),
    columns.flag("suspended"),
    columns.flag("being_deleted"),
    columns.flag("allow_ssh"),
    columns.document(),
    Index(None, "organization_guid", "name", unique=True),
)

STACKS = columns.table(
    "stacks",
    columns.text("name"),
    columns.text("description", nullable=True),
    columns.text("state"),
    columns.text("state_reason", nullable=True),
    columns.text("run_rootfs_image"),
    columns.text("build_rootfs_image"),
    columns.flag("is_default"),
    columns.document(),
    Index(None, "name", unique=True),
)

DOMAINS = columns.table(
    "domains",
    columns.text("name"),
    columns.flag("internal"),
    columns.reference("organization_guid", "organizations.guid", nullable=True),
    columns.json("shared_organization_guids"),
    columns.document(),
    Index(None, "name", unique=True),
    Index(None, "organization_guid"),
)

ROUTES = columns.table(
    "routes",
    columns.text("host"),
    columns.text("path"),
    columns.integer("port", nullable=True),
    columns.text("protocol"),
    columns.reference("domain_guid", "domains.guid"),
    columns.reference("space_guid", "spaces.guid"),
    columns.text("organization_guid"),
    columns.document(),
    Index(None, "domain_guid", "host", "path", "port"),
    Index(None, "space_guid"),
    Index(None, "organization_guid"),
)

ROUTE_DESTINATIONS = columns.table(
    "route_destinations",
    columns.reference("route_guid", "routes.guid"),
    columns.reference("app_guid", "apps.guid"),
    columns.text("process_type"),
    columns.integer("weight", nullable=True),
    columns.integer("port", nullable=True),
    columns.text("protocol"),
    Index(None, "route_guid"),
    Index(None, "app_guid"),
)
