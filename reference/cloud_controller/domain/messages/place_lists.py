"""What do the lists of organizations, spaces and what stands around them accept in their query?"""

from __future__ import annotations

from typing import Final

from cloud_controller.domain import ordering
from cloud_controller.domain.messages.list_rules import COMMON, Choice, ListRules

_GLOBALLY: Final = ("globally_enabled_running", "globally_enabled_staging")
_SECURITY_GROUPS_OF_SPACE: Final = ListRules(
    names=(*COMMON, "names"), order_by=ordering.TIMES, arrays=("names",)
)


def _switch(name: str) -> Choice:
    title = name.capitalize().replace("_", " ")
    return Choice(name, ("true", "false"), f"{title} must be 'true' or 'false'")


RULES: Final[dict[str, ListRules]] = {
    "listOrganizations": ListRules(
        names=(*COMMON, "names", "isolation_segment_guid", "label_selector"),
        order_by=ordering.NAMES,
        arrays=("names",),
    ),
    "listSpaces": ListRules(
        names=(*COMMON, "names", "organization_guids", "include", "label_selector"),
        order_by=ordering.NAMES,
        arrays=("names", "organization_guids"),
        includes=("org", "organization"),
    ),
    "listAuditEvents": ListRules(
        names=(*COMMON, "types", "target_guids", "space_guids", "organization_guids"),
        order_by=ordering.TIMES,
        arrays=("types", "space_guids", "organization_guids"),
        excludable=("target_guids",),
    ),
    "listIsolationSegments": ListRules(
        names=(*COMMON, "names", "organization_guids", "label_selector"),
        order_by=ordering.NAMES,
        arrays=("names", "organization_guids"),
    ),
    "listSecurityGroups": ListRules(
        names=(*COMMON, "names", "running_space_guids", "staging_space_guids", *_GLOBALLY),
        order_by=ordering.TIMES,
        arrays=("names", "running_space_guids", "staging_space_guids"),
        choices=tuple(_switch(name) for name in _GLOBALLY),
    ),
    "listRunningSecurityGroups": _SECURITY_GROUPS_OF_SPACE,
    "listStagingSecurityGroups": _SECURITY_GROUPS_OF_SPACE,
    "listOrganizationQuotas": ListRules(
        names=(*COMMON, "names", "organization_guids"),
        order_by=ordering.TIMES,
        arrays=("names", "organization_guids"),
    ),
    "listSpaceQuotas": ListRules(
        names=(*COMMON, "names", "organization_guids", "space_guids"),
        order_by=ordering.TIMES,
        arrays=("names", "organization_guids", "space_guids"),
    ),
    "listFeatureFlags": ListRules(names=COMMON, order_by=("name",), arrays=()),
}
