"""What may a caller do, given the scopes of the token and the roles in an organization or space?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


class OrganizationRole(StrEnum):
    """Roles that hold for a whole organization."""

    USER = "organization_user"
    AUDITOR = "organization_auditor"
    MANAGER = "organization_manager"
    BILLING_MANAGER = "organization_billing_manager"


class SpaceRole(StrEnum):
    """Roles that hold for one space."""

    AUDITOR = "space_auditor"
    DEVELOPER = "space_developer"
    MANAGER = "space_manager"
    SUPPORTER = "space_supporter"


class Scope(StrEnum):
    """The scopes that the Cloud Controller knows (behaviour document, 1.2)."""

    ADMIN = "cloud_controller.admin"
    ADMIN_READ_ONLY = "cloud_controller.admin_read_only"
    GLOBAL_AUDITOR = "cloud_controller.global_auditor"
    READ = "cloud_controller.read"
    WRITE = "cloud_controller.write"
    UPDATE_BUILD_STATE = "cloud_controller.update_build_state"


class Right(StrEnum):
    """What one may be allowed to do with an organization, a space or what is in it."""

    READ_SPACE = "read space content"
    WRITE_SPACE = "write space content"
    MANAGE_APPS = "manage apps"
    READ_SECRETS = "read secrets in space"
    READ_ENVIRONMENT = "read environment variables of apps"
    DOWNLOAD_DROPLET = "download droplet"
    UPDATE_SPACE = "update space"
    READ_ORGANIZATION = "read org"
    WRITE_ORGANIZATION = "write org"


READ_SCOPES: Final[frozenset[str]] = frozenset(
    {Scope.ADMIN, Scope.ADMIN_READ_ONLY, Scope.GLOBAL_AUDITOR, Scope.READ}
)
WRITE_SCOPES: Final[frozenset[str]] = frozenset({Scope.ADMIN, Scope.WRITE})

SPACE_ROLES: Final[dict[Right, frozenset[SpaceRole]]] = {
    Right.READ_SPACE: frozenset(SpaceRole),
    Right.WRITE_SPACE: frozenset({SpaceRole.DEVELOPER}),
    Right.MANAGE_APPS: frozenset({SpaceRole.DEVELOPER, SpaceRole.SUPPORTER}),
    Right.READ_SECRETS: frozenset({SpaceRole.DEVELOPER}),
    Right.READ_ENVIRONMENT: frozenset({SpaceRole.DEVELOPER, SpaceRole.SUPPORTER}),
    Right.DOWNLOAD_DROPLET: frozenset({SpaceRole.DEVELOPER, SpaceRole.MANAGER, SpaceRole.AUDITOR}),
    Right.UPDATE_SPACE: frozenset({SpaceRole.MANAGER}),
}
"""Which roles in a space give a right in it (1.2, src `lib/cloud_controller/permissions.rb`)."""

ORGANIZATION_ROLES: Final[dict[Right, frozenset[OrganizationRole]]] = {
    Right.READ_SPACE: frozenset({OrganizationRole.MANAGER}),
    Right.DOWNLOAD_DROPLET: frozenset({OrganizationRole.MANAGER}),
    Right.UPDATE_SPACE: frozenset({OrganizationRole.MANAGER}),
    Right.READ_ORGANIZATION: frozenset(OrganizationRole),
    Right.WRITE_ORGANIZATION: frozenset({OrganizationRole.MANAGER}),
}
"""Which roles in an organization give a right in it and in its spaces (1.2)."""

_READ_RIGHTS: Final = frozenset({Right.READ_SPACE, Right.READ_ORGANIZATION})
_SECRET_RIGHTS: Final = frozenset(
    {Right.READ_SECRETS, Right.READ_ENVIRONMENT, Right.DOWNLOAD_DROPLET}
)


@dataclass(frozen=True, slots=True)
class GlobalRights:
    """What the scopes allow everywhere, whatever the roles."""

    is_admin: bool
    reads_everything: bool
    reads_all_secrets: bool

    def grants(self, right: Right) -> bool:
        """Whether the scopes alone give the right in every organization and space."""
        if self.is_admin:
            return True
        if right in _READ_RIGHTS:
            return self.reads_everything
        return right in _SECRET_RIGHTS and self.reads_all_secrets


def global_rights(scopes: Iterable[str]) -> GlobalRights:
    """Return the rights that a token gives by its scopes alone (1.2, "Global rights")."""
    held = frozenset(scopes)
    admin = Scope.ADMIN in held
    read_only = Scope.ADMIN_READ_ONLY in held
    return GlobalRights(
        is_admin=admin,
        reads_everything=admin or read_only or Scope.GLOBAL_AUDITOR in held,
        reads_all_secrets=admin or read_only,
    )


def may_call(method: str, scopes: Iterable[str]) -> bool:
    """Return the scope gate of v3, which stands before any lookup (1.2)."""
    needed = READ_SCOPES if method in ("GET", "HEAD") else WRITE_SCOPES
    return not needed.isdisjoint(scopes)


def grants(right: Right, *, scopes: Iterable[str], roles: Iterable[str]) -> bool:
    """Return whether the scopes, or the roles in a space and its organization, give the right."""
    if global_rights(scopes).grants(right):
        return True
    held = frozenset(roles)
    return not (
        held.isdisjoint(ORGANIZATION_ROLES.get(right, ()))
        and held.isdisjoint(SPACE_ROLES.get(right, ()))
    )
