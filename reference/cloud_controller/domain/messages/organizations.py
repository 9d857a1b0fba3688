"""Which texts does a refused organization or space request get?"""

from __future__ import annotations

from typing import Final

from cloud_controller.domain import metadata
from cloud_controller.domain.messages import relationships
from cloud_controller.domain.messages.fields import boolean, members, name, new_name, unknown

ORGANIZATION_INVALID: Final = (
    "Invalid organization. Ensure the organization exists and you have access to it."
)
SPACE_NAME_TAKEN: Final = "Name must be unique per organization"


def create_organization(body: object) -> list[str]:
    """All problems of a body for `POST /v3/organizations` (5.1)."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    found += unknown(sent, ("name", "suspended", "metadata"))
    return [*found, *name(sent), *boolean(sent, "suspended")]


def organization_name_taken(taken: str) -> str:
    """Return the text for a second organization of the same name."""
    return f"Organization '{taken}' already exists."


def update(body: object) -> list[str]:
    """All problems of a body that changes an organization or a space (5.1, 5.2)."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    found += unknown(sent, ("name", "suspended", "metadata"))
    return [*found, *new_name(sent), *boolean(sent, "suspended")]


def organization_rename_taken(taken: str) -> str:
    """Return the text for a new name that another organization has."""
    return f"Organization name '{taken}' is already taken."


def space_rename_taken(organization: str, taken: str) -> str:
    """Return the text for a new name that another space of the organization has."""
    return f"Organization '{organization}' already contains a space with name '{taken}'."


def create_space(body: object) -> list[str]:
    """All problems of a body for `POST /v3/spaces` (5.2)."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    found += unknown(sent, ("name", "relationships", "suspended", "metadata"))
    found += relationships.to_one(sent, "organization")
    return [*found, *name(sent), *boolean(sent, "suspended")]


def create_space_later(body: object) -> list[str]:
    """Return what is found wrong with a body only when its organization is looked up."""
    if relationships.guid_of(members(body), "organization") is None:
        return [ORGANIZATION_INVALID]
    return []
