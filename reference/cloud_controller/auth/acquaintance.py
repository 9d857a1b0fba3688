"""Does the Cloud Controller know the one who calls?

A caller who is unknown gets known with his first call, without roles (cloud-controller-behaviour.md
1.2). A client whose id is the guid of a user, or the other way round, is refused: it would get what
the other may do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloud_controller.auth.errors import InvalidAuthTokenError
from cloud_controller.auth.users import create_nameless, store_user
from cloud_controller.store.entities import USERS

if TYPE_CHECKING:
    from cloud_controller.auth.caller import Caller
    from cloud_controller.store.database import Database
    from cloud_controller.store.records import UserRecord
    from cloud_controller.store.transaction import Transaction


class Acquaintance:
    """Makes callers known."""

    def __init__(self, database: Database, *, names_from_tokens: bool) -> None:
        """Take names from tokens only where no account here holds them: with an outside UAA."""
        self._database = database
        self._names = names_from_tokens

    async def meet(self, caller: Caller) -> None:
        """Make sure that the caller is known, and by the name that his token says.

        Raises:
            InvalidAuthTokenError: A client calls as a user, or a user as a client; or the user's
                account was removed since the token was issued here.

        """
        user = await self._database.read(lambda reader: reader.record(USERS, caller.user_guid))
        # Whom a UAA elsewhere has removed is not known here; his token holds until it expires.
        if not self._names and not caller.is_client and (user is None or not user.user_name):
            raise InvalidAuthTokenError("the account of the user is gone")
        if user is not None and self._is_met(user, caller):
            return
        await self._database.write(lambda transaction: self._introduce(transaction, caller))

    def _is_met(self, user: UserRecord, caller: Caller) -> bool:
        if user.kind and (user.kind == "client") != caller.is_client:
            raise InvalidAuthTokenError("a client and a user share an id")
        return bool(user.known and user.kind and self._named(user, caller) == user)

    def _introduce(self, transaction: Transaction, caller: Caller) -> None:
        user = transaction.record(USERS, caller.user_guid)
        if user is None:
            user = create_nameless(transaction, caller.user_guid)
        elif self._is_met(user, caller):  # another request was faster
            return
        named = self._named(user, caller)
        if named.user_name:
            self._free_name(transaction, named)
        store_user(
            transaction, replace(named, known=True, kind="client" if caller.is_client else "user")
        )

    def _named(self, user: UserRecord, caller: Caller) -> UserRecord:
        name = caller.user_name
        if not self._names or not name:
            return user
        return replace(
            user,
            user_name=name,
            folded_name=name.casefold(),
            origin=caller.origin,
            email=caller.email,
        )

    @staticmethod
    def _free_name(transaction: Transaction, user: UserRecord) -> None:
        """Take the name from one who had it before: the UAA has given it to somebody else."""
        for other in transaction.all(USERS, user_name=user.user_name, origin=user.origin):
            if other.guid != user.guid:
                store_user(
                    transaction, replace(other, user_name="", folded_name="", origin="", email="")
                )
