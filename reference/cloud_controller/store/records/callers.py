"""Which columns do users, clients, roles and tokens have?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cloud_controller.store.records.base import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord(Record):
    """Someone who calls, or who can log in with the built-in issuer.

    One row is what two databases hold in a foundation: the account at the UAA (name, password,
    groups as `scopes`) and the user of the Cloud Controller (`known`, with roles and metadata).

    Attributes:
        user_name: Empty for a client and for one whom the UAA does not know (any more).
        origin: The identity provider; empty without a name.
        password_hash: Empty for one who cannot log in here.
        folded_name: The name for comparisons that do not tell upper and lower case apart.
        known: Whether the Cloud Controller knows the user; he gets known with his first call.
        kind: `user` or `client` (then the guid is the id of an OAuth client); empty for one who was
            named by guid and has not called yet.

    """

    user_name: str
    email: str
    origin: str = "uaa"
    password_hash: str
    scopes: list[str] = field(default_factory=list)
    active: bool = True
    failed_logins: int = 0
    last_failure_at: int | None = None
    locked_until: int | None = None
    folded_name: str = ""
    known: bool = True
    kind: Literal["", "user", "client"] = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord(Record):
    """An OAuth client of the built-in issuer; `guid` is the client id."""

    secret_hash: str
    grant_types: list[str]
    scopes: list[str] = field(default_factory=list)
    authorities: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRecord(Record):
    """A role of a user in an organization or in a space; exactly one of the two guids is set."""

    type: str
    user_guid: str
    organization_guid: str | None = None
    space_guid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTokenRecord(Record):
    """A refresh token; only the SHA-256 of its text is kept."""

    token_hash: str
    user_guid: str
    client_id: str
    scopes: list[str]
    expires_at: int
    revoked_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedTokenRecord(Record):
    """An access token that must not be believed any more; `guid` is its `jti`."""

    expires_at: int
