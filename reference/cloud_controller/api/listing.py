"""Which rows does a v3 list show, and what does its page look like (1.4 to 1.9)?"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.domain import label_selector, ordering, pagination
from cloud_controller.domain.messages.lists import duplicate_include
from cloud_controller.present import pages
from cloud_controller.store import (
    In,
    LabelKey,
    Labels,
    ListQuery,
    Order,
    Requirement,
    Seconds,
    VisibleTo,
    clock,
)
from cloud_controller.store.query import relative_to_second

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cloud_controller.auth import Caller
    from cloud_controller.store import Entity, Filter, Reader
    from cloud_controller.store.query import Operator

_SHARED: Final = ("guids", "label_selector", "created_ats", "updated_ats")
_OPERATORS: Final[tuple[Operator, ...]] = ("lt", "lte", "gt", "gte")


class PageParams(Protocol):
    """The parameters of a page, as the generated classes name them."""

    @property
    def page(self) -> int:
        """The number of the page, from 1."""

    @property
    def per_page(self) -> int:
        """How many resources a page has."""

    @property
    def order_by(self) -> str | None:
        """What to sort by."""


class ListParams(PageParams, Protocol):
    """The parameters that all v3 lists of stored resources share."""

    @property
    def guids(self) -> Sequence[str] | None:
        """Only these resources."""

    @property
    def created_ats(self) -> Sequence[str] | None:
        """Only resources created in these seconds."""

    @property
    def updated_ats(self) -> Sequence[str] | None:
        """Only resources changed in these seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """One v3 list as it was asked for.

    `own` maps the resource's own filters, by wire name, to the column and the members.
    `fixed` holds filters that the path implies; `repeated` what else the links repeat.
    `order` stands in for what `order_by` alone would say. An `unrestricted` list shows rows whatever
    the caller's roles; who may read it was asked before.
    """

    entity: Entity[Any]
    path: str
    params: ListParams
    own: Mapping[str, tuple[str, Sequence[str] | None]] = field(default_factory=dict)
    fixed: Sequence[Filter] = ()
    repeated: Mapping[str, str | Sequence[str] | None] = field(default_factory=dict)
    order: tuple[Order, ...] = ()
    unrestricted: bool = False

    def query(self, caller: Caller) -> ListQuery:
        """Return the store's query; callers see what their roles let them."""
        params = self.params
        filters: list[Filter] = [*self.fixed]
        if caller.visible_to is not None and not self.unrestricted:
            filters.append(VisibleTo(caller.visible_to))
        columns = {"guids": ("guid", params.guids), **self.own}
        filters += [
            In(column, tuple(members))
            for column, members in columns.values()
            if members is not None
        ]
        filters += _moments(params, "created_at") + _moments(params, "updated_at")
        selector = _selector(params)
        if selector is not None:
            filters.append(_labels(selector))
        return ListQuery(
            self.entity,
            tuple(filters),
            self.order or (_order(params.order_by),),
            limit=params.per_page,
            offset=(params.page - 1) * params.per_page,
        )

    def links(self) -> dict[str, str]:
        """Return what the page links repeat (1.4, rules 2 and 3)."""
        own = {name: members for name, (_, members) in self.own.items()}
        return sent_again(self.params, {**own, **self.repeated})


def sent_again(params: PageParams, own: Mapping[str, str | Sequence[str] | None]) -> dict[str, str]:
    """Return what page links repeat: the filters that all lists share, and the list's own."""
    sent: dict[str, str | Sequence[str] | None] = {
        **{name: getattr(params, name, None) for name in _SHARED},
        **_relational(params, "created_ats"),
        **_relational(params, "updated_ats"),
        **own,
    }
    if params.order_by:
        sent["order_by"] = _normalised(params.order_by)
    return pagination.filters(sent)


@dataclass(frozen=True, slots=True)
class Found:
    """What a list found: the totals and the stored documents of the page."""

    shown: pagination.Page
    documents: list[bytes]


def find(reader: Reader, request: ListRequest, caller: Caller) -> Found:
    """Run a list; a page beyond the last counts nothing (S1)."""
    found = reader.page(request.query(caller))
    shown = pagination.page(request.params.page, request.params.per_page, found.total)
    return Found(shown, found.documents)


def page(
    request: ListRequest, found: Found, included: Mapping[str, Sequence[bytes]] | None = None
) -> bytes:
    """Return the list's document."""
    return pages.v3_page(
        request.path, found.shown, request.links(), found.documents, included=included
    )


def related(documents: Sequence[bytes], relationship: str) -> list[str]:
    """Return the guids of what the documents relate to, each once, in order."""
    guids: dict[str, None] = {}
    for document in documents:
        # The stored text holds one control character in place of the external address.
        relationships = json.loads(document, strict=False)["relationships"]
        guids[relationships[relationship]["data"]["guid"]] = None
    return list(guids)


def documents_of(reader: Reader, entity: Entity[Any], guids: Sequence[str]) -> list[bytes]:
    """Return the stored documents with these guids, without those that are gone."""
    found = (reader.document(entity, guid) for guid in guids)
    return [document for document in found if document is not None]


def _selector(params: ListParams) -> str | None:
    """Return the label selector, of which lists without metadata know nothing."""
    selector: str | None = getattr(params, "label_selector", None)
    return selector


def _order(text: str | None) -> Order:
    return Order(text.lstrip("+-"), text.startswith("-")) if text else Order()


def _normalised(text: str) -> str:
    return ordering.Order(text.lstrip("+-"), text.startswith("-")).text


def _relational(params: PageParams, name: str) -> dict[str, str | None]:
    return {f"{name}[{word}]": getattr(params, f"{name}_{word}", None) for word in _OPERATORS}


def _moments(params: ListParams, column: str) -> list[Filter]:
    filters: list[Filter] = []
    equal: Sequence[str] | None = getattr(params, f"{column}s")
    if equal is not None:
        filters.append(Seconds(column, tuple(clock.second(moment) for moment in equal)))
    for word in _OPERATORS:
        moment: str | None = getattr(params, f"{column}s_{word}")
        if moment is not None:
            filters.append(relative_to_second(column, word, clock.second(moment)))
    return filters


def _labels(text: str) -> Labels:
    selector = label_selector.parse(text)
    if selector.problems:  # such as too many requirements, which no schema can count
        raise v3_error(table.BAD_QUERY_PARAMETER, ", ".join(selector.problems))
    return Labels(
        tuple(
            Requirement(LabelKey.parse(one.key), one.operator, one.values)
            for one in selector.requirements
        )
    )


def label_problems(params: PageParams) -> list[str]:
    """Return what is wrong with a label selector that no schema can refuse, such as its length."""
    selector: str | None = getattr(params, "label_selector", None)
    return [] if selector is None else list(label_selector.parse(selector).problems)


def check_labels(params: PageParams) -> None:
    """Raise 400 for a label selector that no schema can refuse; for lists that ask no table."""
    problems = label_problems(params)
    if problems:
        raise v3_error(table.BAD_QUERY_PARAMETER, ", ".join(problems))


def check_include(include: Sequence[str] | None) -> None:
    """Raise 400 when a related resource is asked for twice."""
    text = duplicate_include(include or ())
    if text is not None:
        raise v3_error(table.BAD_QUERY_PARAMETER, text)
