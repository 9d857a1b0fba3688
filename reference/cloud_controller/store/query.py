"""Which rows does a list show, in which order, and how many are there?

A `ListQuery` is data; `compiled` turns its *shape* (everything but the values) into SQL once.
Semantics: cloud-controller-behaviour.md 1.4 to 1.9.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from cloud_controller.store import tables
from cloud_controller.store.clock import MICROSECONDS
from cloud_controller.store.statements import Among, ContainsAny, compile_statement, values
from cloud_controller.store.visibility import has_role, visibility

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cloud_controller.store.entities import Entity
    from cloud_controller.store.metadata import LabelKey

Condition: TypeAlias = ColumnElement[bool]
Shape: TypeAlias = tuple[Any, ...]
Operator: TypeAlias = Literal["lt", "lte", "gt", "gte"]


@dataclass(frozen=True, slots=True)
class In:
    """`column` is one of `members`; with `or_null` a null column matches as well (1.6).

    No members match nothing (but null, if asked for). With `excluded` it is the other way round: the
    column is none of `members`.
    """

    column: str
    members: tuple[str | int, ...]
    or_null: bool = False
    excluded: bool = False

    def shape(self) -> Shape:
        """Return what decides the SQL text."""
        return ("in", self.column, len(self.members) == 1, self.or_null, self.excluded)

    def parameters(self, prefix: str) -> dict[str, Any]:
        """Return the values for the names that begin with `prefix`."""
        single = len(self.members) == 1
        return {prefix: self.members[0] if single else values(self.members)}


@dataclass(frozen=True, slots=True)
class Compare:
    """`column` stands in a relation to `value` (times: microseconds, see `moments`)."""

    column: str
    operator: Operator
    value: int | str

    def shape(self) -> Shape:
        """Return what decides the SQL text."""
        return ("compare", self.column, self.operator)

    def parameters(self, prefix: str) -> dict[str, Any]:
        """Return the values for the names that begin with `prefix`."""
        return {prefix: self.value}


@dataclass(frozen=True, slots=True)
class Seconds:
    """The time in `column` lies within one of these whole seconds since 1970 (1.7)."""

    column: str
    members: tuple[int, ...]

    def shape(self) -> Shape:
        """Return what decides the SQL text."""
        return ("seconds", self.column)

    def parameters(self, prefix: str) -> dict[str, Any]:
        """Return the values for the names that begin with `prefix`."""
        return {prefix: values(self.members)}


def relative_to_second(column: str, operator: Operator, second: int) -> Compare:
    """Compare a time with a whole second: `gt` and `lte` take the second to its end (1.7)."""
    start = second * MICROSECONDS
    end = start + MICROSECONDS - 1
    return Compare(column, operator, end if operator in ("gt", "lte") else start)


class Requirement(NamedTuple):
    """One requirement of a label selector (1.9); `in` without members matches nothing."""

    key: LabelKey
    operator: Literal["in", "notin", "exists", "absent"]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Labels:
    """All requirements hold. `notin` and `absent` also match resources without the label."""

    requirements: tuple[Requirement, ...]

    def shape(self) -> Shape:
        """Return what decides the SQL text."""
        return ("labels", *(requirement.operator for requirement in self.requirements))

    def parameters(self, prefix: str) -> dict[str, Any]:
        """Return the values for the names that begin with `prefix`."""
        found: dict[str, Any] = {}
        for index, (key, _, members) in enumerate(self.requirements):
            found[f"{prefix}p{index}"] = key.prefix
            found[f"{prefix}n{index}"] = key.name
            found[f"{prefix}v{index}"] = values(members)
        return found


@dataclass(frozen=True, slots=True)
class VisibleTo:
    """The roles of this user let him read the row (1.2: read space content, read org)."""

    user_guid: str

    def shape(self) -> Shape:
        """Return what decides the SQL text."""
        return ("visible",)

    def parameters(self, prefix: str) -> dict[str, Any]:
        """Return the values for the names that begin with `prefix`."""
        return {prefix: self.user_guid}


@dataclass(frozen=True, slots=True)
class Contains:
    """The text in `column` contains one of `members`."""

    column: str
    members: tuple[str, ...]

    def shape(self) -> Shape:
        """Return what decides the SQL text."""
        return ("contains", self.column)

    def parameters(self, prefix: str) -> dict[str, Any]:
        """Return the values for the names that begin with `prefix`."""
        return {prefix: values(self.members)}


@dataclass(frozen=True, slots=True)
class HasRole:
    """The user in the row has a role in the place whose guid is in this column of the roles."""

    column: Literal["organization_guid", "space_guid"]
    guid: str

    def shape(self) -> Shape:
        """Return what decides the SQL text."""
        return ("has role", self.column)

    def parameters(self, prefix: str) -> dict[str, Any]:
        """Return the values for the names that begin with `prefix`."""
        return {prefix: self.guid}


Filter: TypeAlias = In | Compare | Seconds | Labels | VisibleTo | Contains | HasRole


class Order(NamedTuple):
    """Sort by a column; ties by guid in the same direction (1.5), or by id if `tie` says so."""

    column: str = "id"
    descending: bool = False
    tie: Literal["guid", "id"] = "guid"


class Page(NamedTuple):
    """What a list query found."""

    documents: list[bytes]
    """The stored documents of this page; put the external address in with `reveal`."""
    total: int
    """How many rows match on all pages together."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One page of one list."""

    entity: Entity[Any]
    filters: Sequence[Filter] = ()
    order: Sequence[Order] = field(default_factory=lambda: (Order(),))
    limit: int = field(kw_only=True)
    offset: int = field(kw_only=True)

    def compiled(self) -> CompiledQuery:
        """Return the SQL for this query's shape, compiled at most once."""
        shapes = tuple(entry.shape() for entry in self.filters)
        return _compile(self.entity, shapes, tuple(self.order))

    def parameters(self) -> dict[str, Any]:
        """Return the filters' values by parameter name."""
        return parameters_of(self.filters)


class CompiledQuery(NamedTuple):
    """SQL of one query shape."""

    count_sql: str
    page_sql: str


@lru_cache(maxsize=1024)
def _compile(
    entity: Entity[Any], shapes: tuple[Shape, ...], orders: tuple[Order, ...]
) -> CompiledQuery:
    table = entity.table
    conditions = [_condition(entity, shape, f"f{index}") for index, shape in enumerate(shapes)]
    count = select(func.count()).select_from(table).where(*conditions)
    # The page is found on narrow index rows first; only its rows are then read in full.
    keys = (
        select(table.c.id)
        .where(*conditions)
        .order_by(*_ordering(entity, orders))
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
        .subquery("page")
    )
    page = (
        select(cast(table.c[entity.document], LargeBinary))
        .join(keys, keys.c.id == table.c.id)
        .order_by(*_ordering(entity, orders))
    )
    return CompiledQuery(compile_statement(count), compile_statement(page))


@cache
def compile_columns(entity: Entity[Any], names: tuple[str, ...], shapes: tuple[Shape, ...]) -> str:
    """Return the SQL that reads some columns of all rows which match, oldest first."""
    table = entity.table
    conditions = [_condition(entity, shape, f"f{index}") for index, shape in enumerate(shapes)]
    columns = [table.c[name] for name in names]
    return compile_statement(select(*columns).where(*conditions).order_by(table.c.id))


def parameters_of(filters: Sequence[Filter]) -> dict[str, Any]:
    """Return the filters' values by parameter name."""
    found: dict[str, Any] = {}
    for index, entry in enumerate(filters):
        found.update(entry.parameters(f"f{index}"))
    return found


def _ordering(entity: Entity[Any], orders: tuple[Order, ...]) -> list[ColumnElement[Any]]:
    columns: list[tuple[str, bool]] = [(order.column, order.descending) for order in orders]
    last = orders[-1]
    if last.column != "id":
        columns.append((last.tie, last.descending))
    return [
        entity.table.c[name].desc() if descending else entity.table.c[name].asc()
        for name, descending in columns
    ]


def _condition(entity: Entity[Any], shape: Shape, name: str) -> Condition:
    kind, *details = shape
    if kind == "visible":
        return visibility(entity, name)
    if kind == "labels":
        return and_(
            true(), *(_requirement(entity, operator, name, i) for i, operator in enumerate(details))
        )
    if kind == "has role":
        return has_role(entity, details[0], name)
    column = entity.table.c[details[0]]
    if kind == "contains":
        return ContainsAny(column, name)
    if kind == "in":
        found = _membership(column, name, single=details[1], or_null=details[2])
        return not_(found) if details[3] else found
    if kind == "seconds":
        return Among(column.op("/")(literal_column(str(MICROSECONDS))), name)
    comparison: Condition = _COMPARISONS[details[1]](column, bindparam(name))
    return comparison


_COMPARISONS: Mapping[str, Any] = {
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
}


def _membership(column: ColumnElement[Any], name: str, *, single: bool, or_null: bool) -> Condition:
    condition: Condition = column == bindparam(name) if single else Among(column, name)
    return or_(condition, column.is_(None)) if or_null else condition


def _requirement(entity: Entity[Any], operator: str, name: str, index: int) -> Condition:
    labels = tables.LABELS
    matching = select(labels.c.id).where(
        labels.c.resource_guid == entity.table.c.guid,
        labels.c.resource_type == literal_column(f"'{entity.resource_type}'"),
        labels.c.prefix == bindparam(f"{name}p{index}"),
        labels.c.name == bindparam(f"{name}n{index}"),
    )
    if operator in ("in", "notin"):
        matching = matching.where(Among(labels.c.value, f"{name}v{index}"))
    found = matching.exists()
    return not_(found) if operator in ("notin", "absent") else found
