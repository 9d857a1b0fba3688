"""How does a SQLAlchemy Core statement become text for the bare driver?

Statements are described once with Core and compiled once per dialect; on the hot path only the
text and a dictionary of parameters go to the driver (server-bench.md section F: 4 to 15 times).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, ClauseElement, ColumnElement
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.sql.compiler import SQLCompiler

_SQLITE = sqlite.dialect(paramstyle="named")
_SQLITE.supports_native_boolean = True  # conditions stand alone instead of `condition = 1`


def compile_statement(statement: ClauseElement) -> str:
    """Return the SQL text with `:name` parameters.

    Raises:
        TypeError: A value stands in the statement, where only named parameters can be kept.

    """
    compiled = statement.compile(dialect=_SQLITE)
    values = {name: value for name, value in compiled.params.items() if value is not None}
    if values:
        raise TypeError(f"values in a statement that is compiled once: {values}")
    return str(compiled)


class Among(ColumnElement[bool]):
    """`column IN (all values of one list parameter)`, whatever their number.

    The text does not depend on how many values there are, so it is compiled once, and no limit on
    the number of parameters applies. Bind `values(…)` of the list.
    """

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], parameter: str) -> None:
        self.column = column
        self.parameter = parameter


@compiles(Among, "sqlite")
def _among(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    return f"{column} IN (SELECT value FROM json_each(:{element.parameter}))"  # noqa: S608 -- names only


class ContainsAny(ColumnElement[bool]):
    """`column` contains one of the texts of one list parameter; bind `values(…)` of the list."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], parameter: str) -> None:
        self.column = column
        self.parameter = parameter


@compiles(ContainsAny, "sqlite")
def _contains_any(element: ContainsAny, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    members = f"json_each(:{element.parameter})"
    return f"EXISTS (SELECT 1 FROM {members} WHERE instr({column}, value) > 0)"  # noqa: S608 -- names only


def values(members: Iterable[str | int]) -> str:
    """Write the members of a list parameter as `Among` expects them."""
    return json.dumps(list(members))
