"""Which texts does a refused package request get?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from cloud_controller.domain import metadata
from cloud_controller.domain.messages import relationships
from cloud_controller.domain.messages.fields import members, prefixed, unknown

APP_INVALID: Final = "App is invalid. Ensure it exists and you have access to it."
SOURCE_INVALID: Final = "Source package is invalid. Ensure it exists and you have access to it."
SAME_APP: Final = "Source and destination app cannot be the same"
BITS_FOR_DOCKER_APP: Final = "Cannot create bits package for a Docker app."
DOCKER_FOR_BUILDPACK_APP: Final = "Cannot create Docker package for a buildpack app."
NO_CREDENTIALS: Final = "Cannot update Docker credentials for a buildpack app."
MUST_BE_BITS: Final = "Package type must be bits."
NO_BITS: Final = "Package has no bits to download."
PASSWORD_TOO_LONG: Final = "docker_password can be up to 5,000 characters"  # noqa: S105 -- a text
NOTHING_TO_UPLOAD: Final = "Upload must include either resources or bits"
RESOURCES_NOT_JSON: Final = "Resources must be valid JSON."

_MAX_PASSWORD: Final = 5000
_CREATE_KEYS: Final = ("relationships", "type", "data", "metadata")
_DOCKER_KEYS: Final = ("image", "username", "password")
_HISTORIC_DOCKER_KEYS: Final = ("image", "credentials", "store_image")


def create(body: object) -> list[str]:
    """All problems of a body for `POST /v3/packages`, in the order of 2.5, step 3."""
    sent = {} if body is None else members(body)  # here null counts as `{}` (1.11)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    found += unknown(sent, _CREATE_KEYS)
    if sent.get("type") == "docker":
        found += prefixed("Data", _docker_data(sent.get("data")))
    elif sent.get("type") == "bits" and sent.get("data") not in (None, {}):
        found.append("Data Data must be empty if provided for bits packages")
    found += relationships.to_one(sent, "app")
    if sent.get("type") not in ("bits", "docker"):
        found.append("Type must be one of 'bits, docker'")
    return found


def create_for_app(body: object) -> list[str]:
    """All problems of a body for the `POST /v3/apps/:guid/packages` of 2015 (2.12)."""
    sent = {} if body is None else members(body)
    found = unknown(sent, ("type", "data"))
    if sent.get("type") == "docker":
        found += prefixed("Data", _historic_docker_data(sent.get("data")))
    elif sent.get("type") == "bits" and sent.get("data") not in (None, {}):
        found.append("Data Data must be empty if provided for bits packages")
    if sent.get("type") not in ("bits", "docker"):
        found.append("Type must be one of 'bits, docker'")
    return found


def create_for_app_later(body: object) -> list[str]:
    """Return what is found wrong with such a body once its members were accepted."""
    return credentials(docker_data(members(body)))


def docker_data(sent: Mapping[str, object]) -> Mapping[str, Any]:
    """Return image, username and password of a body, wherever its generation puts them."""
    data = sent.get("data")
    found = dict(data) if isinstance(data, Mapping) else {}
    historic = found.pop("credentials", None)
    if isinstance(historic, Mapping):
        found |= {"username": historic.get("user"), "password": historic.get("password")}
    return found


def without_secrets(sent: Mapping[str, object]) -> dict[str, object]:
    """Return a body as it may be shown to whoever reads the audit events."""
    data = sent.get("data")
    if not isinstance(data, Mapping):
        return dict(sent)
    shown = {key: "***" if key in ("password", "credentials") else data[key] for key in data}
    return {**sent, "data": shown}


def create_later(body: object) -> list[str]:
    """Return what is found wrong with a body only after its members were accepted (2.5, steps 4 to 9)."""
    sent = members(body)
    if relationships.guid_of(sent, "app") is None:
        return [APP_INVALID]
    data = sent.get("data")
    return credentials(data if isinstance(data, Mapping) else {})


def _docker_data(data: object) -> list[str]:
    sent = data if isinstance(data, Mapping) else {}
    return [*unknown(sent, _DOCKER_KEYS), *_image(sent)]


def _historic_docker_data(data: object) -> list[str]:
    sent = data if isinstance(data, Mapping) else {}
    found = [*unknown(sent, _HISTORIC_DOCKER_KEYS), *_image(sent)]
    if not isinstance(sent.get("credentials"), Mapping | None):
        found.append("Credentials must be an object")
    if not isinstance(sent.get("store_image"), bool | None):
        found.append("Store image must be a boolean")
    return found


def _image(sent: Mapping[str, object]) -> list[str]:
    image = sent.get("image")
    found = []
    if not isinstance(image, str):
        found.append("Image must be a string")
    if image is None or (isinstance(image, str) and not image.strip()):
        found.append("Image required")
    return found


def credentials(sent: Mapping[str, object]) -> list[str]:
    """Return what is wrong with the credentials of a Docker registry."""
    password = sent.get("password")
    if isinstance(password, str) and len(password) > _MAX_PASSWORD:
        return [PASSWORD_TOO_LONG]
    return [
        f"{member.capitalize()} must be a string"
        for member in ("username", "password")
        if not isinstance(sent.get(member), str | None)
    ]


def update(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/packages/:guid` (2.7, step 1)."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    return found + unknown(sent, ("metadata", "username", "password"))


def upload(*, has_bits: bool, resources: str | None, unknown_parts: list[str]) -> list[str]:
    """All problems of an upload form whose `resources` are an array in JSON (2.8, steps 2 and 3)."""
    found = unknown(dict.fromkeys(unknown_parts), ())
    if not has_bits and not (resources and json.loads(resources)):
        found.append(NOTHING_TO_UPLOAD)
    return found
