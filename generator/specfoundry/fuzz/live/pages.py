"""What comes behind the first page of a list, along its own links?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specfoundry.fuzz.promises.semantics import paging_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.server.exchange import Call, Exchange
    from specfoundry.fuzz.server.session import Session

_PAGES: Final = 500


def following_pages(
    session: Session, operation: Operation, call: Call, first: Exchange
) -> Iterator[Exchange]:
    """Yield the pages behind the first one, each asked for when it is wanted.

    Args:
        session: Sends.
        operation: The list.
        call: What the first page answered.
        first: The first page.
    """
    paging = paging_of(operation)
    exchange, seen = first, {first.url}
    for _ in range(_PAGES):
        following = exchange.at(paging.next) if paging and paging.next else None
        if not exchange.ok or not isinstance(following, str) or following in seen:
            return
        seen.add(following)
        exchange = session.get(following, call)
        yield exchange
