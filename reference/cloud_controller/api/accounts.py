"""What do the operations of the tag Accounts do, as `cf create-user` and its kin need them?"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from capi.operations import accounts as operations
from cloud_controller.api.bodies import raw
from cloud_controller.api.oauth_errors import no_such_client, oauth_error
from cloud_controller.auth import caller as scopes
from cloud_controller.auth.passwords import hash_password, verify_password
from cloud_controller.auth.users import (
    OWN_ORIGIN,
    find_by_name,
    insert_user,
    new_account,
    remove_account,
    revoke_all,
    store_user,
)
from cloud_controller.present import accounts as present
from cloud_controller.store.entities import CLIENTS, USERS
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.records import UserRecord

# Who administers the Cloud Controller administers the accounts of its built-in issuer as well.
_ADMINISTERS: Final = frozenset({"uaa.admin", scopes.ADMIN})
_FINDS: Final = _ADMINISTERS | {"scim.read"}
_CHANGES: Final = _ADMINISTERS | {"scim.write"}
_READS_CLIENTS: Final = _ADMINISTERS | {"clients.read", "clients.admin"}
_OWN_PASSWORD: Final = "password.write"  # noqa: S105 -- the name of a scope
_CONDITION: Final = re.compile(r'(id|userName|origin) eq "([^"\\]*)"')


class Accounts:
    """Implements the generated `AccountsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_accounts(
        self, params: operations.ListAccountsParams, caller: Caller
    ) -> operations.ListAccounts200:
        """Find accounts."""
        _require(caller, _FINDS)
        conditions = _CONDITION.findall(params.filter or "")
        found = await self._context.database.read(lambda reader: _find(reader, conditions))
        return operations.ListAccounts200(
            cache_control="no-store", body=Json(present.accounts(found))
        )

    async def create_account(
        self, body: models.AccountCreate, caller: Caller
    ) -> operations.CreateAccount201:
        """Create an account; the Cloud Controller does not know it yet."""
        _require(caller, _CHANGES)
        sent = raw(body)
        origin = sent.get("origin") or OWN_ORIGIN
        password = sent.get("password") if origin == OWN_ORIGIN else None
        if origin == OWN_ORIGIN and not password:
            text = "A password is required for users of the UAA"
            raise oauth_error(400, "invalid_scim_resource", text)
        emails = sent.get("emails") or [{}]
        account = await asyncio.to_thread(
            new_account, sent["userName"], password, origin=origin, email=emails[0].get("value")
        )

        def write(transaction: Transaction) -> UserRecord:
            if find_by_name(transaction, account.user_name, origin):
                text = f"Username already in use: {account.user_name}"
                raise oauth_error(409, "scim_resource_already_exists", text)
            return insert_user(transaction, replace(account, known=False))

        created = await self._context.database.write(write)
        return operations.CreateAccount201(
            cache_control="no-store", body=Json(present.account(created))
        )

    async def delete_account(
        self, params: operations.DeleteAccountParams, caller: Caller
    ) -> operations.DeleteAccount200:
        """Remove an account; what the Cloud Controller knows of the user stays."""
        _require(caller, _CHANGES)

        def write(transaction: Transaction) -> UserRecord:
            user = _account(transaction, params.guid)
            remove_account(transaction, user)
            return user

        removed = await self._context.database.write(write)
        return operations.DeleteAccount200(
            cache_control="no-store", body=Json(present.account(removed))
        )

    async def change_password(
        self,
        params: operations.ChangePasswordParams,
        body: models.AccountPasswordChange,
        caller: Caller,
    ) -> operations.ChangePassword200:
        """Change a password: one's own, or anybody's as an administrator."""
        sent = raw(body)
        administers = bool(_ADMINISTERS & caller.scopes)
        if not administers and (
            params.guid != caller.user_guid or _OWN_PASSWORD not in caller.scopes
        ):
            raise _insufficient()
        user = await self._context.database.read(lambda reader: _account(reader, params.guid))
        # Administrators need it for their own, too, as soon as they send it.
        if "oldPassword" in sent or not administers:
            await _check_password(user, sent.get("oldPassword") or "")
        stored = await asyncio.to_thread(hash_password, sent["password"])

        def write(transaction: Transaction) -> None:
            present_user = _account(transaction, params.guid)
            revoke_all(transaction, present_user.guid)
            store_user(transaction, replace(present_user, password_hash=stored))

        await self._context.database.write(write)
        return operations.ChangePassword200(
            cache_control="no-store", body=Json(present.password_changed())
        )

    async def get_client(
        self, params: operations.GetClientParams, caller: Caller
    ) -> operations.GetClient200:
        """Get a client, as `cf` does before it gives a role to one."""
        _require(caller, _READS_CLIENTS)
        found = await self._context.database.read(
            lambda reader: reader.record(CLIENTS, params.client_id)
        )
        if found is None:
            raise no_such_client(params.client_id)
        return operations.GetClient200(cache_control="no-store", body=Json(present.client(found)))


def _require(caller: Caller, any_of: frozenset[str]) -> None:
    if not any_of & caller.scopes:
        raise _insufficient()


def _insufficient() -> Exception:
    return oauth_error(403, "insufficient_scope", "Insufficient scope for this resource")


def _find(reader: Reader, conditions: Sequence[tuple[str, str]]) -> list[UserRecord]:
    names = [value for attribute, value in conditions if attribute == "userName"]
    found = find_by_name(reader, names[0]) if names else reader.all(USERS)
    return [
        user
        for user in found
        if user.user_name and all(_meets(user, *condition) for condition in conditions)
    ]


def _meets(user: UserRecord, attribute: str, value: str) -> bool:
    if attribute == "userName":
        return user.folded_name == value.casefold()
    return value == (user.guid if attribute == "id" else user.origin)


def _account(reader: Reader, guid: str) -> UserRecord:
    user = reader.record(USERS, guid)
    if user is None or not user.user_name:
        raise oauth_error(404, "scim_resource_not_found", f"User {guid} does not exist")
    return user


async def _check_password(user: UserRecord, password: str) -> None:
    stored = user.password_hash
    if not stored or not await asyncio.to_thread(verify_password, password, stored):
        raise oauth_error(401, "unauthorized", "Old password is incorrect")
