"""What do the operations of the tag Users do (src `app/controllers/v3/users_controller.rb`)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from capi.operations import users as operations
from cloud_controller.api import error_table as table
from cloud_controller.api import listing, metadata
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.api.user_work import caller_payload
from cloud_controller.auth.users import (
    create_nameless,
    find_by_name,
    insert_user,
    new_account,
    store_user,
)
from cloud_controller.domain.messages import users as messages
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.store import ORGANIZATIONS, SPACES, In, Metadata
from cloud_controller.store.entities import CLIENTS, USERS
from cloud_controller.store.query import Contains, HasRole
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Entity, Filter, Reader, Transaction
    from cloud_controller.store.records import UserRecord

_KNOWN: Final = In("known", (1,))


class UserFilters(listing.ListParams, Protocol):
    """The filters of all lists of users."""

    @property
    def usernames(self) -> Sequence[str] | None:
        """Only users with one of these names."""

    @property
    def partial_usernames(self) -> Sequence[str] | None:
        """Only users whose name contains one of these."""

    @property
    def origins(self) -> Sequence[str] | None:
        """Only users of these identity providers."""


class Users:
    """Implements the generated `UsersApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_users(
        self, params: operations.ListUsersParams, caller: Caller
    ) -> operations.ListUsers200:
        """List the caller and those who share an organization with him."""
        refuse([*_filter_problems(params), *listing.label_problems(params)])
        request = _request("/v3/users", params)
        found = await self._context.database.read(
            lambda reader: listing.find(reader, request, caller)
        )
        return operations.ListUsers200(body=Json(self._context.shown(listing.page(request, found))))

    async def list_users_for_organization(
        self, params: operations.ListUsersForOrganizationParams, caller: Caller
    ) -> operations.ListUsersForOrganization200:
        """List those who have a role in an organization."""
        role = HasRole("organization_guid", params.guid)
        body = await self._members(ORGANIZATIONS, params.guid, role, params, caller)
        return operations.ListUsersForOrganization200(body=Json(body))

    async def list_users_for_space(
        self, params: operations.ListUsersForSpaceParams, caller: Caller
    ) -> operations.ListUsersForSpace200:
        """List those who have a role in a space."""
        role = HasRole("space_guid", params.guid)
        body = await self._members(SPACES, params.guid, role, params, caller)
        return operations.ListUsersForSpace200(body=Json(body))

    async def _members(
        self,
        entity: Entity[Any],
        guid: str,
        role: HasRole,
        params: UserFilters,
        caller: Caller,
    ) -> bytes:
        problems = _filter_problems(params)
        if problems:
            raise v3_error(table.BAD_QUERY_PARAMETER, ", ".join(problems))
        path = f"/v3/{entity.resource_type}s/{guid}/users"
        request = replace(_request(path, params, role), unrestricted=True)

        def read(reader: Reader) -> bytes:
            if reader.record(entity, guid, visible_to=caller.visible_to) is None:
                raise v3_error(table.RESOURCE_NOT_FOUND, entity.resource_type.capitalize())
            return listing.page(request, listing.find(reader, request, caller))

        return self._context.shown(await self._context.database.read(read))

    async def get_user(
        self, params: operations.GetUserParams, caller: Caller
    ) -> operations.GetUser200:
        """Show one user."""

        def read(reader: Reader) -> bytes:
            _find(reader, caller, params.guid)
            return reader.stored_document(USERS, params.guid)

        document = await self._context.database.read(read)
        return operations.GetUser200(body=Json(self._context.shown(document)))

    async def create_user(
        self, body: models.UserCreate, caller: Caller
    ) -> operations.CreateUser201:
        """Make a user known; admins only."""
        require_admin(caller)
        sent = raw(body)
        refuse(messages.create_user(sent))
        document = await self._context.database.write(
            lambda transaction: _create(transaction, sent)
        )
        return operations.CreateUser201(body=Json(self._context.shown(document)))

    async def update_user(
        self, params: operations.UpdateUserParams, body: models.UserUpdate | None, caller: Caller
    ) -> operations.UpdateUser200:
        """Change labels and annotations; admins only."""
        sent = raw(body)

        def write(transaction: Transaction) -> bytes:
            user = find_for_change(transaction, caller, params.guid)
            refuse(messages.update_user(sent))
            merged = metadata.merged(transaction.metadata(USERS, user.guid), sent)
            transaction.set_metadata(USERS, user.guid, merged)
            return _stored(transaction, user)

        document = await self._context.database.write(write)
        return operations.UpdateUser200(body=Json(self._context.shown(document)))

    async def delete_user(
        self, params: operations.DeleteUserParams, caller: Caller
    ) -> operations.DeleteUser202:
        """Queue that a user is forgotten with all his roles; admins only."""

        def write(transaction: Transaction) -> str:
            user = find_for_change(transaction, caller, params.guid)
            job = NewJob(
                operation="user.delete",
                resource_type="user",
                resource_guid=user.guid,
                payload=caller_payload(caller),
            )
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeleteUser202(location=self._context.job_url(job))


def require_admin(caller: Caller) -> None:
    """Raise 403 unless the caller is an admin; comes before the body."""
    if not caller.is_admin:
        raise v3_error(table.NOT_AUTHORIZED)


def find_for_change(reader: Reader, caller: Caller, guid: str) -> UserRecord:
    """Return a user to be changed; raise 404 for one whom the caller cannot see, else 403."""
    user = _find(reader, caller, guid)
    require_admin(caller)
    return user


def _find(reader: Reader, caller: Caller, guid: str) -> UserRecord:
    user = reader.record(USERS, guid, visible_to=caller.visible_to)
    if user is None or not user.known:
        raise v3_error(table.RESOURCE_NOT_FOUND, "User")
    return user


def _filter_problems(params: UserFilters) -> list[str]:
    return messages.list_users(
        usernames=params.usernames is not None,
        partial_usernames=params.partial_usernames is not None,
        origins=params.origins is not None,
    )


def _request(path: str, params: UserFilters, *fixed: Filter) -> listing.ListRequest:
    filters: list[Filter] = [_KNOWN, *fixed]
    if params.usernames is not None:
        filters.append(In("folded_name", _folded(params.usernames)))
    if params.partial_usernames is not None:
        filters.append(Contains("folded_name", _folded(params.partial_usernames)))
    return listing.ListRequest(
        entity=USERS,
        path=path,
        params=params,
        own={"origins": ("origin", params.origins)},
        fixed=filters,
        repeated={"usernames": params.usernames, "partial_usernames": params.partial_usernames},
    )


def _folded(names: Sequence[str]) -> tuple[str, ...]:
    # Who has no name is found by none, not by the empty one.
    return tuple(name.casefold() for name in names if name)


def _create(transaction: Transaction, sent: Mapping[str, Any]) -> bytes:
    user = _by_guid(transaction, sent) if "guid" in sent else _by_name(transaction, sent)
    transaction.set_metadata(USERS, user.guid, metadata.merged(Metadata(), sent))
    return _stored(transaction, replace(user, known=True))


def _by_guid(transaction: Transaction, sent: Mapping[str, Any]) -> UserRecord:
    guid = sent["guid"]
    found = transaction.record(USERS, guid)
    if found is None:
        is_client = transaction.record(CLIENTS, guid) is not None
        return create_nameless(transaction, guid, "client" if is_client else "")
    if found.known:
        raise v3_error(table.UNPROCESSABLE, messages.user_exists(guid))
    return found


def _by_name(transaction: Transaction, sent: Mapping[str, Any]) -> UserRecord:
    name, origin = sent["username"], sent["origin"]
    found = find_by_name(transaction, name, origin)
    if not found:
        return insert_user(transaction, new_account(name, None, origin=origin))
    if found[0].known:
        raise v3_error(table.UNPROCESSABLE, messages.user_name_exists(name, origin))
    return found[0]


def _stored(transaction: Transaction, user: UserRecord) -> bytes:
    store_user(transaction, user)
    return transaction.stored_document(USERS, user.guid)
