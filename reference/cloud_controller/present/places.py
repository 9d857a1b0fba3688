"""How do the usage and the features of organizations and spaces look?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi import models
from cloud_controller.present.rendering import link, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.store import SpaceRecord


def usage_summary(kind: str, guid: str, numbers: Mapping[str, int]) -> bytes:
    """Return the document of what is used; `kind` is `organization` or `space`."""
    path = f"/v3/{kind}s/{guid}"
    document = {
        "usage_summary": {
            **numbers,
            "service_instances": 0,
            "per_app_tasks": 0,
            "service_keys": 0,
        },
        "links": {"self": link(f"{path}/usage_summary"), kind: link(path)},
    }
    return render(models.UsageSummary, document)


def space_features(record: SpaceRecord) -> bytes:
    """Return the document of all features of a space."""
    return render(models.SpaceFeatures, {"resources": [_ssh(record)]})


def space_ssh(record: SpaceRecord) -> bytes:
    """Return the document of the feature `ssh` of a space."""
    return render(models.SpaceFeature, _ssh(record))


def _ssh(record: SpaceRecord) -> dict[str, Any]:
    return {
        "name": "ssh",
        "description": "Enable SSHing into apps in the space.",
        "enabled": record.allow_ssh,
    }
