"""Who calls the reference server that is put to the test, in which role, and in which place?"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

    from cloud_controller.store import Transaction

PLACED: Final = {
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
GLOBAL: Final = ("admin_read_only", "global_auditor")
NOBODY: Final = "none"
ADMIN: Final = "admin"
_PASSWORD: Final = "A passw0rd."


class RefusedError(Exception):
    """The server does not do what it must before anybody can be asked; the text is its answer."""


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


def settle(data: Path, **settings: Any) -> None:
    """Install a server with a user for each role, some with scopes that no operation gives.

    Nothing is done where the users are already.

    Args:
        data: Its data directory.
        settings: Of the server.

    """
    asyncio.run(_settle(data, settings))


async def _settle(data: Path, settings: dict[str, Any]) -> None:
    # Not before the server may have been changed for the sake of a mutation.
    from cloud_controller import accounts  # noqa: PLC0415
    from cloud_controller.auth.users import OWN_ORIGIN, find_by_name  # noqa: PLC0415
    from cloud_controller.installation import prepare  # noqa: PLC0415
    from cloud_controller.settings import Settings  # noqa: PLC0415
    from cloud_controller.store import Database  # noqa: PLC0415

    wanted = Settings(data=data, **settings)
    (await prepare(wanted)).release()
    database = await Database.open(wanted.database_url)

    def write(transaction: Transaction) -> None:
        for role in (*PLACED, *GLOBAL, NOBODY):
            if not find_by_name(transaction, role, OWN_ORIGIN):
                kind = role if role in GLOBAL else None
                accounts.add(transaction, role, _PASSWORD, kind=kind)

    try:
        await database.write(write)
    finally:
        await database.close()


def cast(http: httpx2.Client) -> Cast:
    """Give each user of `settle` a role in a new organization and a space of it, and log all in.

    Raises:
        RefusedError: The server refuses something.

    """
    admin = log_in(http, "admin", "admin")
    name = f"callers-{uuid.uuid4()}"  # several processes may ask the same server
    organization = _created(http, admin, "organizations", {"name": name})
    related = {"organization": {"data": {"guid": organization}}}
    space = _created(http, admin, "spaces", {"name": name, "relationships": related})
    for role in PLACED:
        user = _found(http, admin, f"users?usernames={role}")
        if role.startswith("space_"):  # who has a role in a space is in its organization
            _grant(http, admin, "organization_user", user, ("organization", organization))
            _grant(http, admin, PLACED[role], user, ("space", space))
        else:
            _grant(http, admin, PLACED[role], user, ("organization", organization))
    others = {role: log_in(http, role, _PASSWORD) for role in (*PLACED, *GLOBAL, NOBODY)}
    return Cast(
        identities={"": admin, ADMIN: admin, **others},
        roles={role: role for role in (ADMIN, *others)},
        references={"getOrganization": organization, "getSpace": space},
    )


def log_in(http: httpx2.Client, name: str, password: str) -> dict[str, str]:
    """Return the header of a user who logs in.

    Raises:
        RefusedError: He is not let in.

    """
    form = {"grant_type": "password", "username": name, "password": password}
    answer = http.post("/oauth/token", data=form, auth=("cf", ""))
    return {"Authorization": f"bearer {_member(answer, 'access_token')}"}


def _grant(
    http: httpx2.Client, admin: dict[str, str], role: str, user: str, place: tuple[str, str]
) -> None:
    kind, guid = place
    related = {"user": {"data": {"guid": user}}, kind: {"data": {"guid": guid}}}
    _created(http, admin, "roles", {"type": role, "relationships": related})


def _created(http: httpx2.Client, admin: dict[str, str], kind: str, body: dict[str, Any]) -> str:
    return _member(http.post(f"/v3/{kind}", json=body, headers=admin), "guid")


def _found(http: httpx2.Client, admin: dict[str, str], query: str) -> str:
    return _member(http.get(f"/v3/{query}", headers=admin), "resources", 0, "guid")


def _member(answer: httpx2.Response, *steps: str | int) -> str:
    """Return a member of an answer; what an odd server sends may be anything."""
    try:
        value = answer.json()
        for step in steps:
            value = value[step]
    except (ValueError, LookupError, TypeError) as error:
        told = f"{answer.request.method} {answer.request.url.path}: {answer.status_code}"
        raise RefusedError(f"{told} {answer.text[:300]}") from error
    return str(value)
