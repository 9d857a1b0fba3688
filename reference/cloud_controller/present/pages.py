"""How does one page of a list look (behaviour document, 1.4 and 1.13)?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cloud_controller.domain import pagination
from cloud_controller.present.rendering import joined
from cloud_controller.store import BASE_URL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def v3_page(
    path: str,
    shown: pagination.Page,
    parameters: Mapping[str, str],
    documents: Sequence[bytes],
    included: Mapping[str, Sequence[bytes]] | None = None,
) -> bytes:
    """Return a v3 page of stored documents; `parameters` is what its links repeat.

    `included` maps the kinds that `include` asked for to their stored documents.
    """
    links = pagination.links(BASE_URL + path, shown, parameters)
    head = {
        "total_results": shown.total_results,
        "total_pages": shown.total_pages,
        "first": _page_link(links.first),
        "last": _page_link(links.last),
        "next": links.next and _page_link(links.next),
        "previous": links.previous and _page_link(links.previous),
    }
    parts = [b'{"pagination":', _dump(head), b',"resources":', joined(documents)]
    if included is not None:
        parts += [b',"included":', included_object(included)]
    return b"".join([*parts, b"}"])


def included_object(included: Mapping[str, Sequence[bytes]]) -> bytes:
    """Return the member `included` of a list or a single resource."""
    members = [_dump(kind) + b":" + joined(documents) for kind, documents in included.items()]
    return b"{" + b",".join(members) + b"}"


def with_included(document: bytes, included: Mapping[str, Sequence[bytes]]) -> bytes:
    """Return a stored document with the member `included` added at its end."""
    return document[:-1] + b',"included":' + included_object(included) + b"}"


def v2_page(
    path: str, shown: pagination.Page, parameters: Mapping[str, str], documents: Sequence[bytes]
) -> bytes:
    """Return a v2 page of stored documents; its links are paths only."""
    previous, following = pagination.v2_links(path, shown, parameters)
    head = {
        "total_results": shown.total_results,
        "total_pages": shown.total_pages,
        "prev_url": previous,
        "next_url": following,
    }
    return _dump(head)[:-1] + b',"resources":' + joined(documents) + b"}"


def pretty(document: bytes) -> bytes:
    """Return the same JSON over several lines, for people (seed D, `pretty`)."""
    return json.dumps(json.loads(document), indent=2, ensure_ascii=False).encode()


def _page_link(href: str) -> dict[str, str]:
    # A Cloud Controller sends the address alone; one of the five documents shows the method too.
    return {"href": href, "method": "GET"}


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
