"""How does an organization quota look?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi import models
from cloud_controller.present.rendering import link, render
from cloud_controller.store import clock

if TYPE_CHECKING:
    from collections.abc import Sequence


def organization_quota(
    guid: str, name: str, created_at: int, organizations: Sequence[str]
) -> bytes:
    """Return the document of a quota that limits nothing.

    Args:
        guid: Its guid.
        name: Its name.
        created_at: Microseconds since 1970.
        organizations: Guids of those that the caller sees.

    """
    document = {
        "guid": guid,
        "created_at": clock.text(created_at),
        "updated_at": clock.text(created_at),
        "name": name,
        "apps": dict.fromkeys(
            (
                "total_memory_in_mb",
                "per_process_memory_in_mb",
                "total_instances",
                "per_app_tasks",
                "log_rate_limit_in_bytes_per_second",
            )
        ),
        "services": {
            "paid_services_allowed": True,
            "total_service_instances": None,
            "total_service_keys": None,
        },
        "routes": {"total_routes": None, "total_reserved_ports": None},
        "domains": {"total_domains": None},
        "relationships": {"organizations": {"data": [{"guid": one} for one in organizations]}},
        "links": {"self": link(f"/v3/organization_quotas/{guid}")},
    }
    return render(models.OrganizationQuota, document)
