"""What do the tables look like?

`id` orders rows by insertion, which is the default order of every list (cloud-controller-behaviour.md
1.5). References are guids: they are what requests name and documents show. The migrations create
these tables; a test holds both together.
"""

from cloud_controller.store.tables.apps import (
    APPS,
    BUILDPACKS,
    BUILDS,
    DROPLETS,
    PACKAGES,
    PROCESSES,
)
from cloud_controller.store.tables.callers import (
    CLIENTS,
    REFRESH_TOKENS,
    REVOKED_TOKENS,
    ROLES,
    USERS,
)
from cloud_controller.store.tables.columns import (
    METADATA,
)
from cloud_controller.store.tables.metadata import (
    ANNOTATIONS,
    LABELS,
)
from cloud_controller.store.tables.places import (
    DOMAINS,
    ORGANIZATIONS,
    ROUTE_DESTINATIONS,
    ROUTES,
    SPACES,
    STACKS,
)
from cloud_controller.store.tables.work import (
    AUDIT_EVENTS,
    ENVIRONMENT_VARIABLE_GROUPS,
    FEATURE_FLAGS,
    JOBS,
    LOG_LINES,
    RESOURCES,
)

__all__ = [
    "ANNOTATIONS",
    "APPS",
    "AUDIT_EVENTS",
    "BUILDPACKS",
    "BUILDS",
    "CLIENTS",
    "DOMAINS",
    "DROPLETS",
    "ENVIRONMENT_VARIABLE_GROUPS",
    "FEATURE_FLAGS",
    "JOBS",
    "LABELS",
    "LOG_LINES",
    "METADATA",
    "ORGANIZATIONS",
    "PACKAGES",
    "PROCESSES",
    "REFRESH_TOKENS",
    "RESOURCES",
    "REVOKED_TOKENS",
    "ROLES",
    "ROUTES",
    "ROUTE_DESTINATIONS",
    "SPACES",
    "STACKS",
    "USERS",
]
