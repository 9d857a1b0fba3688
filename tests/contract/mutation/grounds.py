"""What do all servers begin with: who has which role where, and which tokens do they hold?

A healthy server is prepared once, with a caller for each role; every other one begins with a copy of
its data, so that nobody needs to be created, or to log in, for each of hundreds of servers.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx2
from mutation.serving import CannotStart, ServerProcess

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cloud_controller.store import Transaction

SETTINGS: Final[dict[str, Any]] = {"access_token_validity": 7 * 24 * 3600}

_USER_SCOPES: Final = ("cloud_controller.read", "cloud_controller.write")
_SCOPES: Final = {
    "admin_read_only": "cloud_controller.admin_read_only",
    "global_auditor": "cloud_controller.global_auditor",
}
_IN_ORGANIZATION: Final = ("org_manager", "org_auditor", "org_billing_manager", "org_user")
_IN_SPACE: Final = ("space_developer", "space_manager", "space_auditor", "space_supporter")
ROLES: Final = (*_SCOPES, *_IN_ORGANIZATION, *_IN_SPACE, "none")
_PASSWORD: Final = "A passw0rd."


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """A prepared data directory.

    Attributes:
        folder: Its data directory is `data` below it.
        identities: Headers by role; the empty name is the administrator.
        references: Guids of the organization and the space where the roles are held, by the
            operation that reads them.

    """

    folder: Path
    identities: Mapping[str, Mapping[str, str]]
    references: Mapping[str, str]

    def lay_out(self, folder: Path) -> None:
        """Copy the data directory into a folder."""
        shutil.copytree(self.folder / "data", folder / "data")


def prepare(folder: Path) -> dict[str, Any]:
    """Prepare the data directory in a folder; in a process apart, since it imports the server.

    Returns:
        identities and references as in `Grounds`, and `modules`, all that a server imports.

    Raises:
        CannotStart: The healthy server does not do what it must.

    """
    users = asyncio.run(_users(folder))
    expired = _brief_token(folder)
    server = ServerProcess(folder, {}, SETTINGS)
    server.start()
    with httpx2.Client(base_url=server.url, timeout=20) as http:
        identities = {"": log_in(http, "admin", "admin"), "refused/an expired token": expired}
        http.headers.update(identities[""])
        references = _place(http)
        for role in (*_IN_ORGANIZATION, *_IN_SPACE):
            _grant(http, users[role], role, references)
        for role in ROLES:
            identities[role] = log_in(http, role, _PASSWORD)
    server.kill(signal.SIGTERM)
    return {"identities": identities, "references": references, "modules": server.modules}


def _brief_token(folder: Path) -> dict[str, str]:
    """Return the header of an administrator whose token counts for a second."""
    server = ServerProcess(folder, {}, {**SETTINGS, "access_token_validity": 1})
    server.start()
    with httpx2.Client(base_url=server.url, timeout=20) as http:
        brief = log_in(http, "admin", "admin")
    server.kill(signal.SIGTERM)
    return brief


async def _users(folder: Path) -> dict[str, str]:
    """Create a user for each role, some with scopes that no operation gives."""
    from cloud_controller.auth.users import create_user  # noqa: PLC0415 -- in a process apart
    from cloud_controller.installation import prepare as install  # noqa: PLC0415
    from cloud_controller.settings import Settings  # noqa: PLC0415
    from cloud_controller.store import Database  # noqa: PLC0415

    settings = Settings(data=folder / "data", **SETTINGS)
    (await install(settings)).release()
    database = await Database.open(settings.database_url)

    def write(transaction: Transaction) -> dict[str, str]:
        return {
            role: create_user(
                transaction,
                role,
                _PASSWORD,
                scopes=(*_USER_SCOPES, _SCOPES.get(role, "openid")),
            ).guid
            for role in ROLES
        }

    try:
        return await database.write(write)
    finally:
        await database.close()


def log_in(http: httpx2.Client, name: str, password: str) -> dict[str, str]:
    """Return the header of a user who logs in.

    Raises:
        CannotStart: He is not let in.

    """
    form = {"grant_type": "password", "username": name, "password": password}
    try:
        answer = http.post("/oauth/token", data=form, auth=("cf", ""))
        token = answer.json()["access_token"]
    except (httpx2.RequestError, ValueError, KeyError, TypeError) as error:
        raise CannotStart(f"log-in: {type(error).__name__}: {error}") from error
    return {"Authorization": f"bearer {token}"}


def _place(http: httpx2.Client) -> dict[str, str]:
    organization = _created(http, "organizations", {"name": "grounds"})
    related = {"organization": {"data": {"guid": organization}}}
    space = _created(http, "spaces", {"name": "grounds", "relationships": related})
    return {"getOrganization": organization, "getSpace": space}


def _grant(http: httpx2.Client, user: str, role: str, references: Mapping[str, str]) -> None:
    organization, space = references["getOrganization"], references["getSpace"]
    wanted = [("organization", organization, role.replace("org_", "organization_"))]
    if role in _IN_SPACE:  # who has a role in a space is in its organization
        wanted = [("organization", organization, "organization_user"), ("space", space, role)]
    for kind, guid, name in wanted:
        related = {"user": {"data": {"guid": user}}, kind: {"data": {"guid": guid}}}
        _created(http, "roles", {"type": name, "relationships": related})


def _created(http: httpx2.Client, kind: str, body: Mapping[str, Any]) -> str:
    answer = http.post(f"/v3/{kind}", json=body)
    if answer.status_code != 201:
        raise CannotStart(f"preparing {kind}: {answer.status_code} {answer.text}")
    return str(answer.json()["guid"])
