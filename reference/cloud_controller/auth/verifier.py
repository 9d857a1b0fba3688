"""Is this Authorization header a token that counts, and whose is it?

Rules: cloud-controller-behaviour.md 1.2. Only RS256 with a key of ours, or of the UAA elsewhere; a
verified token is remembered until it expires.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from joserfc import jws, jwt
from joserfc.errors import JoseError

from cloud_controller.auth.caller import Caller
from cloud_controller.auth.errors import InvalidAuthTokenError, NotAuthenticatedError
from cloud_controller.store import clock
from cloud_controller.store.entities import REVOKED_TOKENS
from cloud_controller.store.query import Compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from joserfc.jwk import GuestProtocol, RSAKey

    from cloud_controller.auth.keys import SigningKey
    from cloud_controller.auth.outside_uaa import OutsideUaa, Trust
    from cloud_controller.store.database import Database

AUDIENCE = "cloud_controller"
"""The resource id that must be among a token's `aud`."""

_ALGORITHMS = ("RS256",)
_UNREADABLE = (JoseError, ValueError, TypeError, KeyError, RecursionError)
_BEARER = re.compile(r"bearer\b", re.IGNORECASE)
_REMEMBERED = 4096
_REVOCATION_SECONDS = 1.0


class _Verified(NamedTuple):
    expires: float
    token_id: str
    caller: Caller


class Verifier:
    """Verifies access tokens of one issuer."""

    def __init__(self, database: Database, keys: Iterable[SigningKey], *, issuer: str) -> None:
        """Accept tokens signed by one of `keys` whose `iss` is `issuer`."""
        self._database = database
        self._keys = {key.kid: key.private for key in keys}
        self._issuer = issuer
        self._verified: OrderedDict[str, _Verified] = OrderedDict()
        self._revoked: frozenset[str] = frozenset()
        self._revoked_read_at = float("-inf")
        database.listen("tokens", self.forget_revocations)

    def forget_revocations(self) -> None:
        """Read the revoked tokens again with the next request."""
        self._revoked_read_at = float("-inf")

    async def verify(self, authorization: str | None) -> Caller:
        """Return the caller behind the value of an Authorization header.

        Raises:
            NotAuthenticatedError: No header, or another scheme than `bearer` (any letter case).
            InvalidAuthTokenError: The token is malformed, expired, not ours, revoked or a refresh
                token.

        """
        token = bearer_token(authorization)
        verified = self._verified.get(token)
        if verified is None:
            verified = await self._examine(token)
            self._remember(token, verified)
        if verified.expires <= time.time():
            del self._verified[token]
            raise InvalidAuthTokenError("the token has expired")
        if verified.token_id in await self._revocations():
            raise InvalidAuthTokenError("the token was revoked")
        return verified.caller

    async def _examine(self, token: str) -> _Verified:
        return check_claims(decode(token, self._keys), issuer=self._issuer)

    def _remember(self, token: str, verified: _Verified) -> None:
        self._verified[token] = verified
        if len(self._verified) > _REMEMBERED:
            self._verified.popitem(last=False)

    async def _revocations(self) -> frozenset[str]:
        # Other processes revoke as well, so what is known here is at most a second old.
        moment = time.monotonic()
        if moment - self._revoked_read_at > _REVOCATION_SECONDS:
            alive = Compare("expires_at", "gt", clock.now())
            rows = await self._database.read(
                lambda reader: reader.columns(REVOKED_TOKENS, ("guid",), alive)
            )
            self._revoked = frozenset(row[0] for row in rows)
            self._revoked_read_at = moment
        return self._revoked


class OutsideVerifier(Verifier):
    """Verifies access tokens of a UAA elsewhere."""

    def __init__(self, database: Database, uaa: OutsideUaa) -> None:
        """Accept tokens that this UAA has issued."""
        super().__init__(database, (), issuer="")
        self._uaa = uaa
        self._trusted: Trust | None = None

    async def verify(self, authorization: str | None) -> Caller:
        """Return the caller behind the value of an Authorization header; see `Verifier.verify`.

        Raises:
            UaaUnavailableError: The UAA does not answer, and what is known of it is not enough.

        """
        return await super().verify(authorization)

    async def _examine(self, token: str) -> _Verified:
        trust = await self._uaa.trust(kid=key_id(token))
        claims = decode(token, trust.keys)
        issuer = claims.get("iss")
        if isinstance(issuer, str) and issuer != trust.issuer:
            trust = await self._uaa.trust(issuer=issuer)
        if trust is not self._trusted:  # what a key that is gone now has signed counts no more
            self._trusted = trust
            self._verified.clear()
        return check_claims(claims, issuer=trust.issuer)


def key_id(token: str) -> str:
    """Return the `kid` of a token that nobody has verified yet.

    Raises:
        InvalidAuthTokenError: It is no signed token, or does not name a key and RS256.

    """
    try:
        headers = jws.extract_compact(token.encode()).headers()
    except _UNREADABLE as error:
        raise InvalidAuthTokenError(f"the token cannot be read: {type(error).__name__}") from None
    kid = headers.get("kid")
    if headers.get("alg") not in _ALGORITHMS or not isinstance(kid, str):
        raise InvalidAuthTokenError("the token names no key, or another algorithm")
    return kid


def decode(token: str, keys: Mapping[str, RSAKey]) -> Mapping[str, Any]:
    """Return the claims of a token that one of `keys` has signed.

    Raises:
        InvalidAuthTokenError: It is malformed, or signed with another key or algorithm.

    """

    def key_for(found: GuestProtocol) -> RSAKey:
        kid = found.headers().get("kid")
        if not isinstance(kid, str) or kid not in keys:
            raise InvalidAuthTokenError("the token is signed with an unknown key")
        return keys[kid]

    try:
        return jwt.decode(token, key_for, algorithms=_ALGORITHMS).claims
    except _UNREADABLE as error:
        raise InvalidAuthTokenError(f"the token cannot be read: {type(error).__name__}") from None


def bearer_token(authorization: str | None) -> str:
    """Return the token of an Authorization header.

    Raises:
        NotAuthenticatedError: No header, or another scheme.

    """
    if not authorization or not _BEARER.match(authorization):
        raise NotAuthenticatedError("no bearer token")
    return authorization[len("bearer") :].strip()


def check_claims(claims: Mapping[str, Any], *, issuer: str) -> _Verified:
    """Check what a correctly signed token says.

    Raises:
        InvalidAuthTokenError: A claim is missing or wrong.

    """
    token_id = claims.get("jti")
    if not isinstance(token_id, str) or not token_id or token_id.endswith("-r"):
        raise InvalidAuthTokenError("the token is no access token")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if AUDIENCE not in audiences:
        raise InvalidAuthTokenError("the token is for another audience")
    if claims.get("iss") != issuer:
        raise InvalidAuthTokenError("the token is from another issuer")
    expires = claims.get("exp")
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        raise InvalidAuthTokenError("the token does not say when it expires")
    try:
        return _Verified(expires, token_id, Caller.from_claims(claims))
    except (ValueError, TypeError) as error:
        raise InvalidAuthTokenError("the token names no caller") from error
