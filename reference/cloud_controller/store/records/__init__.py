"""Which columns does each resource have, as Python values?

A record is one row without its document. Times are microseconds since 1970 (see `clock`), `id` is
the insertion order and 0 until the row is stored. Change one with `dataclasses.replace`.
"""

from cloud_controller.store.records.apps import (
    AppRecord,
    BuildpackRecord,
    BuildRecord,
    DropletRecord,
    PackageRecord,
    ProcessRecord,
)
from cloud_controller.store.records.base import (
    Record,
)
from cloud_controller.store.records.callers import (
    ClientRecord,
    RefreshTokenRecord,
    RevokedTokenRecord,
    RoleRecord,
    UserRecord,
)
from cloud_controller.store.records.places import (
    DomainRecord,
    OrganizationRecord,
    RouteDestinationRecord,
    RouteRecord,
    SpaceRecord,
    StackRecord,
)
from cloud_controller.store.records.work import (
    AuditEventRecord,
    EnvironmentVariableGroupRecord,
    FeatureFlagRecord,
    JobRecord,
    LogLineRecord,
    ResourceRecord,
)

__all__ = [
    "AppRecord",
    "AuditEventRecord",
    "BuildRecord",
    "BuildpackRecord",
    "ClientRecord",
    "DomainRecord",
    "DropletRecord",
    "EnvironmentVariableGroupRecord",
    "FeatureFlagRecord",
    "JobRecord",
    "LogLineRecord",
    "OrganizationRecord",
    "PackageRecord",
    "ProcessRecord",
    "Record",
    "RefreshTokenRecord",
    "ResourceRecord",
    "RevokedTokenRecord",
    "RoleRecord",
    "RouteDestinationRecord",
    "RouteRecord",
    "SpaceRecord",
    "StackRecord",
    "UserRecord",
]
