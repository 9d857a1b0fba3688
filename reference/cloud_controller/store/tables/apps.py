"""Where are apps, and what becomes of their source?"""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as sql

from cloud_controller.store.tables import columns

APPS = columns.table(
    "apps",
    columns.text("name"),
    columns.reference("space_guid", "spaces.guid"),
    columns.text("organization_guid"),
    columns.text("state"),
    columns.text("lifecycle_type"),
    columns.json("lifecycle_data"),
    columns.text("stack", nullable=True),
    columns.json("environment_variables"),
    columns.text("current_droplet_guid", nullable=True),
    columns.json("features"),  # only what was set away from its default
    columns.document(),
    Index(None, "space_guid", "name", unique=True),
    Index(None, "organization_guid"),
)

PACKAGES = columns.table(
    "packages",
    columns.reference("app_guid", "apps.guid"),
    columns.text("space_guid"),
    columns.text("organization_guid"),
    columns.text("type"),
    columns.text("state"),
    columns.text("error", nullable=True),
    columns.text("sha1", nullable=True),
    columns.text("sha256", nullable=True),
    columns.number("size", nullable=True),
    columns.text("blob", nullable=True),
    columns.text("docker_image", nullable=True),
    columns.text("docker_username", nullable=True),
    columns.text("docker_password", nullable=True),
    columns.document(),
    Index(None, "app_guid", "id", "state", "type"),
    Index(None, "state", "type", "id"),
    Index(None, "space_guid"),
    Index(None, "organization_guid"),
    Index(None, "blob"),
)

BUILDPACKS = columns.table(
    "buildpacks",
    columns.text("name"),
    columns.integer("position"),
    columns.text("stack", nullable=True),
    columns.flag("enabled"),
    columns.flag("locked"),
    columns.text("filename", nullable=True),
    columns.text("lifecycle"),
    columns.text("sha256", nullable=True),
    columns.text("blob", nullable=True),
    columns.document(),
    columns.document("v2_document"),
    # Null stacks are equal to each other here (3.4), which a plain unique index would not say.
    Index(
        "ix_buildpacks_name_stack_lifecycle",
        "name",
        sql("coalesce(stack, '')"),
        "lifecycle",
        unique=True,
    ),
    Index(None, "lifecycle", "position"),
)

BUILDS = columns.table(
    "builds",
    columns.reference("app_guid", "apps.guid"),
    columns.text("space_guid"),
    columns.text("organization_guid"),
    columns.text("package_guid"),  # no reference: builds outlive their package (2.10)
    columns.text("droplet_guid", nullable=True),
    columns.text("state"),
    columns.text("error", nullable=True),
    columns.text("lifecycle_type"),
    columns.json("lifecycle_data"),
    columns.text("stack", nullable=True),
    columns.integer("staging_memory_in_mb", nullable=True),
    columns.integer("staging_disk_in_mb", nullable=True),
    columns.number("staging_log_rate_limit", nullable=True),
    columns.json("environment_variables"),
    columns.text("created_by_guid", nullable=True),
    columns.text("created_by_name", nullable=True),
    columns.text("created_by_email", nullable=True),
    columns.document(),
    Index(None, "app_guid", "state"),
    Index(None, "state"),
    Index(None, "package_guid"),
    Index(None, "space_guid"),
    Index(None, "organization_guid"),
)

DROPLETS = columns.table(
    "droplets",
    columns.reference("app_guid", "apps.guid"),
    columns.text("space_guid"),
    columns.text("organization_guid"),
    columns.text("package_guid", nullable=True),
    columns.text("build_guid", nullable=True),
    columns.text("state"),
    columns.text("error", nullable=True),
    columns.text("lifecycle_type"),
    columns.text("stack", nullable=True),
    columns.text("image", nullable=True),
    columns.json("buildpacks"),
    columns.text("execution_metadata"),
    columns.json("process_types"),
    columns.text("sha1", nullable=True),
    columns.text("sha256", nullable=True),
    columns.number("size", nullable=True),
    columns.text("blob", nullable=True),
    columns.json("historic"),  # what only the staging request of 2015 carries (2.12)
    columns.document(),
    columns.document("listed_document"),  # without secrets, as lists show it (5.5)
    Index(None, "app_guid", "id", "state"),
    Index(None, "package_guid"),
    Index(None, "build_guid"),
    Index(None, "state"),
    Index(None, "space_guid"),
    Index(None, "organization_guid"),
    Index(None, "blob"),
)

PROCESSES = columns.table(
    "processes",
    columns.reference("app_guid", "apps.guid"),
    columns.text("space_guid"),
    columns.text("organization_guid"),
    columns.text("type"),
    columns.text("command", nullable=True),
    columns.text("user", nullable=True),
    columns.integer("instances"),
    columns.integer("memory_in_mb"),
    columns.integer("disk_in_mb"),
    columns.number("log_rate_limit"),  # bytes per second; -1: unlimited
    columns.json("health_check"),
    columns.json("readiness_health_check"),
    columns.document(),
    columns.document("listed_document"),  # without the command, as lists show it
    Index(None, "app_guid", "type", unique=True),
    Index(None, "space_guid"),
    Index(None, "organization_guid"),
)
