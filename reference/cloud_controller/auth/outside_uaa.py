"""Which keys and which issuer does a UAA elsewhere have, and what if it does not answer?

Both are fetched when they are first needed, kept, and fetched again when a token shows an unknown
key or another issuer; but not more often than every few seconds, so that no flood of made-up tokens
becomes one of requests. What arrives is bounded in time and size and believed only if it is a public
RSA key (cloud-controller-behaviour.md 1.2 and 5.8).
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from cloud_controller.auth.errors import UaaUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG: Final = logging.getLogger("cloud_controller.auth")

MAX_BYTES: Final = 1024 * 1024
TIMEOUT_SECONDS: Final = 5.0
_AGAIN_SECONDS: Final = 10.0
_AGAIN_AFTER_FAILURE_SECONDS: Final = 1.0
_FRESH_SECONDS: Final = 3600.0
_MIN_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Trust:
    """What was fetched: the issuer, and the keys by `kid`."""

    issuer: str
    keys: Mapping[str, RSAKey] = field(default_factory=dict)


class OutsideUaa:
    """The keys and the issuer of the UAA at one address."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        """Ask the UAA at `url` (without a trailing slash), each time for `timeout` seconds at most."""
        self._url = url
        self._timeout = timeout
        self._lock = asyncio.Lock()
        self._trust: Trust | None = None
        self._fetched_at = float("-inf")
        self._failed_at = float("-inf")

    async def trust(self, *, kid: str | None = None, issuer: str | None = None) -> Trust:
        """Return what is known, fetched again if it does not have this key or issuer.

        Raises:
            UaaUnavailableError: Nothing is known, or the key or issuer is not, and the UAA does not
                answer.

        """
        known = self._trust
        if known is not None and self._suffices(known, kid, issuer):
            return known
        async with self._lock:
            known = self._trust  # another request may have fetched meanwhile
            if known is not None and self._suffices(known, kid, issuer):
                return known
            try:
                return await self._fetch_again()
            except UaaUnavailableError:
                if known is not None and _knows(known, kid, issuer):
                    return known  # old, but nothing speaks against it
                raise

    def _suffices(self, known: Trust, kid: str | None, issuer: str | None) -> bool:
        age = time.monotonic() - self._fetched_at
        return age < _AGAIN_SECONDS or (_knows(known, kid, issuer) and age < _FRESH_SECONDS)

    async def _fetch_again(self) -> Trust:
        if time.monotonic() - self._failed_at < _AGAIN_AFTER_FAILURE_SECONDS:
            raise UaaUnavailableError("the UAA did not answer a moment ago")
        try:
            async with asyncio.timeout(self._timeout):
                self._trust = await self._fetch()
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError) as error:
            self._failed_at = time.monotonic()
            LOG.warning("UAA %s: %s", self._url, str(error) or type(error).__name__)
            raise UaaUnavailableError("the UAA does not answer") from error
        self._fetched_at = time.monotonic()
        return self._trust

    async def _fetch(self) -> Trust:
        # A connection for each: this happens about once an hour.
        async with httpx2.AsyncClient(timeout=self._timeout, follow_redirects=False) as client:
            issuer = (await self._get(client, "/.well-known/openid-configuration")).get("issuer")
            if not isinstance(issuer, str) or not issuer:
                raise ValueError("its configuration names no issuer")
            keys = read_keys((await self._get(client, "/token_keys")).get("keys"))
        return Trust(issuer, keys)

    async def _get(self, client: httpx2.AsyncClient, path: str) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        async with client.stream("GET", self._url + path, headers=headers) as answer:
            if answer.status_code != httpx2.codes.OK:
                raise ValueError(f"{path} answers {answer.status_code}")
            found = bytearray()
            async for piece in answer.aiter_bytes():
                found += piece
                if len(found) > MAX_BYTES:
                    raise ValueError(f"{path} answers more than {MAX_BYTES} bytes")
        return _object(found, path)


def _object(found: bytes | bytearray, path: str) -> dict[str, Any]:
    try:
        document = json.loads(found)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ValueError(f"{path} answers no JSON object")  # noqa: TRY004 -- it came from outside
    return document


def _knows(known: Trust, kid: str | None, issuer: str | None) -> bool:
    return kid in (None, *known.keys) and issuer in (None, known.issuer)


def read_keys(keys: object) -> dict[str, RSAKey]:
    """Return the usable keys of `/token_keys` by `kid`.

    Raises:
        ValueError: There is none. Keys of other kinds, such as shared secrets, are left out: with
            one, everybody who reads it could sign.

    """
    found = {}
    for key in keys if isinstance(keys, list) else []:
        kid, usable = _read_key(key) if isinstance(key, dict) else ("", None)
        if usable is not None:
            found[kid] = usable
    if not found:
        raise ValueError("/token_keys answers no RSA key")
    return found


def _read_key(key: Mapping[str, Any]) -> tuple[str, RSAKey | None]:
    kid, value = key.get("kid"), key.get("value")
    is_usual = key.get("alg", "RS256") in ("RS256", "SHA256withRSA")
    if key.get("kty") != "RSA" or not is_usual or not isinstance(kid, str):
        return "", None
    members: dict[str, str | list[str]] = {
        "kty": "RSA",
        "n": str(key.get("n")),
        "e": str(key.get("e")),
    }
    try:
        found = RSAKey.import_key(value if isinstance(value, str) else members)
        size = found.raw_value.key_size
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return kid, None
    return kid, found if size >= _MIN_BITS else None
