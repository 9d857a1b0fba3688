"""Which rows do the roles of a user let him see (cloud-controller-behaviour.md 1.2)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import ColumnElement, Text, bindparam, literal_column, or_, select, true

from cloud_controller.store import tables

if TYPE_CHECKING:
    from sqlalchemy import Select

    from cloud_controller.store.entities import Entity

Condition: TypeAlias = ColumnElement[bool]

# Another name than the table's own, which a query for roles itself uses.
_MINE = tables.ROLES.alias("mine")


def visibility(entity: Entity[Any], name: str) -> Condition:
    """Return the condition that the user in parameter `name` may read a row of `entity`.

    Every role in a space reads its content, and so does the manager of its organization; every role
    in an organization reads the organization itself. An entity may name other roles. Entities without
    either are seen by everybody.
    """
    if entity.sight == "role":
        return _role(entity, name)
    if entity.sight == "user":
        return _user(entity, name)
    if entity.organization is None:
        return true()
    mine = _organizations(name)
    organization = entity.table.c[entity.organization]
    if entity.space is None:
        return organization.in_(mine)
    heads = (literal_column(f"'{role}'", Text) for role in entity.organization_roles)
    managed = mine.where(or_(*(_MINE.c.type == head for head in heads)))
    spaces = _spaces(name)
    if entity.space_roles:
        kinds = (literal_column(f"'{role}'", Text) for role in entity.space_roles)
        spaces = spaces.where(or_(*(_MINE.c.type == kind for kind in kinds)))
    return or_(entity.table.c[entity.space].in_(spaces), organization.in_(managed))


def has_role(entity: Entity[Any], place: str, name: str) -> Condition:
    """Return the condition that a user has a role in the place whose guid is in parameter `name`."""
    roles = tables.ROLES
    found: Condition = entity.table.c.guid.in_(
        select(roles.c.user_guid).where(roles.c[place] == bindparam(name))
    )
    return found


def _role(entity: Entity[Any], name: str) -> Condition:
    """Roles are seen by all who can read the organization or the space."""
    spaces = tables.SPACES
    managed = _organizations(name).where(_MINE.c.type == literal_column("'organization_manager'"))
    inside = select(spaces.c.guid).where(spaces.c.organization_guid.in_(managed))
    return or_(
        entity.table.c.organization_guid.in_(_organizations(name)),
        entity.table.c.space_guid.in_(_spaces(name)),
        entity.table.c.space_guid.in_(inside),
    )


def _user(entity: Entity[Any], name: str) -> Condition:
    """Users see themselves and all who have a role in an organization in which they have one."""
    others = tables.ROLES.alias("others")
    colleagues = select(others.c.user_guid).where(
        others.c.organization_guid.in_(_organizations(name))
    )
    return or_(
        entity.table.c.guid == bindparam(name, type_=Text), entity.table.c.guid.in_(colleagues)
    )


def _organizations(name: str) -> Select[Any]:
    return select(_MINE.c.organization_guid).where(
        _MINE.c.user_guid == bindparam(name), _MINE.c.organization_guid.is_not(None)
    )


def _spaces(name: str) -> Select[Any]:
    return select(_MINE.c.space_guid).where(
        _MINE.c.user_guid == bindparam(name), _MINE.c.space_guid.is_not(None)
    )
