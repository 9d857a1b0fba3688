"""How are lines of logs stored, bounded and read?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import bindparam, delete, func, literal_column, select

from cloud_controller.store import clock, tables
from cloud_controller.store.entities import LOG_LINES
from cloud_controller.store.statements import compile_statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.records import LogLineRecord

MAX_LINES: Final = 5_000
RETENTION_DAYS: Final = 7


class Span(NamedTuple):
    """What is stored of a source; timestamps in nanoseconds since 1970."""

    source_guid: str
    lines: int
    oldest: int
    newest: int


def append(transaction: Transaction, source_guid: str, lines: Iterable[LogLineRecord]) -> None:
    """Store lines of one source; its oldest ones go when there are too many."""
    for line in lines:
        transaction.insert(LOG_LINES, line)
    transaction.execute(_BOUND, {"source": source_guid, "kept": MAX_LINES})


def newest(reader: Reader, source_guid: str) -> int:
    """Return the timestamp of the last line of a source, 0 without one."""
    found: int = reader.query(_NEWEST, {"source": source_guid})[0][0]
    return found


def read(
    reader: Reader, source_guid: str, *, start: int, end: int, limit: int, descending: bool
) -> list[LogLineRecord]:
    """Return lines from `start` until before `end`, the first or the last ones, in that order."""
    rows = reader.query(
        _between(descending), {"source": source_guid, "start": start, "end": end, "limit": limit}
    )
    return [LOG_LINES.load(row) for row in rows]


def spans(reader: Reader) -> list[Span]:
    """Return what is stored of each source."""
    return [Span(*row) for row in reader.query(_SPANS, {})]


def forget(transaction: Transaction, source_guid: str) -> None:
    """Remove all lines of a source."""
    transaction.execute(_FORGET, {"source": source_guid})


def prune(transaction: Transaction) -> int:
    """Remove lines that are too old; return how many."""
    limit = clock.now() - RETENTION_DAYS * 24 * 3600 * clock.MICROSECONDS
    return transaction.execute(_PRUNE, {"before": limit * 1000})


_C = tables.LOG_LINES.c
_OF_SOURCE = _C.source_guid == bindparam("source")

_NEWEST = compile_statement(
    select(func.coalesce(func.max(_C.timestamp), literal_column("0"))).where(_OF_SOURCE)
)
_SPANS = compile_statement(
    select(_C.source_guid, func.count(), func.min(_C.timestamp), func.max(_C.timestamp)).group_by(
        _C.source_guid
    )
)
_FORGET = compile_statement(delete(tables.LOG_LINES).where(_OF_SOURCE))
_PRUNE = compile_statement(delete(tables.LOG_LINES).where(_C.timestamp < bindparam("before")))
_BOUND = compile_statement(
    delete(tables.LOG_LINES).where(
        _OF_SOURCE,
        _C.timestamp
        <= select(_C.timestamp)
        .where(_OF_SOURCE)
        .order_by(_C.timestamp.desc())
        .limit(literal_column("1"))
        .offset(bindparam("kept"))
        .scalar_subquery(),
    )
)


@cache
def _between(descending: bool) -> str:
    return compile_statement(
        select(*(_C[name] for name in LOG_LINES.columns))
        .where(_OF_SOURCE, _C.timestamp >= bindparam("start"), _C.timestamp < bindparam("end"))
        .order_by(_C.timestamp.desc() if descending else _C.timestamp)
        .limit(bindparam("limit"))
        .offset(literal_column("0"))
    )
