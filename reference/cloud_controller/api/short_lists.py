"""What does a list answer whose few resources, or none, stand in no table?"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final

from cloud_controller.api import listing
from cloud_controller.domain import pagination
from cloud_controller.present import pages
from cloud_controller.store import clock
from cloud_controller.store.clock import MICROSECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cloud_controller.api.listing import PageParams

_COMPARISONS: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def page(
    path: str,
    params: PageParams,
    documents: Sequence[bytes] = (),
    **own: str | Sequence[str] | None,
) -> bytes:
    """Return one page of documents that were filtered and sorted already.

    `own` holds the list's own filters, which the links of the page repeat.
    """
    shown = pagination.page(params.page, params.per_page, len(documents))
    start = (params.page - 1) * params.per_page
    return pages.v3_page(
        path,
        shown,
        listing.sent_again(params, own),
        documents[start : start + params.per_page],
    )


def lies_within(params: PageParams, name: str, moment: int | None) -> bool:
    """Return whether a time passes the filters on it; one that is not known passes none.

    Args:
        params: The parameters of the list.
        name: `created_ats` or `updated_ats`.
        moment: Microseconds since 1970.

    """
    wanted: Sequence[str] | None = getattr(params, name, None)
    bounds = {
        word: written
        for word in _COMPARISONS
        if (written := getattr(params, f"{name}_{word}", None)) is not None
    }
    if moment is None:
        return wanted is None and not bounds
    at = moment // MICROSECONDS
    if wanted is not None and at not in {clock.second(written) for written in wanted}:
        return False
    return all(_COMPARISONS[word](at, clock.second(written)) for word, written in bounds.items())
