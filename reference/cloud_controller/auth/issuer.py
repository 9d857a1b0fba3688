"""How does someone get a token from the built-in issuer?

The three grants of cloud-controller-behaviour.md 5.8. Refresh tokens stay the same when used, as
the UAA's do by default; only their hash is stored.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from cloud_controller.auth import claims
from cloud_controller.auth.client_credentials import BAD_CREDENTIALS, authenticate
from cloud_controller.auth.errors import TokenRequestError
from cloud_controller.auth.passwords import hash_password, verify_password
from cloud_controller.auth.users import OWN_ORIGIN, find_by_name
from cloud_controller.store import clock
from cloud_controller.store.entities import (
    REFRESH_TOKENS,
    REVOKED_TOKENS,
    USERS,
)
from cloud_controller.store.records import RefreshTokenRecord, RevokedTokenRecord

if TYPE_CHECKING:
    from cloud_controller.auth.caller import Caller
    from cloud_controller.auth.claims import TokenPolicy
    from cloud_controller.auth.keys import PublicKey, SigningKey
    from cloud_controller.store.database import Database
    from cloud_controller.store.records import ClientRecord, UserRecord
    from cloud_controller.store.transaction import Transaction

GRANT_TYPES = ("password", "refresh_token", "client_credentials")

_LOCKED = "Your account has been locked because of too many failed attempts to login."
_ORIGIN_UNKNOWN = (
    "The origin provided in the login_hint does not match an active Identity Provider, that supports"
    " password grant."
)
_FAILURE_WINDOW = 3600 * clock.MICROSECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """The fields of `POST /oauth/token`; `None` where a field was not sent.

    `origin` is the identity provider that the query parameter `login_hint` names.
    """

    grant_type: str | None = None
    username: str | None = None
    password: str | None = None
    refresh_token: str | None = None
    scope: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The answer to a granted request; `expires_in` in seconds, scopes joined by spaces."""

    access_token: str
    token_type: str
    refresh_token: str | None
    expires_in: int
    scope: str
    jti: str


class TokenIssuer:
    """Grants and revokes tokens for the users and clients in the database."""

    def __init__(self, database: Database, key: SigningKey, policy: TokenPolicy) -> None:
        """Sign with `key`; `policy` says for how long and for whom."""
        self._database = database
        self._key = key
        self._policy = policy
        self._nobodys_hash = hash_password(uuid4().hex)

    def public_keys(self) -> tuple[PublicKey, ...]:
        """Return what `/token_keys` publishes."""
        return (self._key.public,)

    async def grant(self, request: TokenRequest, authorization: str | None = None) -> Granted:
        """Answer a request of the token endpoint.

        Args:
            request: The form fields.
            authorization: The Authorization header; HTTP basic credentials there win over
                `client_id` and `client_secret` in the form.

        Raises:
            TokenRequestError: It is refused; carries status, type and text of the answer.

        """
        client = await authenticate(
            self._database, request.client_id, request.client_secret, authorization
        )
        if not request.grant_type:
            raise TokenRequestError(400, "invalid_request", "Missing grant type")
        if request.grant_type not in GRANT_TYPES:
            text = f"Unsupported grant type: {request.grant_type}"
            raise TokenRequestError(400, "unsupported_grant_type", text)
        if request.grant_type not in client.grant_types:
            text = f"Unauthorized grant type: {request.grant_type}"
            raise TokenRequestError(401, "invalid_client", text)
        if request.grant_type == "password":
            return await self._password_grant(request, client)
        if request.grant_type == "refresh_token":
            return await self._refresh_grant(request, client)
        return self._client_grant(request, client)

    async def revoke(self, token_id: str, caller: Caller) -> bool:
        """Revoke the token with this `jti`: one of the caller's own, or any if he is an admin.

        Returns:
            `False` if there is no such token that he may revoke.

        """
        moment = clock.now()

        def mark(transaction: Transaction) -> bool:
            refresh = transaction.record(REFRESH_TOKENS, token_id)
            if refresh is not None:
                if not (caller.is_admin or refresh.user_guid == caller.user_guid):
                    return False
                return transaction.set_columns(REFRESH_TOKENS, token_id, revoked_at=moment)
            if not (caller.is_admin or token_id == caller.token_id):
                return False
            if transaction.record(REVOKED_TOKENS, token_id) is None:
                ends = moment + self._policy.access_seconds * clock.MICROSECONDS
                transaction.insert(
                    REVOKED_TOKENS,
                    RevokedTokenRecord(
                        guid=token_id, created_at=moment, updated_at=moment, expires_at=ends
                    ),
                )
            transaction.notify("tokens")
            return True

        return await self._database.write(mark)

    async def _password_grant(self, request: TokenRequest, client: ClientRecord) -> Granted:
        if request.username is None or request.password is None:
            missing = "username" if request.username is None else "password"
            raise TokenRequestError(400, "invalid_request", f"Missing field: {missing}")
        if request.origin not in (None, OWN_ORIGIN):
            raise TokenRequestError(401, "unauthorized", _ORIGIN_UNKNOWN)
        user = await self._login(request.username, request.password)
        scopes = claims.granted_scopes(user.scopes, client.scopes, request.scope)
        refresh = None
        if "refresh_token" in client.grant_types:
            token_id, refresh = claims.refresh_token(
                self._key, self._policy, user, client.guid, scopes
            )
            await self._store_refresh(token_id, refresh, user, client, scopes)
        return self._granted(client, user, scopes, "password", refresh)

    async def _login(self, user_name: str, password: str) -> UserRecord:
        found = await self._database.read(
            lambda reader: find_by_name(reader, user_name, OWN_ORIGIN)
        )
        user = next((one for one in found if one.password_hash), None)
        if user and user.locked_until and user.locked_until > clock.now():
            raise TokenRequestError(401, "unauthorized", _LOCKED)
        stored = user.password_hash if user else self._nobodys_hash
        matches = await asyncio.to_thread(verify_password, password, stored)
        if user is None or not user.active:
            raise TokenRequestError(401, "unauthorized", BAD_CREDENTIALS)
        if not matches:
            await self._database.write(lambda transaction: self._count_failure(transaction, user))
            raise TokenRequestError(401, "unauthorized", BAD_CREDENTIALS)
        if user.failed_logins:
            await self._database.write(
                lambda transaction: transaction.set_columns(
                    USERS, user.guid, failed_logins=0, locked_until=None
                )
            )
        return user

    def _count_failure(self, transaction: Transaction, user: UserRecord) -> None:
        present = transaction.record(USERS, user.guid)
        if present is None or not self._policy.lockout_failures:
            return
        moment = clock.now()
        recent = (present.last_failure_at or 0) > moment - _FAILURE_WINDOW
        failures = present.failed_logins + 1 if recent else 1
        locked = failures >= self._policy.lockout_failures
        until = moment + self._policy.lockout_seconds * clock.MICROSECONDS
        transaction.set_columns(
            USERS,
            user.guid,
            failed_logins=0 if locked else failures,
            last_failure_at=moment,
            locked_until=until if locked else None,
        )

    async def _store_refresh(
        self,
        token_id: str,
        token: str,
        user: UserRecord,
        client: ClientRecord,
        scopes: tuple[str, ...],
    ) -> None:
        moment = clock.now()
        record = RefreshTokenRecord(
            guid=token_id,
            created_at=moment,
            updated_at=moment,
            token_hash=_hash(token),
            user_guid=user.guid,
            client_id=client.guid,
            scopes=list(scopes),
            expires_at=moment + self._policy.refresh_seconds * clock.MICROSECONDS,
        )
        await self._database.write(lambda transaction: transaction.insert(REFRESH_TOKENS, record))

    async def _refresh_grant(self, request: TokenRequest, client: ClientRecord) -> Granted:
        if request.refresh_token is None:
            raise TokenRequestError(400, "invalid_request", "Missing field: refresh_token")
        token = request.refresh_token
        found = await self._database.read(
            lambda reader: reader.first(REFRESH_TOKENS, token_hash=_hash(token))
        )
        alive = found and found.revoked_at is None and found.expires_at > clock.now()
        if not found or not alive or found.client_id != client.guid:
            raise _invalid_refresh_token()
        user = await self._database.read(lambda reader: reader.record(USERS, found.user_guid))
        if user is None or not user.active:
            raise _invalid_refresh_token()
        kept = [scope for scope in found.scopes if scope in user.scopes]
        scopes = claims.granted_scopes(kept, client.scopes, request.scope)
        return self._granted(client, user, scopes, "refresh_token", token)

    def _client_grant(self, request: TokenRequest, client: ClientRecord) -> Granted:
        scopes = claims.granted_scopes(client.authorities, (), request.scope)
        return self._granted(client, None, scopes, "client_credentials", None)

    def _granted(
        self,
        client: ClientRecord,
        user: UserRecord | None,
        scopes: tuple[str, ...],
        grant_type: str,
        refresh_token: str | None,
    ) -> Granted:
        token_id, token = claims.access_token(
            self._key, self._policy, user, client.guid, scopes, grant_type
        )
        return Granted(
            access_token=token,
            token_type="bearer",  # noqa: S106 -- the name of a scheme
            refresh_token=refresh_token,
            expires_in=max(self._policy.access_seconds - 1, 0),
            scope=" ".join(scopes),
            jti=token_id,
        )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _invalid_refresh_token() -> TokenRequestError:
    # The same text for garbage, expired and revoked: it must not tell which it is.
    return TokenRequestError(
        401, "invalid_token", "The refresh token is invalid, expired or revoked."
    )
