"""How will an app be staged, and does what it asks for exist (behaviour document, 5.3)?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from cloud_controller.api import access
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import apps as messages
from cloud_controller.store import BUILDPACKS, STACKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.settings import Settings
    from cloud_controller.store import AppRecord, Reader

_REPOSITORY: Final = re.compile(r"(?:https?|git|ssh)://\S+|[\w.-]+@[\w.-]+:\S+", re.ASCII)
_CNB_IMAGE: Final = re.compile(r"(?:docker|https?)://\S+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A lifecycle with everything filled in; `data` is what the client asked for."""

    type: str
    stack: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def resolve(reader: Reader, sent: Mapping[str, Any] | None) -> Lifecycle:
    """Return the lifecycle of a new app.

    Raises 422 for an unknown stack or buildpack, 403 for a lifecycle that is switched off.
    """
    kind = "buildpack" if sent is None else sent["type"]
    data = dict(sent["data"]) if sent else {}
    if kind == "docker":
        access.require_feature_for_all(reader, FeatureFlag.DIEGO_DOCKER)
        return Lifecycle("docker")
    if kind == "cnb":
        access.require_feature_for_all(reader, FeatureFlag.DIEGO_CNB)
    stack = _stack(reader, data.pop("stack", None))
    for name in data.get("buildpacks") or []:
        _require_buildpack(reader, name, stack, kind)
    return Lifecycle(kind, stack, data)


def changed(reader: Reader, app: AppRecord, sent: Mapping[str, Any]) -> Lifecycle:
    """Return an app's lifecycle with what a checked body changes of it; the rest stays.

    Raises 422 for an unknown stack or buildpack, and for another type than the app's.
    """
    kind, asked = sent["type"], sent["data"]
    stack = app.stack
    if asked.get("stack") is not None:
        stack = _stack(reader, asked["stack"])
    elif "stack" in asked:
        stack = None
    for name in asked.get("buildpacks") or []:
        _require_buildpack(reader, name, stack, kind)
    if kind != app.lifecycle_type:
        raise v3_error(table.UNPROCESSABLE, messages.type_fixed(app.lifecycle_type, kind))
    data = {name: value for name, value in asked.items() if name != "stack"}
    return Lifecycle(kind, stack, {**app.lifecycle_data, **data})


def require_installed(settings: Settings, lifecycle: Lifecycle) -> None:
    """Raise 400 for the address of a buildpack where only installed ones are taken."""
    if not settings.disable_custom_buildpacks or lifecycle.type != "buildpack":
        return
    names: list[str] = lifecycle.data.get("buildpacks") or []
    if any(_REPOSITORY.fullmatch(name) for name in names):
        raise v3_error(table.CUSTOM_BUILDPACKS_DISABLED)


def _stack(reader: Reader, name: str | None) -> str | None:
    if name is None:
        default = reader.first(STACKS, is_default=True)
        return default.name if default else None
    if reader.first(STACKS, name=name) is None:
        raise v3_error(table.UNPROCESSABLE, messages.STACK_INVALID)
    return name


def _require_buildpack(reader: Reader, name: str, stack: str | None, kind: str) -> None:
    address = _CNB_IMAGE if kind == "cnb" else _REPOSITORY
    if address.fullmatch(name):
        return
    installed = [
        record
        for record in reader.all(BUILDPACKS, name=name, lifecycle=kind)
        if record.stack in (None, stack)
    ]
    if not installed:
        raise v3_error(table.UNPROCESSABLE, messages.buildpack_invalid(name, stack))
    if not any(record.filename for record in installed):
        raise v3_error(table.UNPROCESSABLE, f'"{name}" must be in ready state')
