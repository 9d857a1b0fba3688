"""Which feature flags are there, and what do they allow when nobody has set them?"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class FeatureFlag(StrEnum):
    """All flags of a Cloud Controller (`app/models/runtime/feature_flag.rb`; 9.1)."""

    APP_BITS_UPLOAD = "app_bits_upload"
    APP_SCALING = "app_scaling"
    DIEGO_CNB = "diego_cnb"
    DIEGO_DOCKER = "diego_docker"
    ENV_VAR_VISIBILITY = "env_var_visibility"
    HIDE_MARKETPLACE = "hide_marketplace_from_unauthenticated_users"
    PRIVATE_DOMAIN_CREATION = "private_domain_creation"
    RESOURCE_MATCHING = "resource_matching"
    ROUTE_CREATION = "route_creation"
    ROUTE_SHARING = "route_sharing"
    SERVICE_INSTANCE_CREATION = "service_instance_creation"
    SERVICE_INSTANCE_SHARING = "service_instance_sharing"
    SET_ROLES_BY_USERNAME = "set_roles_by_username"
    SPACE_DEVELOPER_ENV_VAR_VISIBILITY = "space_developer_env_var_visibility"
    SPACE_SCOPED_PRIVATE_BROKER_CREATION = "space_scoped_private_broker_creation"
    TASK_CREATION = "task_creation"
    UNSET_ROLES_BY_USERNAME = "unset_roles_by_username"
    USER_ORG_CREATION = "user_org_creation"


_OFF: Final = frozenset(
    {
        FeatureFlag.HIDE_MARKETPLACE,
        FeatureFlag.ROUTE_SHARING,
        FeatureFlag.SERVICE_INSTANCE_SHARING,
        FeatureFlag.USER_ORG_CREATION,
    }
)

# `diego_docker` and `diego_cnb` are off in a fresh foundation, because whoever lets foreign images
# run takes a risk. Nothing runs here, and clients shall be able to try such apps at once.
DEFAULTS: Final[dict[FeatureFlag, bool]] = {flag: flag not in _OFF for flag in FeatureFlag}
"""How each flag stands until somebody sets it."""


def disabled_text(flag: FeatureFlag, operator_message: str | None = None) -> str:
    """Return what stands after `Feature Disabled: `: the operator's message, else the flag's name."""
    return operator_message or flag.value
