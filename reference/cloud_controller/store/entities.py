"""Which table keeps which record, and who may see its rows?"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from sqlalchemy import JSON, Boolean, Table

from cloud_controller.store import records, tables
from cloud_controller.store.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RecordT = TypeVar("RecordT", bound=Record)


def _plain(value: Any) -> Any:
    return value


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, eq=False)
class Entity(Generic[RecordT]):
    """A table together with the record class of its rows.

    Attributes:
        resource_type: The resource's name in labels and jobs, such as `package`.
        space: Column that holds the guid of the space whose roles decide who sees a row.
        organization: Column that holds the guid of the organization, likewise.
        space_roles: The roles in the space that let one see a row; all of them if there are none.
        organization_roles: The roles in the organization that let one see what is in its spaces.
        sight: Who sees a row: by the roles in its `place`, or as a `role` or a `user` is seen.
        document: Column of the presented document that reads and lists answer; other columns named
            `…_document` hold other presentations of the same row.

    """

    resource_type: str
    table: Table
    record: type[RecordT]
    space: str | None = None
    organization: str | None = None
    document: str = "document"
    space_roles: tuple[str, ...] = ()
    organization_roles: tuple[str, ...] = ("organization_manager",)
    sight: Literal["place", "role", "user"] = "place"

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the record's columns in order, `id` first."""
        return tuple(entry.name for entry in fields(self.record))

    @property
    def has_document(self) -> bool:
        """Whether rows carry a presented document."""
        return self.document in self.table.c

    @cached_property
    def documents(self) -> frozenset[str]:
        """Names of all columns that hold a presented document."""
        return frozenset(name for name in self.table.c.keys() if name.endswith("document"))  # noqa: SIM118 -- columns, not a dict

    @cached_property
    def _loaders(self) -> tuple[Callable[[Any], Any], ...]:
        return tuple(self._codec(name, bool, json.loads) for name in self.columns)

    @cached_property
    def _dumpers(self) -> Mapping[str, Callable[[Any], Any]]:
        return {name: self._codec(name, int, _dump) for name in self.columns}

    def _codec(
        self, column: str, flag: Callable[[Any], Any], document: Callable[[Any], Any]
    ) -> Callable[[Any], Any]:
        kind = self.table.c[column].type
        if isinstance(kind, Boolean):
            return flag
        return document if isinstance(kind, JSON) else _plain

    def load(self, row: Sequence[Any]) -> RecordT:
        """Turn a row in the order of `columns` into a record."""
        pairs = zip(self.columns, self._loaders, row, strict=True)
        return self.record(**{name: load(value) for name, load, value in pairs})

    def dump(self, record: RecordT) -> dict[str, Any]:
        """Turn a record into column values; `id` only if the row is stored already."""
        values = {name: dump(getattr(record, name)) for name, dump in self._dumpers.items()}
        if not record.id:
            del values["id"]
        return values


ORGANIZATIONS = Entity(
    "organization", tables.ORGANIZATIONS, records.OrganizationRecord, organization="guid"
)
SPACES = Entity(
    "space", tables.SPACES, records.SpaceRecord, space="guid", organization="organization_guid"
)
APPS = Entity(
    "app", tables.APPS, records.AppRecord, space="space_guid", organization="organization_guid"
)
PACKAGES = Entity(
    "package",
    tables.PACKAGES,
    records.PackageRecord,
    space="space_guid",
    organization="organization_guid",
)
BUILDPACKS = Entity("buildpack", tables.BUILDPACKS, records.BuildpackRecord)
STACKS = Entity("stack", tables.STACKS, records.StackRecord)
USERS = Entity("user", tables.USERS, records.UserRecord, sight="user")
CLIENTS = Entity("client", tables.CLIENTS, records.ClientRecord)
ROLES = Entity("role", tables.ROLES, records.RoleRecord, sight="role")
REFRESH_TOKENS = Entity("refresh_token", tables.REFRESH_TOKENS, records.RefreshTokenRecord)
REVOKED_TOKENS = Entity("revoked_token", tables.REVOKED_TOKENS, records.RevokedTokenRecord)
JOBS = Entity("job", tables.JOBS, records.JobRecord)
RESOURCES = Entity("resource", tables.RESOURCES, records.ResourceRecord)
FEATURE_FLAGS = Entity("feature_flag", tables.FEATURE_FLAGS, records.FeatureFlagRecord)


def _of_app(
    resource_type: str, table: Table, record: type[RecordT], document: str = "document"
) -> Entity[RecordT]:
    return Entity(
        resource_type,
        table,
        record,
        space="space_guid",
        organization="organization_guid",
        document=document,
    )


BUILDS = _of_app("build", tables.BUILDS, records.BuildRecord)
DROPLETS = _of_app("droplet", tables.DROPLETS, records.DropletRecord)
LISTED_DROPLETS = _of_app("droplet", tables.DROPLETS, records.DropletRecord, "listed_document")
PROCESSES = _of_app("process", tables.PROCESSES, records.ProcessRecord)
LISTED_PROCESSES = _of_app("process", tables.PROCESSES, records.ProcessRecord, "listed_document")
DOMAINS = Entity("domain", tables.DOMAINS, records.DomainRecord)
ROUTES = Entity(
    "route",
    tables.ROUTES,
    records.RouteRecord,
    space="space_guid",
    organization="organization_guid",
    organization_roles=("organization_manager", "organization_auditor"),
)
ROUTE_DESTINATIONS = Entity(
    "route_destination", tables.ROUTE_DESTINATIONS, records.RouteDestinationRecord
)
V2_BUILDPACKS = Entity(
    "buildpack", tables.BUILDPACKS, records.BuildpackRecord, document="v2_document"
)
AUDIT_EVENTS = Entity(
    "audit_event",
    tables.AUDIT_EVENTS,
    records.AuditEventRecord,
    space="space_guid",
    organization="organization_guid",
    space_roles=("space_developer", "space_auditor"),
    organization_roles=("organization_auditor",),
)
ENVIRONMENT_VARIABLE_GROUPS = Entity(
    "environment_variable_group",
    tables.ENVIRONMENT_VARIABLE_GROUPS,
    records.EnvironmentVariableGroupRecord,
)
LOG_LINES = Entity("log_line", tables.LOG_LINES, records.LogLineRecord)

ALL: tuple[Entity[Any], ...] = (
    ORGANIZATIONS,
    SPACES,
    APPS,
    PACKAGES,
    BUILDPACKS,
    STACKS,
    USERS,
    CLIENTS,
    ROLES,
    REFRESH_TOKENS,
    REVOKED_TOKENS,
    JOBS,
    RESOURCES,
    FEATURE_FLAGS,
    BUILDS,
    DROPLETS,
    PROCESSES,
    DOMAINS,
    ROUTES,
    ROUTE_DESTINATIONS,
    AUDIT_EVENTS,
    ENVIRONMENT_VARIABLE_GROUPS,
    LOG_LINES,
)
