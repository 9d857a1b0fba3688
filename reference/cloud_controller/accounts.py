"""What do the operators' commands do to users and clients?

Functions over one transaction; they raise `OperatingError` with one line for the operator.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from cloud_controller.api import audit
from cloud_controller.api.role_rows import has_space_roles
from cloud_controller.auth import caller, grant_role
from cloud_controller.auth import users as auth
from cloud_controller.auth.passwords import hash_password
from cloud_controller.domain.messages import users as messages
from cloud_controller.operating import OperatingError
from cloud_controller.store import ORGANIZATIONS, SPACES, clock
from cloud_controller.store.entities import CLIENTS, ROLES, USERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloud_controller.auth.users import RoleType
    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.records import RoleRecord, UserRecord

KINDS: Final = {
    "admin": auth.ADMIN_SCOPES,
    # They keep what all users have, so that their roles count as well.
    "admin_read_only": (*auth.USER_SCOPES, caller.ADMIN_READ_ONLY),
    "global_auditor": (*auth.USER_SCOPES, caller.GLOBAL_AUDITOR),
}
"""The scopes of users who see or may do more than their roles say."""

_SCOPE: Final = re.compile(r"[A-Za-z0-9._*-]+")


@dataclass(frozen=True, slots=True)
class Where:
    """An organization, or a space in it, by name or guid."""

    organization: str
    space: str | None = None

    def __str__(self) -> str:
        """Write it for people."""
        inside = f"space {self.space} of " if self.space else ""
        return f"{inside}organization {self.organization}"


def refuse_taken(reader: Reader, name: str) -> None:
    """Raise if there is a user of this name."""
    if auth.find_by_name(reader, name, auth.OWN_ORIGIN):
        raise OperatingError(f"there is a user {name!r} already")


def add(
    transaction: Transaction,
    name: str,
    password: str,
    *,
    kind: str | None = None,
    scopes: Iterable[str] = (),
    email: str | None = None,
) -> UserRecord:
    """Create a user; `kind` is one of `KINDS`, `scopes` come on top."""
    if not name.strip():
        raise OperatingError("the name must not be empty")
    refuse_taken(transaction, name)
    wanted = (*KINDS.get(kind or "", auth.USER_SCOPES), *checked_scopes(scopes))
    return auth.create_user(
        transaction, name, password, scopes=tuple(dict.fromkeys(wanted)), email=email
    )


def checked_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return scopes that can stand in a token; tokens separate them by spaces."""
    found = tuple(scopes)
    for scope in found:
        if not _SCOPE.fullmatch(scope):
            raise OperatingError(f"{scope!r} is no scope; write one such as cloud_controller.read")
    return found


def overview(reader: Reader) -> list[tuple[str, ...]]:
    """Return all users as rows of a table."""
    moment = clock.now()
    rows: list[tuple[str, ...]] = [("NAME", "ORIGIN", "STATE", "RIGHTS", "GUID")]
    for user in sorted(reader.all(USERS), key=lambda one: one.folded_name or one.guid):
        locked = (user.locked_until or 0) > moment
        state = "locked" if locked else "active" if user.password_hash else "no password"
        special = [kind for kind in KINDS if f"cloud_controller.{kind}" in user.scopes]
        name = user.user_name or "-"
        rows.append((name, user.origin or "-", state, ",".join(special) or "-", user.guid))
    return rows


def account(reader: Reader, name: str) -> UserRecord:
    """Return the user who logs in by this name."""
    found = auth.find_by_name(reader, name, auth.OWN_ORIGIN)
    if not found:
        raise OperatingError(f"there is no user {name!r}")
    return found[0]


def remove(transaction: Transaction, name: str, *, force: bool = False) -> None:
    """Remove a user with all roles; the last administrator only by force."""
    user = account(transaction, name)
    admins = [one for one in transaction.all(USERS) if caller.ADMIN in one.scopes]
    if [one.guid for one in admins] == [user.guid] and not force:
        raise OperatingError(
            f"{name} is the last administrator; add another one first, or say --force"
        )
    auth.forget_user(transaction, user.guid)
    forgotten = transaction.record(USERS, user.guid)
    if forgotten is not None:
        auth.remove_account(transaction, forgotten)


def set_password(transaction: Transaction, name: str, password: str) -> None:
    """Give a user another password, unlock him and end his sessions."""
    user = account(transaction, name)
    auth.revoke_all(transaction, user.guid)
    auth.store_user(transaction, replace(_unlocked(user), password_hash=hash_password(password)))


def unlock(transaction: Transaction, name: str) -> None:
    """Let a user log in again after too many wrong passwords."""
    auth.store_user(transaction, _unlocked(account(transaction, name)))


def _unlocked(user: UserRecord) -> UserRecord:
    return replace(user, failed_logins=0, last_failure_at=None, locked_until=None)


def grant(transaction: Transaction, name: str, role: str, where: Where) -> None:
    """Give a user or client a role; one in a space brings him into its organization."""
    place = _place(transaction, role, where)
    if transaction.record(CLIENTS, name) and not transaction.record(USERS, name):
        auth.create_nameless(transaction, name, "client")
    user = _somebody(transaction, name)
    if not user.known:
        user = auth.store_user(transaction, replace(user, known=True))
    space_guid = place.get("space_guid")
    organization_guid = place["organization_guid"]
    if space_guid and not transaction.roles(user.guid, organization_guid=organization_guid):
        _give(transaction, user, "organization_user", organization_guid, None)
    _give(transaction, user, role, organization_guid, space_guid)


def _give(
    transaction: Transaction,
    user: UserRecord,
    role: str,
    organization_guid: str,
    space_guid: str | None,
) -> None:
    columns = _columns(organization_guid, space_guid)
    if transaction.first(ROLES, user_guid=user.guid, type=role, **columns):
        return
    grant_role(transaction, user.guid, cast("RoleType", role), **columns)
    _tell(transaction, f"audit.user.{role}_add", user, organization_guid, space_guid)


def _tell(
    transaction: Transaction,
    event: str,
    user: UserRecord,
    organization_guid: str,
    space_guid: str | None,
) -> None:
    audit.record(
        transaction,
        None,
        event,
        target=audit.Target(user.guid, "user", user.user_name),
        space_guid=space_guid,
        organization_guid=organization_guid,
        data={"request": {}},
    )


def revoke(transaction: Transaction, name: str, role: str, where: Where) -> None:
    """Take a role from a user or client."""
    user, place = _somebody(transaction, name), _place(transaction, role, where)
    organization_guid, space_guid = place["organization_guid"], place.get("space_guid")
    columns = _columns(organization_guid, space_guid)
    held = transaction.first(ROLES, user_guid=user.guid, type=role, **columns)
    if held is None:
        raise OperatingError(f"{name} is not {role} in {where}")
    if role == "organization_user" and has_space_roles(transaction, held):
        raise OperatingError(messages.HAS_SPACE_ROLES)
    transaction.delete(ROLES, held.guid)
    _tell(transaction, f"audit.user.{role}_remove", user, organization_guid, space_guid)


def roles(reader: Reader, name: str) -> list[tuple[str, ...]]:
    """Return the roles of a user or client as rows of a table."""
    user = _somebody(reader, name)
    rows = [("ROLE", "ORGANIZATION", "SPACE")]
    return [*rows, *(_role(reader, held) for held in reader.all(ROLES, user_guid=user.guid))]


def _role(reader: Reader, role: RoleRecord) -> tuple[str, str, str]:
    space = reader.referenced(SPACES, role.space_guid) if role.space_guid else None
    guid = space.organization_guid if space else role.organization_guid or ""
    organization = reader.referenced(ORGANIZATIONS, guid)
    return role.type, organization.name, space.name if space else "-"


def _somebody(reader: Reader, name: str) -> UserRecord:
    found = auth.find_by_name(reader, name)
    if len(found) > 1 and found[0].user_name == found[1].user_name:
        raise OperatingError(f"several users have the name {name!r}; name one by guid")
    user = found[0] if found else reader.record(USERS, name)
    if user is None:
        raise OperatingError(f"there is no user {name!r}")
    return user


def _place(reader: Reader, role: str, where: Where) -> dict[str, str]:
    organization = reader.first(ORGANIZATIONS, name=where.organization) or reader.record(
        ORGANIZATIONS, where.organization
    )
    if organization is None:
        raise OperatingError(f"there is no organization {where.organization!r}")
    if role.startswith("organization_"):
        if where.space:
            raise OperatingError(f"{role} is a role in an organization: leave --space out")
        return {"organization_guid": organization.guid}
    if not where.space:
        raise OperatingError(f"{role} is a role in a space: say which with --space")
    inside = {"organization_guid": organization.guid}
    space = reader.first(SPACES, name=where.space, **inside) or reader.first(
        SPACES, guid=where.space, **inside
    )
    if space is None:
        raise OperatingError(f"there is no space {where.space!r} in {organization.name}")
    return {**inside, "space_guid": space.guid}


def _columns(organization_guid: str, space_guid: str | None) -> dict[str, Any]:
    return {
        "organization_guid": None if space_guid else organization_guid,
        "space_guid": space_guid,
    }


def add_client(
    transaction: Transaction,
    client_id: str,
    secret: str,
    *,
    grant_types: Iterable[str],
    scopes: Iterable[str],
    authorities: Iterable[str],
) -> None:
    """Create an OAuth client."""
    if not client_id.strip():
        raise OperatingError("the id must not be empty")
    try:
        auth.create_client(
            transaction,
            client_id,
            secret,
            grant_types=tuple(grant_types),
            scopes=checked_scopes(scopes),
            authorities=checked_scopes(authorities),
        )
    except auth.ClientExistsError:
        raise OperatingError(f"there is a client or user {client_id!r} already") from None


def clients(reader: Reader) -> list[tuple[str, ...]]:
    """Return all OAuth clients as rows of a table."""
    rows: list[tuple[str, ...]] = [("ID", "GRANTS", "SECRET", "AUTHORITIES")]
    for client in reader.all(CLIENTS):
        secret = "yes" if client.secret_hash else "none"
        authorities = ",".join(client.authorities) or "-"
        rows.append((client.guid, ",".join(client.grant_types), secret, authorities))
    return rows


def remove_client(transaction: Transaction, client_id: str) -> None:
    """Remove an OAuth client; what it has done stays its own, its roles go."""
    if not transaction.delete(CLIENTS, client_id):
        raise OperatingError(f"there is no client {client_id!r}")
    user = transaction.record(USERS, client_id)
    if user is not None and user.kind == "client":
        auth.forget_user(transaction, client_id)
