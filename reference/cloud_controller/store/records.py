"""Which columns does each resource have, as Python values?

A record is one row without its document. Times are microseconds since 1970 (see `clock`), `id` is
the insertion order and 0 until the row is stored. Change one with `dataclasses.replace`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every resource has."""

    id: int = 0
    guid: str
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRecord(Record):
    """An organization (cloud-controller-behaviour.md 5.1)."""

    name: str
    quota_guid: str
    suspended: bool = False
    being_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRecord(Record):
    """A space of an organization (5.2)."""

    name: str
    organization_guid: str
    quota_guid: str | None = None
    suspended: bool = False
    being_deleted: bool = False


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
class StackRecord(Record):
    """A stack (5.7)."""

    name: str
    description: str | None = None
    state: str = "ACTIVE"
    state_reason: str | None = None
    run_rootfs_image: str
    build_rootfs_image: str
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord(Record):
    """Someone who can log in with the built-in issuer; `scopes` are the groups of the UAA."""

    user_name: str
    email: str
    origin: str = "uaa"
    password_hash: str
    scopes: list[str] = field(default_factory=list)
    active: bool = True
    failed_logins: int = 0
    last_failure_at: int | None = None
    locked_until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord(Record):
    """An OAuth client of the built-in issuer; `guid` is the client id."""

    secret_hash: str
    grant_types: list[str]
    scopes: list[str] = field(default_factory=list)
    authorities: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRecord(Record):
    """A role of a user in an organization or in a space; exactly one of the two guids is set."""

    type: str
    user_guid: str
    organization_guid: str | None = None
    space_guid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTokenRecord(Record):
    """A refresh token; only the SHA-256 of its text is kept."""

    token_hash: str
    user_guid: str
    client_id: str
    scopes: list[str]
    expires_at: int
    revoked_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedTokenRecord(Record):
    """An access token that must not be believed any more; `guid` is its `jti`."""

    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord(Record):
    """One piece of background work (5.6).

    Attributes:
        operation: What it does, such as `package.delete`; names the handler.
        state: `PROCESSING`, `COMPLETE` or `FAILED`.
        pollable: Whether `/v3/jobs` shows it.
        payload: What the handler needs, as JSON values.
        errors: Error objects `{"code", "title", "detail"}`, only when `FAILED`.
        warnings: `{"detail"}` objects.
        attempts: How often it was begun.
        run_at: Not before this time.
        leased_until: Until then one runner works on it; `None` means that nobody does.
        leased_by: Name of that runner.

    """

    operation: str
    resource_type: str | None = None
    resource_guid: str | None = None
    state: str = "PROCESSING"
    pollable: bool = True
    payload: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    attempts: int = 0
    run_at: int
    leased_until: int | None = None
    leased_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRecord(Record):
    """A file in the resource cache (2.11); `guid` is its SHA-1."""

    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureFlagRecord(Record):
    """A feature flag that was set away from its default (9.1); `guid` is its name."""

    enabled: bool
    error_message: str | None = None
