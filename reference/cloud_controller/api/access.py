"""May this caller do that, and does an organization or space stand in the way (1.2)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.domain import feature_flags, roles
from cloud_controller.domain.roles import OrganizationRole, Right
from cloud_controller.store import ORGANIZATIONS, SPACES
from cloud_controller.store.entities import FEATURE_FLAGS

if TYPE_CHECKING:
    from cloud_controller.auth import Caller
    from cloud_controller.domain.feature_flags import FeatureFlag
    from cloud_controller.store import Reader


def roles_of(
    reader: Reader, caller: Caller, *, space_guid: str | None, organization_guid: str
) -> frozenset[str]:
    """Return the caller's roles in a space (if any) and its organization together."""
    return reader.roles(
        caller.user_guid, space_guid=space_guid, organization_guid=organization_guid
    )


def may(
    reader: Reader,
    caller: Caller,
    right: Right,
    *,
    space_guid: str | None = None,
    organization_guid: str,
) -> bool:
    """Return whether scopes or roles give the caller a right in a space or organization."""
    if roles.grants(right, scopes=caller.scopes, roles=()):
        return True
    held = roles_of(reader, caller, space_guid=space_guid, organization_guid=organization_guid)
    return roles.grants(right, scopes=(), roles=held)


def require(
    reader: Reader,
    caller: Caller,
    right: Right,
    *,
    space_guid: str | None = None,
    organization_guid: str,
) -> None:
    """Raise 403 `CF-NotAuthorized` unless the caller has the right."""
    if not may(reader, caller, right, space_guid=space_guid, organization_guid=organization_guid):
        raise v3_error(table.NOT_AUTHORIZED)


def require_space_write(
    reader: Reader, caller: Caller, *, space_guid: str, organization_guid: str
) -> None:
    """Raise unless the caller may write in the space and nothing is suspended there (1.2)."""
    require(
        reader,
        caller,
        Right.WRITE_SPACE,
        space_guid=space_guid,
        organization_guid=organization_guid,
    )
    require_active(reader, caller, space_guid=space_guid, organization_guid=organization_guid)


def require_active(
    reader: Reader, caller: Caller, *, organization_guid: str, space_guid: str | None = None
) -> None:
    """Raise 422 for what is being deleted and 403 for what is suspended; admins may go on."""
    if caller.is_admin:
        return
    organization = reader.referenced(ORGANIZATIONS, organization_guid)
    space = reader.referenced(SPACES, space_guid) if space_guid else None
    if space is not None and _manages(reader, caller, organization_guid):
        space = None  # managers of the organization may go on in such a space
    for kind, place in (("organization", organization), ("space", space)):
        if place is not None and place.being_deleted:
            raise v3_error(table.BEING_DELETED, kind)
    if organization.suspended:
        raise v3_error(table.ORG_SUSPENDED)
    if space is not None and space.suspended:
        raise v3_error(table.SPACE_SUSPENDED)


def _manages(reader: Reader, caller: Caller, organization_guid: str) -> bool:
    held = roles_of(reader, caller, space_guid=None, organization_guid=organization_guid)
    return OrganizationRole.MANAGER in held


def is_enabled(reader: Reader, flag: FeatureFlag) -> bool:
    """Return whether a feature is switched on (9.1)."""
    stored = reader.record(FEATURE_FLAGS, flag.value)
    return feature_flags.DEFAULTS[flag] if stored is None else stored.enabled


def require_feature(reader: Reader, caller: Caller, flag: FeatureFlag) -> None:
    """Raise 403 `CF-FeatureDisabled` when a feature is switched off; admins are exempt."""
    if caller.is_admin or is_enabled(reader, flag):
        return
    require_feature_for_all(reader, flag)


def require_feature_for_all(reader: Reader, flag: FeatureFlag) -> None:
    """Raise 403 `CF-FeatureDisabled` when a feature is switched off, also for admins."""
    if is_enabled(reader, flag):
        return
    stored = reader.record(FEATURE_FLAGS, flag.value)
    message = stored.error_message if stored else None
    raise v3_error(table.FEATURE_DISABLED, feature_flags.disabled_text(flag, message))
