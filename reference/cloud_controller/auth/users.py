"""Who can log in, and which roles does he have?

Plain functions over a transaction: the first start, tests and operators' commands use them alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import uuid4

from cloud_controller.auth import caller
from cloud_controller.auth.passwords import hash_password
from cloud_controller.store import clock
from cloud_controller.store.entities import CLIENTS, ROLES, USERS
from cloud_controller.store.records import ClientRecord, RoleRecord, UserRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloud_controller.store.transaction import Transaction

RoleType: TypeAlias = Literal[
    "organization_user",
    "organization_manager",
    "organization_auditor",
    "organization_billing_manager",
    "space_developer",
    "space_manager",
    "space_auditor",
    "space_supporter",
]

USER_SCOPES = ("openid", "cloud_controller.read", "cloud_controller.write", "password.write")
"""What an ordinary user gets."""

ADMIN_SCOPES = (*USER_SCOPES, caller.ADMIN, "scim.read", "scim.write", "uaa.user")
"""What the first start's user gets."""


class UserExistsError(Exception):
    """There is a user of this name already."""


def create_user(
    transaction: Transaction,
    user_name: str,
    password: str,
    *,
    scopes: Iterable[str] = USER_SCOPES,
    email: str | None = None,
    guid: str | None = None,
) -> UserRecord:
    """Create a user who can log in with the built-in issuer; he has no roles.

    Raises:
        UserExistsError: The name is taken.

    """
    if transaction.first(USERS, user_name=user_name, origin="uaa"):
        raise UserExistsError(f"user {user_name!r} exists already")
    moment = clock.now()
    record = UserRecord(
        guid=guid or str(uuid4()),
        created_at=moment,
        updated_at=moment,
        user_name=user_name,
        email=email if email is not None else user_name,
        password_hash=hash_password(password),
        scopes=list(scopes),
    )
    return transaction.insert(USERS, record, b"")


def create_client(
    transaction: Transaction,
    client_id: str,
    secret: str,
    *,
    grant_types: Iterable[str],
    scopes: Iterable[str] = (),
    authorities: Iterable[str] = (),
) -> ClientRecord:
    """Create an OAuth client.

    Args:
        transaction: Where to create it.
        client_id: Its name.
        secret: Its password; empty for a public client.
        grant_types: `password`, `refresh_token`, `client_credentials`.
        scopes: What users may get through it; empty: everything that they have.
        authorities: What it gets for itself.

    """
    moment = clock.now()
    record = ClientRecord(
        guid=client_id,
        created_at=moment,
        updated_at=moment,
        secret_hash=hash_password(secret) if secret else "",
        grant_types=list(grant_types),
        scopes=list(scopes),
        authorities=list(authorities),
    )
    return transaction.insert(CLIENTS, record)


def grant_role(
    transaction: Transaction,
    user_guid: str,
    role: RoleType,
    *,
    organization_guid: str | None = None,
    space_guid: str | None = None,
) -> RoleRecord:
    """Give a user a role in an organization or in a space; a role he has already is returned.

    Raises:
        ValueError: The role does not fit the kind of guid given.
        StillReferencedError: There is no such user, organization or space.

    """
    expected = space_guid if role.startswith("space_") else organization_guid
    if expected is None or None not in (organization_guid, space_guid):
        raise ValueError(f"role {role} needs the guid of {role.split('_')[0]} and no other")
    place = {"organization_guid": organization_guid, "space_guid": space_guid}
    found = transaction.first(ROLES, user_guid=user_guid, type=role, **place)
    if found:
        return found
    moment = clock.now()
    record = RoleRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        type=role,
        user_guid=user_guid,
        organization_guid=organization_guid,
        space_guid=space_guid,
    )
    return transaction.insert(ROLES, record, b"")


def revoke_role(transaction: Transaction, guid: str) -> bool:
    """Take a role away; `False` if there was none."""
    return transaction.delete(ROLES, guid)
