"""How does a client get an OAuth 2.0 access token, and a new one when it has expired?

Grants: password (RFC 6749, 4.3), client_credentials (4.4) and refresh_token (6).
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import anyio
import httpx2

from specfoundry.runtime.client_errors import AuthenticationFailed
from specfoundry.runtime.client_streams import is_replayable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Iterator, Mapping

EXPIRY_MARGIN_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint granted."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: float | None = None
    """Reading of the monotonic clock from which the access token counts as expired."""

    @property
    def expired(self) -> bool:
        """Whether the token is known to be over, or nearly."""
        return self.expires_at is not None and time.monotonic() >= self.expires_at


class OAuth2(httpx2.Auth):
    """Fetches a token before the first call, renews it before it expires and once after a 401.

    Made by `OAuth2.password`, `OAuth2.client_credentials` or `OAuth2.refresh_token`. The object
    may be shared by clients and threads. Raises `AuthenticationFailed` when no token is granted.
    A request whose body cannot be read twice is not sent again after a 401.
    """

    def __init__(
        self,
        token_url: str,
        grant: Mapping[str, str],
        *,
        client_id: str,
        client_secret: str = "",
        tokens: Tokens | None = None,
    ) -> None:
        self._token_url = token_url
        self._grant = dict(grant)
        self._client = httpx2.BasicAuth(quote_plus(client_id), quote_plus(client_secret))
        self._tokens = tokens
        self._refusal = AuthenticationFailed(0, "no grant and no refresh token")
        self._thread_lock = threading.Lock()
        self._task_lock = anyio.Lock()

    def __repr__(self) -> str:
        return f"OAuth2({self._token_url!r}, grant_type={self._grant.get('grant_type')!r})"

    @classmethod
    def password(
        cls,
        token_url: str,
        username: str,
        password: str,
        *,
        client_id: str,
        client_secret: str = "",
        scope: str | None = None,
    ) -> OAuth2:
        """Log in a user with name and password."""
        grant = {"grant_type": "password", "username": username, "password": password}
        return cls(
            token_url, _scoped(grant, scope), client_id=client_id, client_secret=client_secret
        )

    @classmethod
    def client_credentials(
        cls, token_url: str, client_id: str, client_secret: str, *, scope: str | None = None
    ) -> OAuth2:
        """Log in a client on its own behalf."""
        grant = _scoped({"grant_type": "client_credentials"}, scope)
        return cls(token_url, grant, client_id=client_id, client_secret=client_secret)

    @classmethod
    def refresh_token(
        cls, token_url: str, refresh_token: str, *, client_id: str, client_secret: str = ""
    ) -> OAuth2:
        """Go on with a refresh token from an earlier login."""
        tokens = Tokens("", refresh_token, expires_at=time.monotonic())
        return cls(token_url, {}, client_id=client_id, client_secret=client_secret, tokens=tokens)

    @property
    def tokens(self) -> Tokens | None:
        """The tokens in use, None before the first call."""
        return self._tokens

    def sync_auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Authorise, send, and after a 401 renew and send once more."""
        yield from self._renew(None)
        used = self._authorise(request)
        response = yield request
        if response.status_code == 401 and is_replayable(request):
            yield from self._renew(used)
            self._authorise(request)
            yield request

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Authorise, send, and after a 401 renew and send once more."""
        if self._stale(None):
            async with self._task_lock:
                for attempt in self._attempts(None):
                    answer = yield attempt
                    self._accept(answer.status_code, await answer.aread())
        used = self._authorise(request)
        response = yield request
        if response.status_code == 401 and is_replayable(request):
            async with self._task_lock:
                for attempt in self._attempts(used):
                    answer = yield attempt
                    self._accept(answer.status_code, await answer.aread())
            self._authorise(request)
            yield request

    def _renew(self, used: Tokens | None) -> Generator[httpx2.Request, httpx2.Response, None]:
        if not self._stale(used):
            return
        with self._thread_lock:
            for attempt in self._attempts(used):
                answer = yield attempt
                self._accept(answer.status_code, answer.read())

    def _stale(self, used: Tokens | None) -> bool:
        return self._tokens is None or self._tokens is used or self._tokens.expired

    def _attempts(self, used: Tokens | None) -> Iterator[httpx2.Request]:
        """Yield token requests while there is no fresh token; the refresh token goes first."""
        if not self._stale(used):
            return  # somebody else renewed while we waited for the lock
        before = self._tokens
        if before is not None and before.refresh is not None:
            form = {"grant_type": "refresh_token", "refresh_token": before.refresh}
            yield self._token_request(form)
            if self._tokens is not before:
                return
        if self._grant:
            yield self._token_request(self._grant)
        if self._tokens is before:
            raise self._refusal

    def _token_request(self, form: Mapping[str, str]) -> httpx2.Request:
        request = httpx2.Request(
            "POST", self._token_url, data=dict(form), headers={"Accept": "application/json"}
        )
        return next(self._client.auth_flow(request))

    def _accept(self, status: int, body: bytes) -> None:
        """Keep the tokens of a successful answer; remember why there are none otherwise."""
        answer = _json_object(body)
        access = answer.get("access_token")
        if status != 200 or not isinstance(access, str) or not access:
            error = str(answer.get("error", "without an OAuth error"))
            self._refusal = AuthenticationFailed(
                status, error, str(answer.get("error_description", ""))
            )
            return
        before = self._tokens.refresh if self._tokens is not None else None
        refresh = answer.get("refresh_token", before)
        self._tokens = Tokens(
            access,
            refresh if isinstance(refresh, str) else None,
            _expiry(answer.get("expires_in")),
        )

    def _authorise(self, request: httpx2.Request) -> Tokens | None:
        if self._tokens is not None:
            request.headers["Authorization"] = f"Bearer {self._tokens.access}"
        return self._tokens


def _scoped(grant: dict[str, str], scope: str | None) -> dict[str, str]:
    return grant if scope is None else {**grant, "scope": scope}


def _expiry(seconds: object) -> float | None:
    """Return when a token that lives `seconds` should be renewed, on the monotonic clock."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return None
    # A token that lives shorter than the margin would be renewed before every single call.
    margin = min(EXPIRY_MARGIN_SECONDS, seconds / 2)
    return time.monotonic() + seconds - margin


def _json_object(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
