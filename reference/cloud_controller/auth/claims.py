"""What do the tokens say (cloud-controller-behaviour.md 5.8)?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from joserfc import jwt

from cloud_controller.auth.errors import TokenRequestError
from cloud_controller.auth.verifier import AUDIENCE
from cloud_controller.store import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_controller.auth.keys import SigningKey
    from cloud_controller.settings import Settings
    from cloud_controller.store.records import UserRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPolicy:
    """Whose tokens they are and how long things last, in seconds."""

    issuer: str
    access_seconds: int = 600
    refresh_seconds: int = 30 * 24 * 3600
    lockout_failures: int = 5
    lockout_seconds: int = 300

    @classmethod
    def of(cls, settings: Settings) -> TokenPolicy:
        """Return what the settings say."""
        return cls(
            issuer=settings.token_issuer,
            access_seconds=settings.access_token_validity,
            refresh_seconds=settings.refresh_token_validity,
            lockout_failures=settings.lockout_failures,
            lockout_seconds=settings.lockout_seconds,
        )


def granted_scopes(
    owned: Sequence[str], allowed: Sequence[str], requested: str | None
) -> tuple[str, ...]:
    """Return the scopes that a token gets.

    Args:
        owned: What the user or client has.
        allowed: What the client may ask for; empty: everything.
        requested: What was asked for, separated by spaces; nothing: everything.

    Raises:
        TokenRequestError: Nothing that was asked for can be granted.

    """
    wanted = (requested or "").split()
    scopes = tuple(
        scope
        for scope in dict.fromkeys(owned)
        if (not allowed or scope in allowed) and (not wanted or scope in wanted)
    )
    if wanted and not scopes:
        raise TokenRequestError(
            403, "insufficient_scope", "None of the requested scopes can be granted."
        )
    return scopes


def access_token(
    key: SigningKey,
    policy: TokenPolicy,
    user: UserRecord | None,
    client_id: str,
    scopes: tuple[str, ...],
    grant_type: str,
) -> tuple[str, str]:
    """Return the `jti` and the text of a new access token; `user` is `None` for a client."""
    token_id = uuid4().hex
    claims = _common(policy, user, client_id, scopes, policy.access_seconds)
    claims |= {"jti": token_id, "grant_type": grant_type, "revocable": True}
    return token_id, _sign(key, claims)


def refresh_token(
    key: SigningKey,
    policy: TokenPolicy,
    user: UserRecord,
    client_id: str,
    scopes: tuple[str, ...],
) -> tuple[str, str]:
    """Return the `jti`, which ends in `-r`, and the text of a new refresh token."""
    token_id = f"{uuid4().hex}-r"
    claims = _common(policy, user, client_id, scopes, policy.refresh_seconds)
    claims |= {"jti": token_id, "grant_type": "password", "revocable": True}
    return token_id, _sign(key, claims)


def _common(
    policy: TokenPolicy,
    user: UserRecord | None,
    client_id: str,
    scopes: tuple[str, ...],
    seconds: int,
) -> dict[str, Any]:
    issued = clock.now() // clock.MICROSECONDS
    audiences = {AUDIENCE, client_id, *(scope.split(".")[0] for scope in scopes if "." in scope)}
    claims: dict[str, Any] = {"sub": user.guid if user else client_id}
    if user:
        claims |= {
            "user_id": user.guid,
            "user_name": user.user_name,
            "email": user.email,
            "origin": user.origin,
        }
    return claims | {
        "scope": list(scopes),
        "client_id": client_id,
        "cid": client_id,
        "azp": client_id,
        "iat": issued,
        "exp": issued + seconds,
        "iss": policy.issuer,
        "zid": "uaa",
        "aud": sorted(audiences),
    }


def _sign(key: SigningKey, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key.private)
