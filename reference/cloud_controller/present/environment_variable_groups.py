"""How does an environment variable group look?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi import models
from cloud_controller.present.rendering import link, render
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store.records import EnvironmentVariableGroupRecord


def environment_variable_group(name: str, record: EnvironmentVariableGroupRecord | None) -> bytes:
    """Return the group's document; without a record nobody has set any variable."""
    document = {
        "name": name,
        "var": {} if record is None else record.variables,
        "updated_at": None if record is None else clock.text(record.updated_at),
        "links": {"self": link(f"/v3/environment_variable_groups/{name}")},
    }
    return render(models.EnvironmentVariableGroup, document)
