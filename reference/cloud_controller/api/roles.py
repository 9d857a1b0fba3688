"""What do the operations of the tag Roles do (src `app/controllers/v3/roles_controller.rb`)?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from capi.operations import roles as operations
from cloud_controller.api import access, audit, listing, lookup, role_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import v3_error
from cloud_controller.api.user_work import caller_payload
from cloud_controller.auth import grant_role
from cloud_controller.domain.messages import users as messages
from cloud_controller.domain.messages.lists import duplicate_include
from cloud_controller.domain.roles import OrganizationRole, Right
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present import users as present
from cloud_controller.present.pages import with_included
from cloud_controller.store import ORGANIZATIONS, SPACES
from cloud_controller.store.entities import ROLES, USERS
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Entity, Reader, Transaction
    from cloud_controller.store.records import RoleRecord

_INCLUDED: Final[Mapping[str, tuple[str, Entity[Any]]]] = {
    "user": ("users", USERS),
    "organization": ("organizations", ORGANIZATIONS),
    "space": ("spaces", SPACES),
}


class Roles:
    """Implements the generated `RolesApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_roles(
        self, params: operations.ListRolesParams, caller: Caller
    ) -> operations.ListRoles200:
        """List the roles in what the caller can read, the oldest first; the page links say so."""
        _check_include(params.include)
        if params.order_by is None:
            params = replace(params, order_by="created_at")
        request = listing.ListRequest(
            entity=ROLES,
            path="/v3/roles",
            params=params,
            own={
                "types": ("type", params.types),
                "organization_guids": ("organization_guid", params.organization_guids),
                "space_guids": ("space_guid", params.space_guids),
                "user_guids": ("user_guid", params.user_guids),
            },
            repeated={"include": params.include},
        )

        def read(reader: Reader) -> bytes:
            found = listing.find(reader, request, caller)
            return listing.page(request, found, _included(reader, found.documents, params.include))

        body = self._context.shown(await self._context.database.read(read))
        return operations.ListRoles200(body=Json(body))

    async def get_role(
        self, params: operations.GetRoleParams, caller: Caller
    ) -> operations.GetRole200:
        """Show one role, with what `include` asks for."""
        _check_include(params.include)

        def read(reader: Reader) -> bytes:
            document = lookup.document(reader, caller, ROLES, params.guid, "Role")
            included = _included(reader, [document], params.include)
            return document if included is None else with_included(document, included)

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetRole200(body=Json(body))

    async def create_role(
        self, body: models.RoleCreate, caller: Caller
    ) -> operations.CreateRole201:
        """Give a user a role in an organization or in a space."""
        sent = raw(body)
        document = await self._context.database.write(
            lambda transaction: _create(transaction, caller, sent)
        )
        return operations.CreateRole201(body=Json(self._context.shown(document)))

    async def delete_role(
        self, params: operations.DeleteRoleParams, caller: Caller
    ) -> operations.DeleteRole202:
        """Queue that a role is taken away."""

        def write(transaction: Transaction) -> str:
            role = lookup.record(transaction, caller, ROLES, params.guid, "Role")
            _require_management(transaction, caller, role)
            if role.type == OrganizationRole.USER and role_rows.has_space_roles(transaction, role):
                raise v3_error(table.UNPROCESSABLE, messages.HAS_SPACE_ROLES)
            job = NewJob(
                operation="role.delete",
                resource_type="role",
                resource_guid=role.guid,
                payload=caller_payload(caller),
            )
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeleteRole202(location=self._context.job_url(job))


def _check_include(include: Sequence[str] | None) -> None:
    text = duplicate_include(include or ())
    if text is not None:
        raise v3_error(table.UNPROCESSABLE, text)


def _included(
    reader: Reader, documents: Sequence[bytes], include: Sequence[str] | None
) -> dict[str, list[bytes]] | None:
    if not include:
        return None
    # The stored text holds one control character in place of the external address.
    roles = [json.loads(document, strict=False)["relationships"] for document in documents]
    found = {}
    for name, (member, entity) in _INCLUDED.items():
        if name in include:
            related = (role[name]["data"] for role in roles)
            guids = list(dict.fromkeys(data["guid"] for data in related if data))
            found[member] = listing.documents_of(reader, entity, guids)
    return found


def _create(transaction: Transaction, caller: Caller, sent: Mapping[str, Any]) -> bytes:
    place = role_rows.place(transaction, sent)
    _require_place(transaction, caller, place)
    user = role_rows.user(transaction, caller, sent, place)
    if place.space_guid and not transaction.roles(
        user.guid, organization_guid=place.organization_guid
    ):
        raise v3_error(table.UNPROCESSABLE, messages.NOT_IN_ORGANIZATION)
    role_rows.refuse_second(transaction, user, sent["type"], place)
    role = grant_role(transaction, user.guid, sent["type"], **place.columns())
    audit.record(
        transaction,
        caller,
        f"audit.user.{role.type}_add",
        target=audit.Target(user.guid, "user", user.user_name),
        space_guid=place.space_guid,
        organization_guid=place.organization_guid,
        data={"request": dict(sent)},
    )
    return present.role(role)


def _require_management(transaction: Transaction, caller: Caller, role: RoleRecord) -> None:
    _require_place(transaction, caller, role_rows.place_of(transaction, role))


def _require_place(reader: Reader, caller: Caller, place: role_rows.Place) -> None:
    """Raise 403 unless the caller manages the place, and when it is suspended."""
    organization = place.organization_guid
    right = Right.UPDATE_SPACE if place.space_guid else Right.WRITE_ORGANIZATION
    access.require(
        reader, caller, right, space_guid=place.space_guid, organization_guid=organization
    )
    access.require_active(
        reader, caller, space_guid=place.space_guid, organization_guid=organization
    )
