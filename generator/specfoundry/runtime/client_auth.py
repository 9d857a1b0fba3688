"""How does a client show who it is, when the credential never changes?

`httpx2.BasicAuth` serves HTTP basic; changing tokens are in `client_oauth2`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

import httpx2

if TYPE_CHECKING:
    from collections.abc import Generator


class BearerToken(httpx2.Auth):
    """Sends one fixed token in `Authorization: Bearer …` (RFC 6750, 2.1)."""

    def __init__(self, token: str) -> None:
        self._token = token.strip()

    def __repr__(self) -> str:
        return "BearerToken(…)"

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add the header and send."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class ApiKey(httpx2.Auth):
    """Sends one fixed key in a header, a query parameter or a cookie (OpenAPI 3.1, 4.8.27)."""

    def __init__(
        self, name: str, key: str, *, location: Literal["header", "query", "cookie"] = "header"
    ) -> None:
        self._name = name
        self._key = key
        self._location = location
        if location == "query":
            _keep_out_of_the_log(name)

    def __repr__(self) -> str:
        return f"ApiKey({self._name!r}, …, location={self._location!r})"

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Put the key in its place and send."""
        if self._location == "header":
            request.headers[self._name] = self._key
        elif self._location == "query":
            request.url = _with_query_member(request.url, self._name, self._key)
        else:
            httpx2.Cookies({self._name: self._key}).set_cookie_header(request)
        yield request


class Combined(httpx2.Auth):
    """Applies several credentials to every request, for operations that ask for all of them."""

    def __init__(self, *parts: BearerToken | ApiKey | httpx2.BasicAuth) -> None:
        self._parts = parts

    def __repr__(self) -> str:
        return f"Combined({', '.join(type(part).__name__ for part in self._parts)})"

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Let every part add its own, then send once."""
        for part in self._parts:
            next(part.auth_flow(request))
        yield request


def _with_query_member(url: httpx2.URL, name: str, value: str) -> httpx2.URL:
    # Appended as text: merging would decode and rewrite the delimiters of the other members.
    member = urlencode({name: value}).encode("ascii")
    return url.copy_with(query=url.query + b"&" + member if url.query else member)


class _SecretParameters(logging.Filter):
    """Hides keys that travel in the query from the lines that httpx2 logs about each request."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(self._redacted(value) for value in record.args)
        return True

    def _redacted(self, value: object) -> object:
        if not isinstance(value, httpx2.URL):
            return value
        hidden = {name: "REDACTED" for name in self.names if name in value.params}
        return value.copy_merge_params(hidden) if hidden else value


_secret_parameters = _SecretParameters()


def _keep_out_of_the_log(name: str) -> None:
    _secret_parameters.names.add(name)
    logging.getLogger("httpx2").addFilter(_secret_parameters)
