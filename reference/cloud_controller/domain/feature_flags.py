"""Which feature flags are there, and what do they allow when nobody has set them?"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class FeatureFlag(StrEnum):
    """The flags that matter to packages, apps and organizations (behaviour document, 9.1)."""

    APP_BITS_UPLOAD = "app_bits_upload"
    RESOURCE_MATCHING = "resource_matching"
    DIEGO_DOCKER = "diego_docker"
    DIEGO_CNB = "diego_cnb"
    USER_ORG_CREATION = "user_org_creation"


DEFAULTS: Final[dict[FeatureFlag, bool]] = {
    FeatureFlag.APP_BITS_UPLOAD: True,
    FeatureFlag.RESOURCE_MATCHING: True,
    # Off in a fresh foundation, where an operator switches them on. Nothing in this contract can
    # switch a flag yet, and without these two nobody could try Docker or CNB apps here at all.
    FeatureFlag.DIEGO_DOCKER: True,
    FeatureFlag.DIEGO_CNB: True,
    FeatureFlag.USER_ORG_CREATION: False,
}


def disabled_text(flag: FeatureFlag, operator_message: str | None = None) -> str:
    """Return what stands after `Feature Disabled: `: the operator's message, else the flag's name."""
    return operator_message or flag.value
