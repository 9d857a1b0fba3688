"""Which resource that nobody creates can be used where one is needed?"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.pages import following_pages
from specfoundry.fuzz.live.plants import BarrenError, names_it, worded
from specfoundry.fuzz.promises.semantics import paging_of
from specfoundry.fuzz.server.exchange import Call, texts_in

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Contract, Operation
    from specfoundry.fuzz.server.session import Session

_PAGES: Final = 20


def discovered(
    session: Session,
    contract: Contract,
    operation: Operation,
    above: Mapping[str, Any],
    ours: Container[str],
) -> dict[str, Any]:
    """Find a resource in the list above it: one that came with what is ours, else the first one.

    What belongs to others may go away at any time.

    Args:
        session: Sends.
        contract: The document.
        operation: Reads such a resource.
        above: Path parameters of the list.
        ours: Ids of what is ours.

    Returns:
        Path parameters of the operation.

    Raises:
        BarrenError: The list is empty.

    """
    listed = contract.paths.get(("GET", operation.path.rpartition("/")[0]))
    last = operation.path.rpartition("/")[2]
    if listed is None or paging_of(listed) is None or not last.startswith("{"):
        return worded(operation)
    name = last[1:-1]
    first = None
    for row in _rows(session, listed, Call(operation=listed.id, path=above)):
        value = next(
            (row[key] for key in (name, "guid", "id", "name") if names_it(row.get(key))), None
        )
        if value is None:
            continue
        first = value if first is None else first
        if any(text in ours for text in texts_in(row)):
            return {**above, name: value}
    if first is None:
        raise BarrenError(f"{listed.id} shows nothing that {operation.id} could read")
    return {**above, name: first}


def _rows(session: Session, listed: Operation, call: Call) -> Iterator[dict[str, Any]]:
    paging = paging_of(listed)
    first = session.send(call)
    pages = chain([first], islice(following_pages(session, listed, call, first), _PAGES - 1))
    for page in pages:
        found = page.at(paging.items) if paging else None
        rows = found if isinstance(found, list) else []
        yield from (row for row in rows if isinstance(row, dict))
