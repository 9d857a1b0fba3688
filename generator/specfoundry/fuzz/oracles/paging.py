"""Do the pages of a list tell the truth, lead to each other, and hold every item once?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from specfoundry.fuzz.exchange import Call, Exchange
from specfoundry.fuzz.garden import BarrenError
from specfoundry.fuzz.oracles.ground import Complaint, Ground, Listing
from specfoundry.fuzz.oracles.population import populate
from specfoundry.fuzz.semantics import filter_of, lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.semantics import Paging

CHECK = "pagination"
_SMALL = 2


def pages(ground: Ground) -> Iterator[Complaint]:
    """Walk every list in small pages and as a whole, and compare."""
    for operation, paging in lists(ground.contract):
        try:
            populate(ground, operation)
            whole = ground.list(operation, paging)
        except BarrenError:
            continue
        if not whole.ok:
            continue
        for text, exchanges in _objections(ground, operation, paging, whole):
            yield Complaint(CHECK, operation.id, text, exchanges)


def _objections(
    ground: Ground, operation: Operation, paging: Paging, whole: Listing
) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
    first = whole.exchanges[0]
    total = first.at(paging.total) if paging.total else None
    if total is not None and total != len(whole.items):
        yield f"{paging.total} is {total}, but {len(whole.items)} items came", whole.exchanges
    if paging.per_page is None:
        return
    small = ground.list(operation, paging, **{paging.per_page: _SMALL})
    if not small.ok:
        yield f"{paging.per_page}={_SMALL} was refused", small.exchanges
        return
    again = ground.list(operation, paging)
    if again.items == whole.items and small.items != whole.items:
        text = f"in pages of {_SMALL} the items are others than in one walk"
        yield text, small.exchanges
    for exchange in small.exchanges:
        items = exchange.at(paging.items)
        if isinstance(items, list) and len(items) > _SMALL:
            yield f"a page of {_SMALL} holds {len(items)} items", (exchange,)
    yield from _links(paging, small, len(whole.items))
    yield from _kept_query(ground, operation, paging)


def _links(
    paging: Paging, small: Listing, count: int
) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
    wanted = max(math.ceil(count / _SMALL), 1)
    first, last = small.exchanges[0], small.exchanges[-1]
    if paging.pages and first.at(paging.pages) != wanted:
        yield f"{paging.pages} is {first.at(paging.pages)}, not {wanted}", (first,)
    if len(small.exchanges) != wanted:
        yield f"{len(small.exchanges)} pages came, not {wanted}", small.exchanges
    if paging.previous and first.at(paging.previous) is not None:
        yield "the first page names one before it", (first,)
    if paging.previous and wanted > 1 and last.at(paging.previous) is None:
        yield "the last page names none before it", (last,)
    for pointer, number in ((paging.first, 1), (paging.last, wanted)):
        address = first.at(pointer) if pointer else None
        if isinstance(address, str) and paging.page and _query(address, paging.page) != str(number):
            yield f"{pointer} does not lead to page {number}: {address}", (first,)


def _kept_query(
    ground: Ground, operation: Operation, paging: Paging
) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
    parameter = next(
        (one for one in operation.at("query") if _is_list_filter(operation, one)), None
    )
    if parameter is None or paging.first is None:
        return
    call = Call(
        operation=operation.id,
        path=ground.parent(operation),
        query={parameter.name: ["nobody", "has,this"]},
    )
    exchange = ground.session.send(call)
    address = exchange.at(paging.first) if exchange.ok else None
    if isinstance(address, str) and _query(address, parameter.name) is None:
        yield f"the links of a page do not repeat {parameter.name}: {address}", (exchange,)


def _is_list_filter(operation: Operation, parameter: Any) -> bool:
    found = filter_of(operation, parameter)
    return found is not None and found.op == "in" and parameter.is_list


def _query(address: str, name: str) -> str | None:
    values = parse_qs(urlsplit(address).query, keep_blank_values=True).get(name)
    return values[-1] if values else None
