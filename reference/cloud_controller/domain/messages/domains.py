"""Which texts does a refused domain request get?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cloud_controller.domain import metadata
from cloud_controller.domain.messages import relationships
from cloud_controller.domain.messages.fields import boolean, members, prefixed, unknown

MAX_NAME: Final = 253
MIN_NAME: Final = 3
MAX_LABEL: Final = 63
SHARED: Final = "This domain is shared with other organizations. Unshare before deleting."
SHARED_WITH_OWNER: Final = "Domain cannot be shared with owning organization."
NOT_OF_AN_ORGANIZATION: Final = (
    "Domains cannot be shared with other organizations unless they are scoped to an organization."
)
SHARER_HAS_ROUTES: Final = (
    "This domain has associated routes in this organization. Delete the routes before unsharing."
)
MAX_GUID: Final = 200
_STRUCTURE: Final = 'Data must have the structure "data": [{"guid": shared_org_guid_1}, {"guid": shared_org_guid_2}]'
_KEYS: Final = ("name", "internal", "relationships", "router_group", "metadata")
_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME: Final = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9\-.]")


def create(body: object) -> list[str]:
    """All problems of a body for `POST /v3/domains`."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    found += unknown(sent, _KEYS)
    if "relationships" in sent:
        found += _relationships(sent["relationships"])
    found += _name(sent.get("name"))
    found += _router_group(sent.get("router_group"))
    found += _exclusions(sent)
    return found + ([] if sent.get("internal") is None else boolean(sent, "internal"))


def update(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/domains/{guid}`."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    return found + unknown(sent, ("metadata",))


def share(body: object) -> list[str]:
    """All problems of a body for `POST /v3/domains/{guid}/relationships/shared_organizations`."""
    data = members(body).get("data")
    good = isinstance(data, list) and all(_names_one(entry) for entry in data)
    return [] if good else [_STRUCTURE]


def _names_one(entry: object) -> bool:
    guid = entry.get("guid") if isinstance(entry, Mapping) else None
    return isinstance(guid, str) and 1 <= len(guid) <= MAX_GUID


def organization_invalid(guid: str | None) -> str:
    """Return the text for an organization that does not exist."""
    return f"Organization with guid '{guid or ''}' does not exist or you do not have access to it."


def name_taken(name: str) -> str:
    """Return the text for a second domain of the same name."""
    return f'The domain name "{name}" is already in use'


def name_reserved(name: str, taken: str, by: str) -> str:
    """Return the text for a name that lies within another one, or that another one lies within."""
    return (
        f'The domain name "{name}" cannot be created because "{taken}" is already reserved by {by}'
    )


def sharer_unknown(guid: str) -> str:
    """Return the text for an organization to share with that does not exist or is hidden."""
    return f"Organization with guid '{guid}' does not exist, or you do not have access to it."


def sharer_hidden(guid: str) -> str:
    """Return the text for an organization to share with that the caller cannot read."""
    return (
        f"Organization with guid '{guid}' either does not exist, or you do not have access to it."
    )


def sharer_suspended(name: str) -> str:
    """Return the text for an organization to share with that is suspended."""
    return f"Organization '{name}' is suspended."


def not_shared(name: str) -> str:
    """Return the text for an organization to unshare with that does not share the domain."""
    return (
        f"Unable to unshare domain from organization with name '{name}'."
        " Ensure the domain is shared to this organization."
    )


def sharer_forbidden(name: str) -> str:
    """Return the text for an organization to share with that the caller does not manage."""
    return f"You do not have sufficient permissions for organization '{name}' to share domain."


def router_group_unknown(guid: str) -> str:
    """Return the text for a router group that does not exist."""
    return f"Router group with guid '{guid}' not found."


def _relationships(sent: object) -> list[str]:
    if not isinstance(sent, Mapping):
        return ["Relationships 'relationships' is not an object"]
    texts = unknown(sent, ("organization", "shared_organizations"))
    if sent.get("organization") is not None:
        texts += relationships.resource(sent["organization"], "organization")
    if "shared_organizations" in sent and "organization" not in sent:
        texts.append("cannot contain shared_organizations without an owning organization.")
    return prefixed("Relationships", texts)


def _name(name: object) -> list[str]:
    text = name if isinstance(name, str) else ""
    found = [] if text.strip() else ["can't be blank"]
    if not isinstance(name, str):
        found.append("must be a string")
    if len(text) < MIN_NAME:
        found.append(f"is too short (minimum is {MIN_NAME} characters)")
    if len(text) > MAX_NAME:
        found.append(f"is too long (maximum is {MAX_NAME} characters)")
    if not _NAME.fullmatch(text):
        found.append("does not comply with RFC 1035 standards")
    if "." not in text:
        found.append('must contain at least one "."')
    if any(len(label) > MAX_LABEL for label in text.split(".")):
        found.append(f"subdomains must each be at most {MAX_LABEL} characters")
    if _FOREIGN.search(text):
        found.append("must consist of alphanumeric characters and hyphens")
    return prefixed("Name", found)


def _router_group(group: object) -> list[str]:
    if group is None:
        return []
    if not isinstance(group, Mapping):
        return ["Router group must be an object"]
    found = unknown(group, ("guid",))
    if not isinstance(group.get("guid"), str):
        found.append("guid must be a string")
    return prefixed("Router group", found)


def _exclusions(sent: Mapping[str, object]) -> list[str]:
    found = []
    if sent.get("internal") is True and "relationships" in sent:
        found.append("Cannot associate an internal domain with an organization")
    if sent.get("internal") is True and "router_group" in sent:
        found.append("Internal domains cannot be associated to a router group.")
    if "relationships" in sent and "router_group" in sent:
        found.append("Domains scoped to an organization cannot be associated to a router group.")
    return found
