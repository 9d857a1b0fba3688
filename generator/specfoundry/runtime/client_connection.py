"""Where does a client send its requests, and where does a redirected download lead?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
"""Seconds without any progress, not for a whole call."""

REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Redirected:
    """The request that a redirect asks for."""

    request: httpx2.Request
    to_same_host: bool


def base_of(base_url: str) -> str:
    """Return `base_url` without its trailing slash; raise `ValueError` when it is no base address."""
    url = httpx2.URL(base_url)
    if url.scheme not in {"http", "https"} or not url.host:
        message = f"base_url must begin with http:// or https:// and name a host: {base_url!r}"
        raise ValueError(message)
    if url.query or url.fragment:
        message = "base_url must have no query and no fragment"
        raise ValueError(message)
    return str(url).rstrip("/")


def named(base_url: str) -> str:
    """Return the address without credentials, for messages."""
    return str(httpx2.URL(base_url).copy_with(userinfo=b""))


def download_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return request headers of a download: compressed bytes could not be resumed or measured."""
    return {"Accept-Encoding": "identity", **headers}


def followed(response: httpx2.Response) -> Redirected | None:
    """Return where a redirected GET goes on, None when `response` is no redirect.

    Another host gets neither our credentials nor any header beside Accept and Range: signed
    addresses of blob stores refuse requests with a second authorisation.
    """
    if not response.has_redirect_location or response.request.method != "GET":
        return None
    target = response.request.url.join(response.headers["location"])
    if target.scheme not in {"http", "https"}:
        return None
    same = target.origin == response.request.url.origin
    headers = dict(response.request.headers) if same else _harmless(response.request.headers)
    return Redirected(
        httpx2.Request("GET", target, headers=headers, extensions=response.request.extensions),
        same,
    )


def _harmless(headers: httpx2.Headers) -> dict[str, str]:
    kept = ("accept", "accept-encoding", "range", "if-range", "user-agent")
    return {name: headers[name] for name in kept if name in headers}
