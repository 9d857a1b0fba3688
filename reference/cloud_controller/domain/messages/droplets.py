"""Which texts does a refused droplet request get?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cloud_controller.domain import metadata
from cloud_controller.domain.messages import apps, builds, relationships
from cloud_controller.domain.messages.fields import members, unknown

NOT_FOR_DOCKER: Final = "Droplet creation is not available for apps with docker lifecycles."
SOURCE_NOT_STAGED: Final = "source droplet is not staged"
LIFECYCLES_DIFFER: Final = "source and destination lifecycle types do not match"
UPLOADED: Final = "Droplet may be uploaded only once. Create a new droplet to upload bits."
NO_DOWNLOAD_OF_DOCKER: Final = "Cannot download droplets with 'docker' lifecycle."
NOT_STAGED: Final = "Only staged droplets can be downloaded."
NOTHING_UPLOADED: Final = "A droplet tgz file must be uploaded as 'bits'"
_MAX_INTEGER: Final = 2**31 - 1


def create(body: object) -> list[str]:
    """All problems of a body for `POST /v3/droplets` (5.5)."""
    sent = members(body)
    found = unknown(sent, ("relationships", "process_types"))
    found += relationships.to_one(sent, "app")
    if "process_types" in sent:
        found += _process_types(sent["process_types"])
    return found


def _process_types(types: object) -> list[str]:
    if not isinstance(types, Mapping):
        return ["Process types must be an object"]
    found = []
    if any(not name for name in types):
        found.append("Process types key must not be empty")
    if not all(isinstance(command, str) for command in types.values()):
        found.append("Process types value must be a string")
    return found


def copy(body: object) -> list[str]:
    """All problems of a body for `POST /v3/droplets?source_guid=` (5.5)."""
    sent = members(body)
    return [*unknown(sent, ("relationships",)), *relationships.to_one(sent, "app")]


def update(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/droplets/:guid` (5.5)."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    if not isinstance(sent.get("image"), str | None):
        found.append("Image must be a string")
    return found + unknown(sent, ("metadata", "image"))


def upload(name: str | None, size: int, unknown_parts: list[str]) -> list[str]:
    """All problems of an upload form; `name` is the file's, None when there is no file (5.5)."""
    found = unknown(dict.fromkeys(unknown_parts), ())
    if not name:
        return [*found, NOTHING_UPLOADED]
    if not name.endswith((".tgz", ".tar.gz")):
        found.append(f"{name} is not a tgz")
    if not size:
        found.append(f"{name} cannot be empty")
    return found


def stage(body: object) -> list[str]:
    """All problems of a body for `POST /v3/packages/:guid/droplets` (2.12)."""
    sent = members(body)
    found = unknown(sent, ("memory_limit", "disk_limit", "environment_variables", "lifecycle"))
    for name in ("memory_limit", "disk_limit"):
        found += builds.number(sent, name, 1, _MAX_INTEGER)
    if sent.get("environment_variables") is not None:
        found += apps.environment(sent["environment_variables"])
    if "lifecycle" in sent:
        found += _lifecycle(sent["lifecycle"])
    return found


def _lifecycle(lifecycle: object) -> list[str]:
    """Check a lifecycle of 2015, which names one buildpack."""
    if not isinstance(lifecycle, Mapping):
        return ["Lifecycle must be an object"]
    data = lifecycle.get("data")
    if not isinstance(data, Mapping):
        return apps.lifecycle(lifecycle)
    found = [f"Lifecycle {text}" for text in unknown(data, ("buildpack", "stack"))]
    buildpack = data.get("buildpack")
    if buildpack is not None and not isinstance(buildpack, str):
        found.append("Lifecycle Buildpack must be a string")
    modern = {"buildpacks": [buildpack] if isinstance(buildpack, str) else None}
    return found + apps.lifecycle({**lifecycle, "data": {**modern, "stack": data.get("stack")}})


def no_such_app(guid: str) -> str:
    """Return the text for an app that a droplet cannot be created for."""
    return f'App with guid "{guid}" does not exist, or you do not have access to it.'


def in_use(app_guid: str) -> str:
    """Return the text for a droplet that cannot be deleted."""
    return f'The droplet is currently used by app with guid "{app_guid}".'
