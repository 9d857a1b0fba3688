"""Which columns do organizations, spaces and what stands in them have?"""

from __future__ import annotations

from dataclasses import dataclass, field

from cloud_controller.store.records.base import Record


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
    allow_ssh: bool = True


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
class DomainRecord(Record):
    """A domain; it belongs to an organization, or is shared by all when that is `None`."""

    name: str
    internal: bool
    organization_guid: str | None = None
    shared_organization_guids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRecord(Record):
    """An address that leads to apps; `organization_guid` repeats the space's."""

    host: str
    path: str
    port: int | None = None
    protocol: str = "http"
    domain_guid: str
    space_guid: str
    organization_guid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDestinationRecord(Record):
    """One app that a route leads to."""

    route_guid: str
    app_guid: str
    process_type: str = "web"
    weight: int | None = None
    port: int | None = None
    protocol: str = "http1"
