"""How does a feature flag look?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi import models
from cloud_controller.domain.feature_flags import DEFAULTS
from cloud_controller.present.rendering import link, render
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.domain.feature_flags import FeatureFlag
    from cloud_controller.store.records import FeatureFlagRecord


def feature_flag(flag: FeatureFlag, record: FeatureFlagRecord | None) -> bytes:
    """Return the flag's document; without a record it stands as it came."""
    document = {
        "name": flag.value,
        "enabled": DEFAULTS[flag] if record is None else record.enabled,
        "updated_at": None if record is None else clock.text(record.updated_at),
        "custom_error_message": None if record is None else record.error_message,
        "links": {"self": link(f"/v3/feature_flags/{flag.value}")},
    }
    return render(models.FeatureFlag, document)
