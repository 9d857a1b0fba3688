"""Which texts does a refused user or role request get?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from cloud_controller.domain import metadata
from cloud_controller.domain.messages import relationships
from cloud_controller.domain.messages.fields import members, prefixed, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

ORGANIZATION_ROLES: Final = (
    "organization_auditor",
    "organization_manager",
    "organization_billing_manager",
    "organization_user",
)
SPACE_ROLES: Final = ("space_auditor", "space_manager", "space_developer", "space_supporter")
ORGANIZATION_INVALID: Final = (
    "Invalid organization. Ensure that the organization exists and you have access to it."
)
SPACE_INVALID: Final = "Invalid space. Ensure that the space exists and you have access to it."
NOT_IN_ORGANIZATION: Final = (
    "Users cannot be assigned roles in a space if they do not have a role in that space's"
    " organization."
)
HAS_SPACE_ROLES: Final = (
    "Cannot delete organization_user role while user has roles in spaces in that organization."
)
ORIGINS_ALONE: Final = (
    "Origins filter cannot be provided without usernames or partial_usernames filter."
)
NAMES_TWICE: Final = (
    "Usernames filter cannot be provided with both usernames and partial_usernames filter."
)
_MAX_GUID: Final = 200


def create_role(body: object) -> list[str]:
    """All problems of a body for `POST /v3/roles`."""
    sent = members(body)
    types = (*ORGANIZATION_ROLES, *SPACE_ROLES)
    found = unknown(sent, ("type", "relationships")) + _role_relationships(sent)
    if sent.get("type") not in types:
        found.append(f"Type must be one of the allowed types {json.dumps(types)}")
    return found


def _role_relationships(sent: Mapping[str, object]) -> list[str]:
    places = sent.get("relationships")
    if not isinstance(places, Mapping):
        return ["Relationships 'relationships' is not an object"]
    user, wrong_place = _user(places), _place(places, sent.get("type"))
    texts = unknown(places, ("space", "user", "organization"))
    if not places.get("user"):
        texts.append("User can't be blank")
    texts += user + wrong_place
    if not wrong_place:
        texts += _one_place(places)
    if not user:
        texts += _user_value(places)
    return prefixed("Relationships", texts)


def _data(places: Mapping[str, object], name: str) -> object:
    value = places.get(name)
    return value.get("data") if isinstance(value, Mapping) else None


def _user(places: Mapping[str, object]) -> list[str]:
    data = _data(places, "user")
    sent = data if isinstance(data, Mapping) else {}
    texts = []
    if "guid" in sent and "username" in sent:
        texts.append("Username cannot be specified when identifying user by guid")
    if "guid" in sent and "origin" in sent:
        texts.append("User origin cannot be specified when identifying user by guid")
    if "username" not in sent and "origin" in sent:
        texts.append("User origin cannot be specified without specifying the username")
    if "username" not in sent and "guid" not in sent:
        texts.append("User must have a username or guid specified")
    return texts


def _place(places: Mapping[str, object], role: object) -> list[str]:
    space, organization = _data(places, "space"), _data(places, "organization")
    texts = []
    if space is None and organization is None:
        texts.append("must specify either a space or an organization.")
    if space is not None and role in ORGANIZATION_ROLES:
        texts.append(f"Space cannot be provided with the organization role type: '{role}'.")
    if organization is not None and role in SPACE_ROLES:
        texts.append(f"Organization cannot be provided with the space role type: '{role}'.")
    if space is not None and organization is not None:
        texts.append("cannot specify both an organization and a space.")
    return texts


def _one_place(places: Mapping[str, object]) -> list[str]:
    name = "organization" if places.get("space") is None else "space"
    return relationships.resource(places.get(name), name)


def _user_value(places: Mapping[str, object]) -> list[str]:
    data = _data(places, "user")
    sent = data if isinstance(data, Mapping) else {}
    if "guid" in sent:
        return relationships.resource(places.get("user"), "user")
    texts = []
    if not isinstance(sent.get("username"), str):
        texts.append("Username must be a string")
    if not isinstance(sent.get("origin"), str | None):
        texts.append("User origin must be a string")
    return texts


def ambiguous(name: str, origins: Sequence[str]) -> str:
    """Return the text for a name that several identity providers know."""
    return (
        f"Ambiguous user. User with username '{name}' exists in the following origins:"
        f" {', '.join(origins)}. Specify an origin to disambiguate."
    )


def nobody(name: str, origin: str | None) -> str:
    """Return the text for a name that nobody has, at this identity provider or at all."""
    at = "" if origin is None else f" and origin '{origin}'"
    return f"No user exists with the username '{name}'{at}."


def has_role(user: str, role: str, kind: str, place: str) -> str:
    """Return the text for a role that the user has already; `kind` is `organization` or `space`."""
    return f"User '{user}' already has '{role}' role in {kind} '{place}'."


def create_user(body: object) -> list[str]:
    """All problems of a body for `POST /v3/users`."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    found += unknown(sent, ("guid", "origin", "username", "metadata"))
    return found + _identity(sent)


def _identity(sent: Mapping[str, object]) -> list[str]:
    guid, name, origin = sent.get("guid"), sent.get("username"), sent.get("origin")
    found = []
    if guid is not None and not isinstance(guid, str):
        found.append("Guid must be a string")
    if guid is not None and not (isinstance(guid, str) and 1 <= len(guid) <= _MAX_GUID):
        found.append(f"Guid must be between 1 and {_MAX_GUID} characters")
    found += [
        f"{member.capitalize()} must be a string"
        for member in ("origin", "username")
        if not isinstance(sent.get(member), str | None)
    ]
    if guid is not None:
        given = (member for member in ("username", "origin") if sent.get(member) is not None)
        return found + [f"{member.capitalize()} cannot be provided with 'guid'" for member in given]
    if name is None and origin is None:
        return [*found, "Guid or 'username' and 'origin' must be provided"]
    if name is None:
        found.append("Origin can only be provided together with 'username'")
    if origin is None:
        found.append("Username can only be provided together with 'origin'")
    if origin == "uaa":
        found.append("Origin cannot be 'uaa' when creating a user by username")
    return found


def user_exists(guid: str) -> str:
    """Return the text for a guid that is known already."""
    return f"User with guid '{guid}' already exists."


def user_name_exists(name: str, origin: str) -> str:
    """Return the text for a name that is known already."""
    return f"User with username '{name}' and origin '{origin}' already exists."


def update_user(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/users/:guid`."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    return found + unknown(sent, ("metadata",))


def list_users(*, usernames: bool, partial_usernames: bool, origins: bool) -> list[str]:
    """Return what is wrong with the filters that a list of users was sent, given together."""
    found = [ORIGINS_ALONE] if origins and not (usernames or partial_usernames) else []
    return [*found, NAMES_TWICE] if usernames and partial_usernames else found
