"""Which page of a list comes after this one?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from specfoundry.runtime.client_errors import BrokenPagination
from specfoundry.runtime.client_pointers import pointed

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagination:
    """Where a list keeps its items and its way on: the document's `x-pagination`."""

    items: str
    next: str | None = None
    """JSON pointer to the address of the following page."""
    pages: str | None = None
    """JSON pointer to the number of pages; used with `page` when there is no `next`."""
    page: str | None = None
    """Wire name of the parameter that counts pages from 1."""


class Walk:
    """The way through all pages of one list: remembers where it was, so that it ends."""

    def __init__(self, pagination: Pagination, url: str) -> None:
        self._pagination = pagination
        self._url = url
        self._seen = {url}
        self._number = 1

    def items(self, body: object) -> Iterable[object]:
        """Return the items of a page."""
        found = pointed(body, self._pagination.items)
        return found if isinstance(found, (list, tuple)) else ()

    def after(self, body: object) -> str | None:
        """Return the address of the page after the one with `body`, None after the last.

        Raises `BrokenPagination` for a page that was there before and for one too many.
        """
        following = self._linked(body) if self._pagination.next else self._counted(body)
        if following is None:
            return None
        if following in self._seen or len(self._seen) >= MOST_PAGES:
            message = f"page {len(self._seen)} leads to {following}, which was read already"
            raise BrokenPagination(message)
        self._seen.add(following)
        return following

    def _linked(self, body: object) -> str | None:
        href = pointed(body, self._pagination.next or "")
        return self._resolved(href) if isinstance(href, str) and href else None

    def _resolved(self, href: str) -> str:
        """Return `href` on our own base address.

        A server behind a proxy may write another host into its links; a list that goes on at the
        same path is therefore followed at the address that we were given. Credentials never go to
        a host that an answer names.
        """
        ours, theirs = urlsplit(self._url), urlsplit(urljoin(self._url, href))
        if theirs.path == ours.path or ours.path.endswith(theirs.path):
            return ours._replace(query=theirs.query).geturl()
        if (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc):
            return theirs._replace(fragment="").geturl()
        message = f"the next page is at another address, {theirs.scheme}://{theirs.netloc}"
        raise BrokenPagination(message)

    def _counted(self, body: object) -> str | None:
        last = pointed(body, self._pagination.pages) if self._pagination.pages else None
        if isinstance(last, int) and self._number >= last:
            return None
        if not any(True for _ in self.items(body)) or self._pagination.page is None:
            return None
        self._number += 1
        return with_member(self._url, self._pagination.page, str(self._number))


def with_member(url: str, name: str, value: str) -> str:
    """Return `url` with the query member `name` set to `value`, the others untouched."""
    split = urlsplit(url)
    kept = [m for m in split.query.split("&") if m and m.partition("=")[0] != name]
    return split._replace(query="&".join([*kept, f"{name}={value}"])).geturl()
