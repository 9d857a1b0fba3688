"""Where does a role hold, and whose is it?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypedDict

from cloud_controller.api import access
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.auth.users import create_nameless, find_by_name, store_user
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import users as messages
from cloud_controller.domain.messages.relationships import guid_of
from cloud_controller.store import ORGANIZATIONS, SPACES
from cloud_controller.store.entities import CLIENTS, ROLES, USERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.records import RoleRecord, UserRecord


class _Columns(TypedDict):
    organization_guid: str | None
    space_guid: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """An organization, or a space together with its organization; `name` is the narrower one's."""

    organization_guid: str
    space_guid: str | None
    name: str

    def columns(self) -> _Columns:
        """Return the guids as a role has them: exactly one."""
        if self.space_guid:
            return {"organization_guid": None, "space_guid": self.space_guid}
        return {"organization_guid": self.organization_guid, "space_guid": None}


def place(reader: Reader, sent: Mapping[str, Any]) -> Place:
    """Return the place that a checked body names; raise 422 when it is not there."""
    space_guid = guid_of(sent, "space")
    if space_guid is not None:
        space = reader.record(SPACES, space_guid)
        if space is None:
            raise v3_error(table.UNPROCESSABLE, messages.SPACE_INVALID)
        return Place(space.organization_guid, space.guid, space.name)
    organization = reader.record(ORGANIZATIONS, guid_of(sent, "organization"))
    if organization is None:
        raise v3_error(table.UNPROCESSABLE, messages.ORGANIZATION_INVALID)
    return Place(organization.guid, None, organization.name)


def place_of(reader: Reader, role: RoleRecord) -> Place:
    """Return where a role holds; a role goes before its place does."""
    if role.space_guid:
        space = reader.referenced(SPACES, role.space_guid)
        return Place(space.organization_guid, space.guid, space.name)
    organization = reader.referenced(ORGANIZATIONS, role.organization_guid)
    return Place(organization.guid, None, organization.name)


def user(
    transaction: Transaction, caller: Caller, sent: Mapping[str, Any], where: Place
) -> UserRecord:
    """Return who is to have the role; who gets one in an organization gets known by that.

    Raises 422 when there is no such user, or the caller cannot see one who is to work in a space.
    """
    data = sent["relationships"]["user"]["data"]
    named = "guid" not in data
    guid = _named(transaction, caller, data, where) if named else data["guid"]
    if where.space_guid is None:
        return _known(transaction, guid)
    found = transaction.record(USERS, guid, visible_to=caller.visible_to)
    if found is None or not found.known:
        raise v3_error(table.UNPROCESSABLE, messages.NOT_IN_ORGANIZATION)
    return found


def _named(reader: Reader, caller: Caller, data: Mapping[str, Any], where: Place) -> str:
    access.require_feature(reader, caller, FeatureFlag.SET_ROLES_BY_USERNAME)
    name, origin = data["username"], data.get("origin")
    found = find_by_name(reader, name, origin)
    origins = sorted({one.origin for one in found})
    if len(origins) > 1:
        raise v3_error(table.UNPROCESSABLE, messages.ambiguous(name, origins))
    if found:
        return found[0].guid
    in_space = where.space_guid is not None
    text = messages.NOT_IN_ORGANIZATION if in_space else messages.nobody(name, origin)
    raise v3_error(table.UNPROCESSABLE, text)


def _known(transaction: Transaction, guid: str) -> UserRecord:
    found = transaction.record(USERS, guid)
    if found is None:
        is_client = transaction.record(CLIENTS, guid) is not None
        return create_nameless(transaction, guid, "client" if is_client else "")
    return found if found.known else store_user(transaction, replace(found, known=True))


def refuse_second(reader: Reader, owner: UserRecord, role: str, where: Place) -> None:
    """Raise 422 when the user has the role there already."""
    if reader.first(ROLES, user_guid=owner.guid, type=role, **where.columns()) is None:
        return
    kind = "space" if where.space_guid else "organization"
    name = owner.user_name or owner.guid
    raise v3_error(table.UNPROCESSABLE, messages.has_role(name, role, kind, where.name))


def has_space_roles(reader: Reader, role: RoleRecord) -> bool:
    """Tell whether the user has a role in a space of the role's organization."""
    found = reader.all(SPACES, organization_guid=role.organization_guid)
    spaces = {space.guid for space in found}
    held = reader.all(ROLES, user_guid=role.user_guid)
    return any(one.space_guid in spaces for one in held if one.space_guid)
