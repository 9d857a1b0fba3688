"""With which credentials does a run call, and how do they stay valid?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

import httpx2

from specfoundry.document.pointer import follow
from specfoundry.fuzz.promises.contract import target
from specfoundry.fuzz.server.exchange import FORM

if TYPE_CHECKING:
    from specfoundry.fuzz.promises.contract import Body, Contract

_MARGIN: Final = 0.5
"""A token is renewed after this part of its life."""
_LIFE: Final = 300
"""Seconds that a token is taken to live when its issuer does not say."""


class LoginError(Exception):
    """No token could be had; the text says why, without credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user's name and password, and the client that asks for the token (RFC 6749, 4.3)."""

    user: str
    password: str
    client: str = ""
    client_secret: str = ""
    token_url: str

    def __repr__(self) -> str:
        """Return the names only: a repr ends up in logs."""
        return f"Credentials(user={self.user!r}, client={self.client!r})"


class Login(Mapping[str, Mapping[str, str]]):
    """The identities of a session; the usual caller's token is renewed before it expires.

    Raises:
        LoginError: On reading the usual caller's headers, when the issuer gives no token.

    """

    def __init__(
        self,
        credentials: Credentials,
        http: httpx2.Client,
        others: Mapping[str, Mapping[str, str]],
    ) -> None:
        """Begin without a token.

        Args:
            credentials: Whose token it is.
            http: Sends the requests for tokens.
            others: Headers of the other identities, by name.
        """
        self._credentials = credentials
        self._http = http
        self._others = dict(others)
        self._lock = threading.Lock()
        self._header = ""
        self._until = 0.0

    def __getitem__(self, name: str) -> Mapping[str, str]:
        return {"Authorization": self._current()} if name == "" else self._others[name]

    def __iter__(self) -> Iterator[str]:
        yield from ("", *self._others)

    def __len__(self) -> int:
        return 1 + len(self._others)

    def _current(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                self._header, life = _token(self._credentials, self._http)
                self._until = time.monotonic() + life * _MARGIN
            return self._header


def _token(credentials: Credentials, http: httpx2.Client) -> tuple[str, float]:
    form = {
        "grant_type": "password",
        "username": credentials.user,
        "password": credentials.password,
    }
    basic = httpx2.BasicAuth(credentials.client, credentials.client_secret)
    auth = basic if credentials.client else httpx2.Auth()
    where = credentials.token_url
    try:
        answer = http.post(
            where,
            data=form,
            auth=auth,
            headers={"Accept": "application/json"},
        )
        value: Any = answer.json()
    except (httpx2.RequestError, httpx2.InvalidURL) as error:
        raise LoginError(f"{where} cannot be reached: {error or type(error).__name__}") from error
    except ValueError as error:
        raise LoginError(f"{where} answered {answer.status_code}, and no JSON") from error
    if answer.status_code != 200 or not isinstance(value, dict) or "access_token" not in value:
        said = (
            value.get("error_description", value.get("error", ""))
            if isinstance(value, dict)
            else ""
        )
        raise LoginError(f"{where} gave no token: {answer.status_code} {said}".rstrip())
    life = value.get("expires_in")
    kind = value.get("token_type", "bearer")
    return f"{kind} {value['access_token']}", life if isinstance(life, int | float) else _LIFE


def token_url(contract: Contract, server: str) -> str | None:
    """Return where the document says that tokens are issued for a password, or None.

    That is the `tokenUrl` of an OAuth 2 password flow (OpenAPI 3.1, 4.8.28), or else the operation
    that takes a form with a `grant_type`.

    Args:
        contract: The document.
        server: Address of the server, to which relative addresses belong.
    """
    schemes = contract.node.get("components", {}).get("securitySchemes", {})
    for scheme in schemes.values():
        _, node = target(contract.node, "", scheme)
        flow = node.get("flows", {}).get("password")
        if isinstance(flow, dict) and "tokenUrl" in flow:
            return urljoin(f"{server.rstrip('/')}/", str(flow["tokenUrl"]))
    for operation in contract:
        if operation.method == "POST" and any(
            _asks_for_grant(contract, one) for one in operation.bodies
        ):
            return server.rstrip("/") + operation.path
    return None


def _asks_for_grant(contract: Contract, body: Body) -> bool:
    if body.media_type != FORM or body.schema_pointer is None:
        return False
    pointer, schema = target(
        contract.node, body.schema_pointer, follow(contract.node, body.schema_pointer)
    )
    branches = [
        target(contract.node, pointer, branch)[1]
        for keyword in ("oneOf", "anyOf", "allOf")
        for branch in schema.get(keyword, ())
    ]
    return any("grant_type" in one.get("properties", {}) for one in (schema, *branches))
