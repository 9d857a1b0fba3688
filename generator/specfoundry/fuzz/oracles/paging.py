"""Do the pages of a list tell the truth, lead to each other, and hold every item once?"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.links import lost, number_in
from specfoundry.fuzz.oracles.listing import listings
from specfoundry.fuzz.oracles.taking import schema_of, takes
from specfoundry.fuzz.promises.semantics import ordering_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken, Verdict
    from specfoundry.fuzz.oracles.listing import Listing
    from specfoundry.fuzz.promises.contract import Parameter
    from specfoundry.fuzz.server.exchange import Exchange

CHECK: Final = "pagination"
_PAGES: Final = 3


@verdict
def pages_agree(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a walk in small pages between two walks in large ones.

    Nothing is said of a list that somebody changed in between. Arguments: `paging` (the pointers of
    `x-pagination`), `size` (of a small page), `asked` (how the small pages were asked for).
    """
    before, small, after = taken
    paging, size, asked = arguments["paging"], arguments["size"], arguments["asked"]
    if not small.ok:
        return f"{asked} was refused: {small.last.summary()}"
    items = before.items(paging["items"])
    if items != after.items(paging["items"]) or not before.ok:
        return None
    count = max(math.ceil(len(items) / size), 1)
    for index, page in enumerate(small.exchanges[:count]):
        wanted = items[index * size : (index + 1) * size]
        problem = _content(page, paging, wanted, (len(items), count))
        problem = problem or _ways(page, paging, index + 1, count)
        if problem:
            return f"{asked}, page {index + 1} of {count}: {problem}"
    if len(small.exchanges) != count:
        return f"{asked}: {len(small.exchanges)} pages came, not {count}"
    return None


def _content(
    page: Exchange, paging: Mapping[str, Any], wanted: list[Any], totals: tuple[int, int]
) -> str | None:
    found = page.at(paging["items"])
    if found != wanted:
        count = len(found) if isinstance(found, list) else "no"
        return f"its {count} items are not the {len(wanted)} that stand there in the whole list"
    for name, value in zip(("total", "pages"), totals, strict=True):
        if paging[name] and page.at(paging[name]) != value:
            return f"{paging[name]} is {page.at(paging[name])}, not {value}"
    return None


def _ways(page: Exchange, paging: Mapping[str, Any], number: int, count: int) -> str | None:
    """Say which link of a page leads to another page than it should, or forgets what was asked."""
    targets = {
        "first": 1,
        "last": count,
        "next": number + 1 if number < count else None,
        "previous": number - 1 if number > 1 else None,
    }
    for name, target in targets.items():
        if not paging[name]:
            continue
        link = page.at(paging[name])
        if target is None:
            if link is not None:
                return f"{paging[name]} leads somewhere, where no page is"
            continue
        if not isinstance(link, str):
            return f"{paging[name]} does not lead to page {target}"
        if paging["page"] and number_in(link, paging["page"]) != target:
            return f"{paging[name]} leads to page {number_in(link, paging['page'])}, not {target}"
        gone = lost(page.url, link, paging["page"])
        if gone:
            return f"{paging[name]} does not repeat {', '.join(gone)} as it was sent"
    return None


@verdict
def links_repeat(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say which link of a page forgets what was asked.

    Arguments: `links` (pointers to them), `page` (the parameter that they do not repeat).
    """
    answer = taken[-1].last
    for pointer in arguments["links"]:
        link = answer.at(pointer)
        gone = lost(answer.url, link, arguments["page"]) if isinstance(link, str) else []
        if answer.ok and gone:
            return f"{pointer} does not repeat {', '.join(gone)} as it was sent"
    return None


@verdict
def beyond_the_end(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say what is wrong with the page behind the last one: it has no items.

    Arguments: `paging` (the pointers of `x-pagination`).
    """
    paging = arguments["paging"]
    answer = taken[-1].last
    if not answer.ok:
        return f"the page behind the last one was refused: {answer.summary()}"
    if answer.at(paging["items"]):
        return "the page behind the last one has items"
    if paging["next"] and answer.at(paging["next"]) is not None:
        return "the page behind the last one leads on"
    return None


@verdict
def page_size(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say whether a page has another size than its own total and the asked size make it.

    Arguments: `paging`, `size` (of a full page), `asked` (how it was asked for).
    """
    paging, size = arguments["paging"], arguments["size"]
    answer = taken[-1].first
    if not answer.ok:
        return f"{arguments['asked']} was refused: {answer.summary()}"
    found, total = answer.at(paging["items"]), answer.at(paging["total"] or "/-")
    if not isinstance(found, list):
        return None
    if isinstance(total, int) and len(found) != min(size, total):
        return f"{arguments['asked']}: {len(found)} of {total} items came, not {min(size, total)}"
    link = answer.at(paging["first"]) if paging["first"] else None
    told = number_in(link, paging["per_page"]) if isinstance(link, str) else None
    if told is not None and told != size:
        return f"{arguments['asked']}: {paging['first']} tells of pages of {told}, not {size}"
    return None


def pages(ground: Ground) -> Iterator[Complaint]:
    """Walk every list in small pages and as a whole, and compare."""
    for listing in listings(ground):
        paging = asdict(listing.paging)
        for rule, taken, arguments in _trials(listing):
            complaint = judged(
                CHECK, listing.operation.id, rule, taken, **{"paging": paging, **arguments}
            )
            if complaint:
                yield complaint


def _trials(listing: Listing) -> Iterator[tuple[Verdict, list[Taken], dict[str, Any]]]:
    paging = listing.paging
    yield from _sizes(listing)
    yield from _repeated(listing)
    if paging.per_page is None or not listing.items:
        return
    query = {**_part(listing), **_turned(listing)}
    whole = listing.ask(query)
    count = len(whole.items(paging.items))
    size = max(math.ceil(count / _PAGES), 1)
    small = listing.ask({**query, paging.per_page: size})
    asked = f"in pages of {paging.per_page}={size}"
    yield pages_agree, [whole, small, listing.ask(query)], {"size": size, "asked": asked}
    if paging.page is not None:
        behind = {paging.per_page: size, paging.page: count + 2}
        yield beyond_the_end, [listing.ask({**query, **behind}, "")], {}


def _sizes(listing: Listing) -> Iterator[tuple[Verdict, list[Taken], dict[str, Any]]]:
    name = listing.paging.per_page
    parameter = listing.operation.parameter(name) if name else None
    if name is None or parameter is None:
        return
    schema = schema_of(listing.ground, parameter)
    if isinstance(schema.get("default"), int):
        yield page_size, [listing.first], {"size": schema["default"], "asked": f"without {name}"}
    if isinstance(schema.get("maximum"), int):
        largest = schema["maximum"]
        taken = listing.ask({name: largest}, "")
        yield page_size, [taken], {"size": largest, "asked": f"{name}={largest}"}


def _repeated(listing: Listing) -> Iterator[tuple[Verdict, list[Taken], dict[str, Any]]]:
    """Send every parameter at once: an empty page, whose links name them all."""
    paging = listing.paging
    links = [link for link in (paging.first, paging.last) if link]
    query = {
        one.name: _shown(listing, one)
        for one in listing.operation.at("query")
        if "example" in one.node and one.name != paging.page
    }
    if not links or not query:
        return
    taken = listing.ask(query, "")
    if not taken.ok:  # some do not go together
        query = {
            parameter.name: query[parameter.name]
            for parameter, _ in listing.filters
            if parameter.name in query
        }
        taken = listing.ask(query, "")
    if taken.ok:
        yield links_repeat, [taken], {"links": links, "page": paging.page}


def _shown(listing: Listing, parameter: Parameter) -> Any:
    """Return a parameter's example; in a list there is also one with a comma in it."""
    example = parameter.node["example"]
    if parameter.wire.decode == "split-decoded" and isinstance(example, list):
        more = [*example, *(f"{text},{text}" for text in example[:1])]
        return more if takes(listing.ground, parameter, more) else example
    return example


def _part(listing: Listing) -> dict[str, Any]:
    """Return a filter that lets all items but one through, so that its loss is seen."""
    for parameter, rule in listing.filters:
        if rule.op == "in" and parameter.is_list and not rule.through and rule.null is None:
            found = [values_at(item, rule.path) for item in listing.items]
            ids = [one[0] for one in found if len(one) == 1 and isinstance(one[0], str)]
            if len(ids) == len(found) == len(set(ids)) > 1:
                return {parameter.name: ids[1:]}
    return {}


def _turned(listing: Listing) -> dict[str, Any]:
    """Return an order that is not the usual one, so that its loss is seen."""
    found = ordering_of(listing.operation)
    if found is None:
        return {}
    parameter, ordering = found
    # What is shown less exactly than it is sorted by may still be walked: the order stays the same.
    word = next(iter(ordering.values))
    return ordering.query(parameter.name, word, descending=True)
