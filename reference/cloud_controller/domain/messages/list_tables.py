"""Which parameters, orders and includes does each v3 list know (behaviour document, 1.5 and 1.6)?"""

from __future__ import annotations

from typing import Final

from cloud_controller.domain import ordering
from cloud_controller.domain.messages import app_lists, buildpacks, place_lists
from cloud_controller.domain.messages.list_rules import COMMON, Choice, ListRules

_PACKAGES: Final = (
    "states",
    "types",
    "app_guids",
    "app_guid",
    "space_guids",
    "organization_guids",
    "label_selector",
)

_ROUTE_INCLUDES: Final = ("domain", "space", "space.organization")
_ROLE_INCLUDES: Final = ("user", "organization", "space")
_USERS: Final = ListRules(
    names=(*COMMON, "usernames", "partial_usernames", "origins", "label_selector"),
    order_by=ordering.TIMES,
    arrays=("usernames", "partial_usernames", "origins"),
)

_APPS: Final = (
    "names",
    "organization_guids",
    "space_guids",
    "stacks",
    "include",
    "lifecycle_type",
    "label_selector",
)

_DOMAINS: Final = ListRules(
    names=(*COMMON, "names", "organization_guids", "label_selector"),
    order_by=ordering.NAMES,
    arrays=("names", "organization_guids"),
)
_ROUTES: Final = (
    "hosts",
    "space_guids",
    "organization_guids",
    "domain_guids",
    "paths",
    "app_guids",
    "include",
    "label_selector",
    "ports",
    "service_instance_guids",
)
_ROUTE_ARRAYS: Final = (
    "hosts",
    "paths",
    "space_guids",
    "organization_guids",
    "domain_guids",
    "ports",
)

_DROPLETS: Final = (
    *COMMON,
    "app_guid",
    "app_guids",
    "current",
    "organization_guids",
    "package_guid",
    "space_guids",
    "states",
    "label_selector",
)
_DROPLETS_ANYWHERE: Final = ListRules(
    names=_DROPLETS,
    order_by=ordering.TIMES,
    arrays=("app_guids", "organization_guids", "space_guids", "states"),
    not_here=("app_guid", "current", "package_guid"),
)

RULES: Final[dict[str, ListRules]] = {
    **app_lists.RULES,
    **place_lists.RULES,
    "listBuilds": ListRules(
        names=(*COMMON, "app_guids", "package_guids", "states", "label_selector"),
        order_by=ordering.TIMES,
        arrays=("app_guids", "package_guids", "states"),
    ),
    "listBuildsForApp": ListRules(
        names=(*COMMON, "states", "label_selector"),
        order_by=ordering.TIMES,
        arrays=("states",),
    ),
    "listDroplets": _DROPLETS_ANYWHERE,
    "listDropletsForPackage": _DROPLETS_ANYWHERE,
    "listDropletsForApp": ListRules(
        names=_DROPLETS,
        order_by=ordering.TIMES,
        arrays=("states",),
        not_here=("app_guid", "app_guids", "organization_guids", "package_guid", "space_guids"),
        choices=(Choice("current", ("true",), "Current only accepts the value 'true'"),),
    ),
    "listDomains": _DOMAINS,
    "listDomainsForOrganization": _DOMAINS,
    "listRoutes": ListRules(
        names=(*COMMON, *_ROUTES),
        order_by=ordering.TIMES,
        arrays=(*_ROUTE_ARRAYS, "app_guids", "service_instance_guids"),
        includes=_ROUTE_INCLUDES,
    ),
    "listRoutesForApp": ListRules(
        names=(*COMMON, *_ROUTES),
        order_by=ordering.TIMES,
        arrays=_ROUTE_ARRAYS,
        not_here=("app_guids", "include", "service_instance_guids"),
    ),
    "listPackages": ListRules(
        names=(*COMMON, *_PACKAGES),
        order_by=ordering.TIMES,
        arrays=("states", "types", "app_guids", "space_guids", "organization_guids"),
        not_here=("app_guid",),
    ),
    "listPackagesForApp": ListRules(
        names=(*COMMON, *_PACKAGES),
        order_by=ordering.TIMES,
        arrays=("states", "types"),
        not_here=("app_guid", "app_guids", "organization_guids", "space_guids"),
    ),
    "listRoles": ListRules(
        names=(*COMMON, "organization_guids", "space_guids", "user_guids", "types", "include"),
        order_by=ordering.TIMES,
        arrays=("organization_guids", "space_guids", "user_guids", "types"),
        includes=_ROLE_INCLUDES,
    ),
    "listUsers": _USERS,
    "listUsersForOrganization": _USERS,
    "listUsersForSpace": _USERS,
    "listApps": ListRules(
        names=(*COMMON, *_APPS),
        order_by=ordering.APPS,
        arrays=("names", "organization_guids", "space_guids", "stacks"),
        includes=("space", "org", "space.organization"),
    ),
    "listBuildpacks": ListRules(
        # page and per_page come twice in the real one's text, too (1.6)
        names=(*COMMON, "stacks", "names", "lifecycle", "page", "per_page", "label_selector"),
        order_by=ordering.BUILDPACKS,
        arrays=("stacks", "names"),
        choices=(Choice("lifecycle", ("buildpack", "cnb"), buildpacks.LIFECYCLE),),
    ),
    "listStacks": ListRules(
        names=(*COMMON, "names", "default", "label_selector"),
        order_by=ordering.NAMES,
        arrays=("names",),
        choices=(Choice("default", ("true", "false"), "Default must be 'true' or 'false'"),),
    ),
    "listAppsForStack": ListRules(
        names=(*COMMON, *_APPS),
        order_by=ordering.APPS,
        arrays=("names", "organization_guids", "space_guids"),
        not_here=("stacks", "include"),
    ),
}

INCLUDES: Final[dict[str, tuple[str, ...]]] = {
    "getRole": _ROLE_INCLUDES,
    "getSpace": ("org", "organization"),
    "getApp": ("space", "org", "space.organization"),
    "getRoute": _ROUTE_INCLUDES,
}
"""The values of `include` on the two gets that know it; they accept no other parameter (1.6)."""
