"""Which columns do apps and what becomes of their source have?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cloud_controller.store.records.base import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRecord(Record):
    """An app of a space (5.3); `organization_guid` repeats the space's for filters and roles."""

    name: str
    space_guid: str
    organization_guid: str
    state: str = "STOPPED"
    lifecycle_type: str = "buildpack"
    lifecycle_data: dict[str, Any] = field(default_factory=dict)
    stack: str | None = None
    environment_variables: dict[str, Any] = field(default_factory=dict)
    current_droplet_guid: str | None = None
    features: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRecord(Record):
    """A package of an app (2.2, 2.3); space and organization repeat the app's.

    `blob` is the name of its bits in the blob namespace `packages`, once they are stored.
    """

    app_guid: str
    space_guid: str
    organization_guid: str
    type: str
    state: str
    error: str | None = None
    sha1: str | None = None
    sha256: str | None = None
    size: int | None = None
    blob: str | None = None
    docker_image: str | None = None
    docker_username: str | None = None
    docker_password: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildpackRecord(Record):
    """A buildpack (3.2, 4.1); one dense list of positions per lifecycle.

    `blob` is the name of its bits in the blob namespace `buildpacks`, once they are stored.
    """

    name: str
    position: int
    stack: str | None = None
    enabled: bool = True
    locked: bool = False
    filename: str | None = None
    lifecycle: str = "buildpack"
    sha256: str | None = None
    blob: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRecord(Record):
    """One attempt to stage a package (5.4); space and organization repeat the app's.

    `droplet_guid` is known from the start, but shown only once the droplet is final.
    """

    app_guid: str
    space_guid: str
    organization_guid: str
    package_guid: str
    droplet_guid: str | None = None
    state: str = "STAGING"
    error: str | None = None
    lifecycle_type: str = "buildpack"
    lifecycle_data: dict[str, Any] = field(default_factory=dict)
    stack: str | None = None
    staging_memory_in_mb: int
    staging_disk_in_mb: int
    staging_log_rate_limit: int | None = None
    environment_variables: dict[str, Any] = field(default_factory=dict)
    created_by_guid: str | None = None
    created_by_name: str | None = None
    created_by_email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropletRecord(Record):
    """What staging made of a package (5.5); space and organization repeat the app's.

    `blob` is the name of its bits in the blob namespace `droplets`, once they are stored.
    `historic` keeps what only the staging request of 2015 carried (2.12).
    """

    app_guid: str
    space_guid: str
    organization_guid: str
    package_guid: str | None = None
    build_guid: str | None = None
    state: str
    error: str | None = None
    lifecycle_type: str = "buildpack"
    stack: str | None = None
    image: str | None = None
    buildpacks: list[dict[str, Any]] | None = None
    execution_metadata: str = ""
    process_types: dict[str, str] = field(default_factory=dict)
    sha1: str | None = None
    sha256: str | None = None
    size: int | None = None
    blob: str | None = None
    historic: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRecord(Record):
    """How one process type of an app is to be run; memory and disk in MiB."""

    app_guid: str
    space_guid: str
    organization_guid: str
    type: str
    command: str | None = None
    user: str | None = None
    instances: int = 0
    memory_in_mb: int = 1024
    disk_in_mb: int = 1024
    log_rate_limit: int = 1_048_576
    health_check: dict[str, Any] = field(default_factory=dict)
    readiness_health_check: dict[str, Any] = field(default_factory=dict)
