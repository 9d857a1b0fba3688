"""Who calls the reference server that is fuzzed, in which role, and in which place?"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.testclient import TestClient

PLACED = {
    "space_developer": "space_developer",
    "space_manager": "space_manager",
    "space_auditor": "space_auditor",
    "space_supporter": "space_supporter",
    "org_manager": "organization_manager",
    "org_auditor": "organization_auditor",
    "org_billing_manager": "organization_billing_manager",
    "org_user": "organization_user",
}
"""Roles in a space or an organization, as the document names them, with their types."""
GLOBAL = ("admin_read_only", "global_auditor")
NOBODY = "none"
ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A caller for each role, and the place where the roles are.

    The fields are what `Circumstances` of the same names want.

    Attributes:
        identities: Headers by the name of who calls; the empty name is the administrator.
        roles: Name of an identity by role.
        references: Guid of the organization and of the space by the operation that reads it.

    """

    identities: dict[str, dict[str, str]]
    roles: dict[str, str]
    references: dict[str, str]


def identities(client: TestClient, headers: dict[str, str]) -> Cast:
    """Make a user for each of Cloud Foundry's roles, in an organization and a space of their own.

    Args:
        client: Runs the reference server in this process.
        headers: What logs the administrator in.

    Raises:
        AssertionError: The server refuses something; the text is its answer.

    """
    name = f"place-{uuid.uuid4()}"
    organization = _create(client, headers, "/v3/organizations", {"name": name})
    space = _create(
        client, headers, "/v3/spaces", {"name": name, **_related("organization", organization)}
    )
    known = {"": headers, ADMIN: headers}
    for role in (NOBODY, *PLACED):
        user, known[role] = _member(client, role, None)
        if role.startswith("space_") or role == "org_user":
            _grant(client, headers, "organization_user", user, ("organization", organization))
        if role.startswith("space_"):
            _grant(client, headers, PLACED[role], user, ("space", space))
        elif role in PLACED and role != "org_user":
            _grant(client, headers, PLACED[role], user, ("organization", organization))
    for role in GLOBAL:
        _, known[role] = _member(client, role, role)
    return Cast(
        identities=known,
        roles={role: role for role in known if role},
        references={"getOrganization": organization, "getSpace": space},
    )


def _related(kind: str, guid: str) -> dict[str, Any]:
    return {"relationships": {kind: {"data": {"guid": guid}}}}


def _create(client: TestClient, headers: dict[str, str], path: str, body: dict[str, Any]) -> str:
    answer = client.post(path, json=body, headers=headers)
    assert answer.status_code == 201, f"POST {path}: {answer.status_code} {answer.text[:300]}"
    return str(answer.json()["guid"])


def _grant(
    client: TestClient, headers: dict[str, str], role: str, user: str, place: tuple[str, str]
) -> None:
    related = {"user": user, place[0]: place[1]}
    relationships = {kind: {"data": {"guid": guid}} for kind, guid in related.items()}
    _create(client, headers, "/v3/roles", {"type": role, "relationships": relationships})


def _member(client: TestClient, role: str, kind: str | None) -> tuple[str, dict[str, str]]:
    """Make a user as operators do, and log him in; return guid and headers."""
    # Not before the server may have been changed for the sake of a mutation.
    from cloud_controller import accounts  # noqa: PLC0415

    name = f"{role}-{uuid.uuid4()}"
    server: Any = client.app
    assert client.portal is not None
    user = client.portal.call(
        server.context.database.write,
        lambda transaction: accounts.add(transaction, name, "secret", kind=kind),
    )
    form = {"grant_type": "password", "username": name, "password": "secret"}
    answer = client.post("/oauth/token", data=form, auth=("cf", ""))
    assert answer.status_code == 200, f"log-in of {role}: {answer.status_code} {answer.text[:300]}"
    return user.guid, {"Authorization": f"bearer {answer.json()['access_token']}"}
