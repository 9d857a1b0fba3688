"""Which texts does a refused app request get?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from cloud_controller.domain import metadata
from cloud_controller.domain.buildpack_addresses import without_credentials
from cloud_controller.domain.messages import relationships
from cloud_controller.domain.messages.fields import MAX_NAME, members, prefixed, unknown

SPACE_INVALID: Final = "Invalid space. Ensure that the space exists and you have access to it."
STACK_INVALID: Final = "Stack must be an existing stack"
NO_DROPLET: Final = "Assign a droplet before starting this app."
DROPLET_FIXED: Final = "Current droplet cannot be removed. Replace it with a preferred droplet."
DROPLET_INVALID: Final = (
    "Unable to assign current droplet. Ensure the droplet exists and belongs to this app."
)
DROPLET_NOT_STAGED: Final = "droplet must be in staged state"
NO_PROCESS_TYPES: Final = (
    "Unable to create process types for this app's droplet. Please provide a droplet with valid "
    "process types."
)
FEATURES_EXCLUDE: Final = (
    "'file-based-vcap-services' and 'service-binding-k8s' features cannot be enabled at the same "
    "time."
)
LIFECYCLES: Final = ("buildpack", "docker", "cnb")
PRIVATE: Final = "[PRIVATE DATA HIDDEN]"
_MAX_ENTRY: Final = 4096
_MAX_STACK: Final = 250
_KEYS: Final = ("name", "relationships", "environment_variables", "lifecycle", "metadata")


def create(body: object) -> list[str]:
    """All problems of a body for `POST /v3/apps` (5.3)."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    found += unknown(sent, _KEYS)
    found += _name(sent.get("name"))
    if "environment_variables" in sent:
        found += environment(sent["environment_variables"])
    found += relationships.to_one(sent, "space")
    if "lifecycle" in sent:
        found += lifecycle(sent["lifecycle"])
    return found


def update(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/apps/:guid` (5.3)."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    found += unknown(sent, ("name", "lifecycle", "metadata"))
    if "name" in sent:
        found += _name(sent["name"])
    if "lifecycle" in sent:
        found += lifecycle(sent["lifecycle"])
    return found


def update_environment(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/apps/:guid/environment_variables`."""
    sent = members(body)
    found = unknown(sent, ("var",))
    variables = sent.get("var")
    if not isinstance(variables, Mapping):
        return [*found, "Var must be an object"]
    for name, value in variables.items():
        if text := _variable(name.upper()):
            found.append(f"Var {text}")
        elif not isinstance(value, str | None):
            found.append(
                f"Non-string value in environment variable for key '{name}', "
                f"value '{json.dumps(value, separators=(',', ':'), ensure_ascii=False)}'"
            )
    return found


def update_feature(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/apps/:guid/features/:name`."""
    sent = members(body)
    found = unknown(sent, ("enabled",))
    return found if isinstance(sent.get("enabled"), bool) else [*found, "Enabled must be a boolean"]


def without_secrets(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body as it may be shown to whoever reads the audit events."""
    shown = dict(sent)
    if "environment_variables" in shown:
        shown["environment_variables"] = PRIVATE
    asked = shown.get("lifecycle")
    if isinstance(asked, Mapping):
        data = dict(asked.get("data") or {})
        if data.get("buildpacks"):
            data["buildpacks"] = [without_credentials(name) for name in data["buildpacks"]]
        if "credentials" in data:
            data["credentials"] = PRIVATE
        shown["lifecycle"] = {**asked, "data": data}
    return shown


def create_later(body: object) -> list[str]:
    """Return what is found wrong with a body only when its space is looked up."""
    return [SPACE_INVALID] if relationships.guid_of(members(body), "space") is None else []


def name_taken(name: str) -> str:
    """Return the text for a second app of the same name in a space."""
    return f"App with the name '{name}' already exists."


def type_fixed(present: str, wanted: str) -> str:
    """Return the text for an app that would be staged in another way from now on."""
    return f"Lifecycle type cannot be changed from {present} to {wanted}"


def as_texts(variables: Mapping[str, Any]) -> dict[str, str]:
    """Return environment variables as an instance will see them: every value is a text."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in variables.items()
        if value is not None
    }


def buildpack_invalid(name: str, stack: str | None) -> str:
    """Return the text for a buildpack that is neither installed nor the address of a repository."""
    return (
        f'Buildpack "{name}" for stack "{stack}" must be an existing admin buildpack or a valid '
        "git URI"
    )


def _name(name: object) -> list[str]:
    if not isinstance(name, str):
        return ["Name must be a string"]
    if not name.strip():
        return ["Name can't be blank"]
    if len(name) > MAX_NAME:
        return [f"Name is too long (maximum is {MAX_NAME} characters)"]
    printable = all(character >= " " and not "\x7f" <= character <= "\x9f" for character in name)
    return [] if printable else ["Name must not contain escaped characters"]


def environment(variables: object) -> list[str]:
    """Return what is wrong with the environment variables of an app."""
    if not isinstance(variables, Mapping):
        return ["Environment variables must be an object"]
    found: dict[str, None] = {}
    for name in variables:
        if text := _variable(name.upper()):
            found[f"Environment variables {text}"] = None
    return list(found)


def _variable(name: str) -> str | None:
    if not name:
        return "key must be a minimum length of 1"
    if name == "PORT":
        return "cannot set PORT"
    if name.startswith("VCAP_"):
        return "cannot start with VCAP_"
    return "cannot start with VMC_" if name.startswith("VMC") else None


def lifecycle(lifecycle: object) -> list[str]:
    """Return what is wrong with the lifecycle of an app or a build."""
    if not isinstance(lifecycle, Mapping):
        return ["Lifecycle must be an object"]
    found = unknown(lifecycle, ("type", "data"))
    kind, data = lifecycle.get("type"), lifecycle.get("data")
    if kind not in LIFECYCLES:
        found.append(f"type is not included in the list: {', '.join(LIFECYCLES)}")
    if not isinstance(data, Mapping):
        found.append("data must be an object")
    elif kind == "docker":
        found += unknown(data, ())
    elif kind in LIFECYCLES:
        found += _buildpack_data(data, with_credentials=kind == "cnb")
    return prefixed("Lifecycle", found)


def _buildpack_data(data: Mapping[str, object], *, with_credentials: bool) -> list[str]:
    known = ("buildpacks", "stack", "credentials") if with_credentials else ("buildpacks", "stack")
    found = unknown(data, known)
    found += _buildpacks(data.get("buildpacks"))
    stack = data.get("stack")
    if stack is not None and not isinstance(stack, str):
        found.append("Stack must be a string")
    elif isinstance(stack, str) and not 1 <= len(stack) <= _MAX_STACK:
        found.append(f"Stack must be between 1 and {_MAX_STACK} characters")
    credentials = data.get("credentials", {})
    if with_credentials and not _is_object_of_objects(credentials):
        found.append("Credentials must be an object of objects")
    return found


def _buildpacks(names: object) -> list[str]:
    if names is None:
        return []
    if not isinstance(names, list):
        return ["Buildpacks must be an array"]
    if not all(isinstance(name, str) for name in names):
        return ["Buildpacks can only contain strings"]
    if not all(1 <= len(name) <= _MAX_ENTRY for name in names):
        return [f"Buildpacks entries must be between 1 and {_MAX_ENTRY} characters"]
    return []


def _is_object_of_objects(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(v, Mapping) for v in value.values())
