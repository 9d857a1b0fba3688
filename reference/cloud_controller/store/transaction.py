"""What can be changed in the database, all at once or not at all?"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import bindparam, delete, insert

from cloud_controller.store import tables
from cloud_controller.store.documents import seal
from cloud_controller.store.metadata import LabelKey, Metadata
from cloud_controller.store.reader import Reader
from cloud_controller.store.records import Record
from cloud_controller.store.statements import compile_statement

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from cloud_controller.store.entities import Entity

RecordT = TypeVar("RecordT", bound=Record)


class Transaction(Reader):
    """One write transaction; it sees its own changes. Obtained from `Database.write`.

    Raising inside the function that received it undoes everything. Constraint violations surface as
    `DuplicateError` and `StillReferencedError`.
    """

    __slots__ = ("topics",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.topics: set[str] = set()

    def insert(
        self,
        entity: Entity[RecordT],
        record: RecordT,
        document: bytes | None = None,
        /,
        **others: bytes,
    ) -> RecordT:
        """Store a new record, with its presented document if the entity has one.

        `others` are further presentations by column, such as `listed_document`.

        Returns:
            The record with its `id`.

        Raises:
            DuplicateError: A unique index refuses it.

        """
        values = _with_documents(entity, entity.dump(record), document, others)
        cursor = self._connection.execute(_insert(entity, tuple(values)), values)
        return replace(record, id=cast("int", cursor.lastrowid))

    def update(
        self,
        entity: Entity[RecordT],
        record: RecordT,
        document: bytes | None = None,
        /,
        **others: bytes,
    ) -> bool:
        """Store a changed record (found by `guid`), and its documents if the entity has some.

        Returns:
            Whether the row was still there.

        """
        values = _with_documents(entity, entity.dump(record), document, others)
        values.pop("id", None)
        statement = _update(entity, tuple(values))
        return self._connection.execute(statement, values).rowcount > 0

    def set_columns(self, entity: Entity[Any], guid: str, **columns: Any) -> bool:
        """Change single columns that the document does not show; `False` if the row is gone."""
        statement = _update(entity, (*columns, "guid"))
        return self._connection.execute(statement, {**columns, "guid": guid}).rowcount > 0

    def delete(self, entity: Entity[Any], guid: str) -> bool:
        """Remove a row together with its labels and annotations; `False` if it was gone.

        Raises:
            StillReferencedError: Other rows point at it; remove those first.

        """
        self.set_metadata(entity, guid, Metadata())
        return self._connection.execute(_delete(entity), {"guid": guid}).rowcount > 0

    def set_metadata(self, entity: Entity[Any], guid: str, metadata: Metadata) -> None:
        """Make these the labels and annotations of a resource."""
        self._set_keyed(tables.LABELS.name, entity, guid, metadata.labels)
        self._set_keyed(tables.ANNOTATIONS.name, entity, guid, metadata.annotations)

    def _set_keyed(
        self, table: str, entity: Entity[Any], guid: str, pairs: Mapping[str, str]
    ) -> None:
        owner = {"resource_guid": guid, "resource_type": entity.resource_type}
        self._connection.execute(_clear_keyed(table), owner)
        for key, value in pairs.items():
            prefix, name = LabelKey.parse(key)
            row = {**owner, "prefix": prefix, "name": name, "value": value}
            self._connection.execute(_insert_keyed(table), row)

    def execute(self, statement: str, parameters: Mapping[str, Any]) -> int:
        """Run a compiled statement for many rows; return how many it touched."""
        return self._connection.execute(statement, dict(parameters)).rowcount

    def notify(self, topic: str) -> None:
        """Wake this process's listeners of `topic` once the transaction is committed."""
        self.topics.add(topic)


def _with_documents(
    entity: Entity[Any],
    values: dict[str, Any],
    document: bytes | None,
    others: Mapping[str, bytes],
) -> dict[str, Any]:
    given = dict(others) if document is None else {entity.document: document, **others}
    if given.keys() != entity.documents:
        wanted = ", ".join(sorted(entity.documents)) or "no document"
        raise TypeError(f"{entity.resource_type}: a row holds {wanted}, not {sorted(given)}")
    return {**values, **{name: seal(text) for name, text in given.items()}}


@cache
def _insert(entity: Entity[Any], names: tuple[str, ...]) -> str:
    return compile_statement(
        insert(entity.table).values({name: bindparam(name) for name in names}).inline()
    )


@cache
def _update(entity: Entity[Any], names: tuple[str, ...]) -> str:
    # Literal names instead of bound columns: Core reserves the columns' own names in an UPDATE.
    assignments = ", ".join(f"{name} = :{name}" for name in names if name != "guid")
    return f"UPDATE {entity.table.name} SET {assignments} WHERE guid = :guid"  # noqa: S608 -- column names


@cache
def _delete(entity: Entity[Any]) -> str:
    return compile_statement(delete(entity.table).where(entity.table.c.guid == bindparam("guid")))


@cache
def _clear_keyed(name: str) -> str:
    table = tables.METADATA.tables[name]
    return compile_statement(
        delete(table).where(
            table.c.resource_guid == bindparam("resource_guid"),
            table.c.resource_type == bindparam("resource_type"),
        )
    )


@cache
def _insert_keyed(name: str) -> str:
    table = tables.METADATA.tables[name]
    columns = ("resource_guid", "resource_type", "prefix", "name", "value")
    return compile_statement(
        insert(table).values({column: bindparam(column) for column in columns}).inline()
    )
