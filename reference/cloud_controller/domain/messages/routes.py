"""Which texts does a refused route request get?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cloud_controller.domain import metadata
from cloud_controller.domain.messages import relationships
from cloud_controller.domain.messages.fields import members, prefixed, unknown

SPACE_INVALID: Final = "Invalid space. Ensure that the space exists and you have access to it."
DOMAIN_INVALID: Final = "Invalid domain. Ensure that the domain exists and you have access to it."
WILDCARD: Final = (
    "You do not have sufficient permissions to create a route with a wildcard host on a domain not "
    "scoped to an organization."
)
UNMAPPED_ONLY: Final = (
    "Mass delete not supported for routes. Use 'unmapped=true' parameter to delete all unmapped "
    "routes."
)
MAX_HOST: Final = 63
MAX_PATH: Final = 128
_MAX_PORT: Final = 65535
_KEYS: Final = ("host", "path", "port", "relationships", "metadata")
_HOST: Final = re.compile(r"(?:[\w\-]+|\*)?", re.ASCII)
_PATH: Final = re.compile(r"(?:/.*)?")


def create(body: object) -> list[str]:
    """All problems of a body for `POST /v3/routes`."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    found += host(sent.get("host")) + _path(sent.get("path")) + _port(sent.get("port"))
    related = sent.get("relationships")
    if related is None or related == {}:
        found.append("Relationships can't be blank")
    found += unknown(sent, _KEYS)
    return found + _relationships(related)


def create_later(body: object) -> list[str]:
    """Return what is found wrong with a body only when space and domain are looked up."""
    sent = members(body)
    if relationships.guid_of(sent, "space") is None:
        return [SPACE_INVALID]
    return [DOMAIN_INVALID] if relationships.guid_of(sent, "domain") is None else []


def update(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/routes/{guid}`."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    return found + unknown(sent, ("metadata",))


def host(value: object) -> list[str]:
    """Return what is wrong with the host of a new route."""
    if value is None:
        return []
    found = [] if isinstance(value, str) else ["must be a string"]
    text = str(value)
    if len(text) > MAX_HOST:
        found.append(f"is too long (maximum is {MAX_HOST} characters)")
    if not _HOST.fullmatch(text):
        found.append('must be either "*" or contain only alphanumeric characters, "_", or "-"')
    return prefixed("Host", found)


def _path(value: object) -> list[str]:
    if value is None:
        return []
    found = [] if isinstance(value, str) else ["must be a string"]
    text = str(value)
    if len(text) > MAX_PATH:
        found.append(f"is too long (maximum is {MAX_PATH} characters)")
    if not _PATH.fullmatch(text):
        found.append("must begin with /")
    if "?" in text:
        found.append("cannot contain ?")
    if text == "/":
        found.append("cannot be exactly /")
    return prefixed("Path", found)


def _port(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ["Port is not a number"]
    if not isinstance(value, int):
        return ["Port must be an integer"]
    if value < 0:
        return ["Port must be greater than or equal to 0"]
    return [f"Port must be less than or equal to {_MAX_PORT}"] if value > _MAX_PORT else []


def _relationships(related: object) -> list[str]:
    if related is None or related == {}:
        return []
    if not isinstance(related, Mapping):
        return ["Relationships 'relationships' is not an object"]
    texts = unknown(related, ("space", "domain"))
    for name in ("space", "domain"):
        texts += relationships.resource(related.get(name), name)
    return prefixed("Relationships", texts)


def unavailable(domain: str, organization: str) -> str:
    """Return the text for a domain that the organization cannot use."""
    return f"Invalid domain. Domain '{domain}' is not available in organization '{organization}'."


def taken(host: str, path: str, domain: str) -> str:
    """Return the text for a second route with the same address."""
    if not host and not path:
        return f"Route already exists for domain '{domain}'."
    if not path:
        return f"Route already exists with host '{host}' for domain '{domain}'."
    if not host:
        return f"Route already exists with path '{path}' for domain '{domain}'."
    return f"Route already exists with host '{host}' and path '{path}' for domain '{domain}'."
