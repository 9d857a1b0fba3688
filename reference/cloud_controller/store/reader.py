"""What can be read from the database, and how is it asked for?

All methods are synchronous, indexed and bounded: on SQLite they run in the event loop
(server-bench.md section F: 8 µs for a resource, 50 µs for a page).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import LargeBinary, and_, bindparam, cast, select

from cloud_controller.store import tables
from cloud_controller.store.metadata import LabelKey, Metadata
from cloud_controller.store.query import (
    Filter,
    ListQuery,
    Page,
    compile_columns,
    parameters_of,
)
from cloud_controller.store.records import Record
from cloud_controller.store.statements import compile_statement
from cloud_controller.store.visibility import visibility

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from cloud_controller.store.entities import Entity

RecordT = TypeVar("RecordT", bound=Record)


class Reader:
    """Reads on one connection. Obtained from `Database.read` (and, as `Transaction`, `write`)."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def record(
        self, entity: Entity[RecordT], guid: str | None, *, visible_to: str | None = None
    ) -> RecordT | None:
        """Return the record with this guid, or `None`; for no guid as well.

        With `visible_to` (a user's guid) also `None` when that user's roles do not let him read it.
        """
        row = self._row(_by_guid(entity, "record", visible_to is not None), guid, visible_to)
        return entity.load(row) if row else None

    def referenced(self, entity: Entity[RecordT], guid: str | None) -> RecordT:
        """Return the record that another one in this transaction refers to.

        Raises:
            LookupError: It is not there, which the foreign key of the other one forbids.

        """
        found = self.record(entity, guid)
        if found is None:
            raise LookupError(f"there is no {guid} in {entity.table.name}")
        return found

    def document(
        self, entity: Entity[Any], guid: str | None, *, visible_to: str | None = None
    ) -> bytes | None:
        """Return the stored document with this guid, or `None`; like `record`. See `reveal`."""
        row = self._row(_by_guid(entity, "document", visible_to is not None), guid, visible_to)
        return row[0] if row else None

    def stored_document(self, entity: Entity[Any], guid: str | None) -> bytes:
        """Return the document of a record that was found or stored in this transaction.

        Raises:
            LookupError: There is none.

        """
        found = self.document(entity, guid)
        if found is None:
            raise LookupError(f"there is no {guid} in {entity.table.name}")
        return found

    def _row(self, statement: str, guid: str | None, user: str | None) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._connection.execute(
            statement, {"guid": guid, "user": user}
        ).fetchone()
        return found

    def first(self, entity: Entity[RecordT], **columns: Any) -> RecordT | None:
        """Return the oldest record whose columns equal these values (`None`: is null), or `None`."""
        row = self._select(entity, columns, "LIMIT 1").fetchone()
        return entity.load(row) if row else None

    def all(self, entity: Entity[RecordT], **columns: Any) -> list[RecordT]:
        """Return all records whose columns equal these values, oldest first."""
        return [entity.load(row) for row in self._select(entity, columns, "")]

    def _select(self, entity: Entity[Any], columns: dict[str, Any], tail: str) -> sqlite3.Cursor:
        nulls = tuple(name for name, value in columns.items() if value is None)
        statement = _by_columns(entity, tuple(columns), nulls)
        return self._connection.execute(f"{statement} {tail}", columns)

    def page(self, query: ListQuery) -> Page:
        """Return one page of documents and the number of all matches, both of one moment."""
        compiled = query.compiled()
        parameters = query.parameters()
        inside = self._connection.in_transaction
        if not inside:
            self._connection.execute("BEGIN")
        try:
            total = self._connection.execute(compiled.count_sql, parameters).fetchone()[0]
            if query.offset >= total:
                return Page([], total)
            parameters["limit"] = query.limit
            parameters["offset"] = query.offset
            rows = self._connection.execute(compiled.page_sql, parameters)
            return Page([row[0] for row in rows], total)
        finally:
            if not inside:
                self._connection.execute("COMMIT")

    def columns(
        self, entity: Entity[Any], names: tuple[str, ...], *filters: Filter
    ) -> list[tuple[Any, ...]]:
        """Return these columns, as stored, of all rows that pass all filters, oldest first."""
        statement = compile_columns(entity, names, tuple(entry.shape() for entry in filters))
        return self._connection.execute(statement, parameters_of(filters)).fetchall()

    def query(self, statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a compiled statement that answers rows."""
        return self._connection.execute(statement, dict(parameters)).fetchall()

    def metadata(self, entity: Entity[Any], guid: str) -> Metadata:
        """Return the labels and annotations of a resource; empty ones if there are none."""
        return Metadata(
            self._keyed(tables.LABELS.name, entity, guid),
            self._keyed(tables.ANNOTATIONS.name, entity, guid),
        )

    def _keyed(self, table: str, entity: Entity[Any], guid: str) -> dict[str, str]:
        rows = self._connection.execute(
            _keyed_values(table), {"guid": guid, "type": entity.resource_type}
        )
        return {str(LabelKey(prefix, name)): value for prefix, name, value in rows}

    def roles(
        self, user_guid: str, *, space_guid: str | None = None, organization_guid: str | None = None
    ) -> frozenset[str]:
        """Return the names of the user's roles in this space and in this organization together.

        Names are those of /v3/roles: `space_developer`, `organization_manager`, …
        """
        parameters = {"user": user_guid, "space": space_guid, "organization": organization_guid}
        return frozenset(row[0] for row in self._connection.execute(_ROLES, parameters))


@cache
def _by_guid(entity: Entity[Any], what: str, restricted: bool) -> str:
    table = entity.table
    columns = (
        [table.c[name] for name in entity.columns]
        if what == "record"
        else [cast(table.c[entity.document], LargeBinary)]
    )
    statement = select(*columns).where(table.c.guid == bindparam("guid"))
    if restricted:
        statement = statement.where(visibility(entity, "user"))
    return compile_statement(statement)


@cache
def _by_columns(entity: Entity[Any], names: tuple[str, ...], nulls: tuple[str, ...]) -> str:
    table = entity.table
    conditions = [
        table.c[name].is_(None) if name in nulls else table.c[name] == bindparam(name)
        for name in names
    ]
    statement = select(*(table.c[name] for name in entity.columns)).order_by(table.c.id)
    return compile_statement(statement.where(and_(*conditions)) if conditions else statement)


@cache
def _keyed_values(name: str) -> str:
    table = tables.METADATA.tables[name]
    return compile_statement(
        select(table.c.prefix, table.c.name, table.c.value)
        .where(
            table.c.resource_guid == bindparam("guid"), table.c.resource_type == bindparam("type")
        )
        .order_by(table.c.id)
    )


_ROLES = compile_statement(
    select(tables.ROLES.c.type).where(
        tables.ROLES.c.user_guid == bindparam("user"),
        (tables.ROLES.c.space_guid == bindparam("space"))
        | (tables.ROLES.c.organization_guid == bindparam("organization")),
    )
)
