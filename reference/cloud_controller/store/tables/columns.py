"""What do all tables share: naming of constraints, common columns, kinds of columns?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER makes the rowid itself the key


def table(name: str, *parts: Column[Any] | Index) -> Table:
    """Describe a table with the columns that every record has."""
    return Table(
        name,
        METADATA,
        Column("id", ID, primary_key=True),
        Column("guid", Text, nullable=False, unique=True),
        Column("created_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        *parts,
        sqlite_autoincrement=True,  # ids are never given twice: they are the order of a list
    )


def text(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a column of text."""
    return Column(name, Text, nullable=nullable)


def flag(name: str) -> Column[Any]:
    """Return a column that is true or false."""
    return Column(name, Boolean(create_constraint=False), nullable=False)


def integer(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a column of small whole numbers."""
    return Column(name, Integer, nullable=nullable)


def number(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a column of whole numbers of 64 bits."""
    return Column(name, BigInteger, nullable=nullable)


def json(name: str) -> Column[Any]:
    """Return a column of JSON; its null is the JSON one."""
    return Column(name, JSON, nullable=False)


def time(name: str) -> Column[Any]:
    """Return a column for a moment that may not have come, in microseconds since 1970."""
    return Column(name, BigInteger, nullable=True)


def reference(name: str, target: str, *, nullable: bool = False) -> Column[Any]:
    """Return a column that names a row of another table by its guid."""
    return Column(name, Text, ForeignKey(target), nullable=nullable)


def document(name: str = "document") -> Column[Any]:
    """Return the column for a presented document."""
    return Column(name, Text, nullable=False)
