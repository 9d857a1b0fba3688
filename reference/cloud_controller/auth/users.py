"""Who can log in, and which roles does he have?

Plain functions over a transaction: the first start, tests and operators' commands use them alike.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import uuid4

from cloud_controller.auth import caller
from cloud_controller.auth.passwords import hash_password
from cloud_controller.present import users as present
from cloud_controller.store import Metadata, clock
from cloud_controller.store.entities import CLIENTS, REFRESH_TOKENS, ROLES, USERS
from cloud_controller.store.records import ClientRecord, RoleRecord, UserRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloud_controller.store.reader import Reader
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

OWN_ORIGIN = "uaa"
"""The identity provider that the built-in issuer is."""


class UserExistsError(Exception):
    """There is a user of this name or with this guid already."""


class ClientExistsError(Exception):
    """There is a client, or a user, with this id already."""


def find_by_name(reader: Reader, user_name: str, origin: str | None = None) -> list[UserRecord]:
    """Return the users of this name at this identity provider, or at all of them.

    Upper and lower case are the same, as at the UAA; one who has exactly the name comes first.
    """
    found = reader.all(USERS, folded_name=user_name.casefold()) if user_name else []
    if origin is not None:
        found = [user for user in found if user.origin == origin]
    return sorted(found, key=lambda user: user.user_name != user_name)


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
    if find_by_name(transaction, user_name, OWN_ORIGIN):
        raise UserExistsError(f"user {user_name!r} exists already")
    account = new_account(user_name, password, scopes=scopes, email=email)
    return insert_user(transaction, replace(account, guid=guid or account.guid))


def new_account(
    user_name: str,
    password: str | None,
    *,
    origin: str = OWN_ORIGIN,
    scopes: Iterable[str] = USER_SCOPES,
    email: str | None = None,
) -> UserRecord:
    """Return a user with a name who is not stored yet; without password he cannot log in here."""
    moment = clock.now()
    return UserRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        user_name=user_name,
        folded_name=user_name.casefold(),
        email=email if email is not None else user_name,
        origin=origin,
        password_hash="" if password is None else hash_password(password),
        scopes=list(scopes),
    )


def create_nameless(
    transaction: Transaction, guid: str, kind: Literal["", "user", "client"] = ""
) -> UserRecord:
    """Make someone known of whom nothing but the guid is known."""
    moment = clock.now()
    record = UserRecord(
        guid=guid,
        created_at=moment,
        updated_at=moment,
        user_name="",
        email="",
        origin="",
        password_hash="",
        active=False,
        kind=kind,
    )
    return insert_user(transaction, record)


def insert_user(transaction: Transaction, record: UserRecord) -> UserRecord:
    """Store a new user, presented."""
    return transaction.insert(USERS, record, present.user(record, Metadata()))


def store_user(transaction: Transaction, record: UserRecord) -> UserRecord:
    """Store a changed user, presented with his metadata, and return him with the time of that."""
    changed = replace(record, updated_at=clock.now())
    metadata = transaction.metadata(USERS, record.guid)
    transaction.update(USERS, changed, present.user(changed, metadata))
    return changed


def remove_account(transaction: Transaction, user: UserRecord) -> None:
    """Take from a user what the UAA has of him; the Cloud Controller goes on knowing him by guid."""
    revoke_all(transaction, user.guid)
    if not user.known:
        transaction.delete(USERS, user.guid)
        return
    nameless = replace(
        user, user_name="", folded_name="", email="", origin="", password_hash="", scopes=[]
    )
    store_user(transaction, replace(nameless, active=False))


def forget_user(transaction: Transaction, guid: str) -> None:
    """Take from a user what the Cloud Controller has of him; his account stays, if he has one."""
    user = transaction.record(USERS, guid)
    if user is None:
        return
    for role in transaction.all(ROLES, user_guid=guid):
        transaction.delete(ROLES, role.guid)
    if not user.user_name:
        revoke_all(transaction, guid)
        transaction.delete(USERS, guid)
        return
    transaction.set_metadata(USERS, guid, Metadata())
    store_user(transaction, replace(user, known=False))


def revoke_all(transaction: Transaction, user_guid: str) -> None:
    """Make all refresh tokens of a user useless."""
    for token in transaction.all(REFRESH_TOKENS, user_guid=user_guid):
        transaction.delete(REFRESH_TOKENS, token.guid)


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

    Raises:
        ClientExistsError: The id is taken, or is the guid of a user.

    """
    user = transaction.record(USERS, client_id)
    if transaction.record(CLIENTS, client_id) or (user and user.kind == "user"):
        raise ClientExistsError(f"client {client_id!r} exists already")
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
    return transaction.insert(ROLES, record, present.role(record))


def revoke_role(transaction: Transaction, guid: str) -> bool:
    """Take a role away; `False` if there was none."""
    return transaction.delete(ROLES, guid)
