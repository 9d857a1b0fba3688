"""What does the server know about the one who calls?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ADMIN = "cloud_controller.admin"
ADMIN_READ_ONLY = "cloud_controller.admin_read_only"
GLOBAL_AUDITOR = "cloud_controller.global_auditor"
READ = "cloud_controller.read"
WRITE = "cloud_controller.write"
UPDATE_BUILD_STATE = "cloud_controller.update_build_state"

_MAY_READ = frozenset({ADMIN, ADMIN_READ_ONLY, GLOBAL_AUDITOR, READ})
_MAY_WRITE = frozenset({ADMIN, WRITE})
_READS_ALL = frozenset({ADMIN, ADMIN_READ_ONLY, GLOBAL_AUDITOR})
_READS_SECRETS = frozenset({ADMIN, ADMIN_READ_ONLY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The principal behind a verified token (cloud-controller-behaviour.md 1.2).

    The rights follow from the scopes alone; roles are the database's.

    Attributes:
        user_guid: `user_id` of the token, or the client id when a client calls for itself.
        user_name: Empty for a client.
        email: Empty for a client, and when the token does not tell.
        client_id: The client that got the token.
        origin: The identity provider that knows the user; empty for a client.
        is_client: Whether a client calls for itself.
        scopes: All scopes of the token.
        token_id: The `jti` of the token.
        has_read_scope: Passes the gate of GET and HEAD.
        has_write_scope: Passes the gate of every other method.
        is_admin: May do everything; suspension does not apply.
        reads_all: Sees every organization and space.
        reads_secrets: Additionally sees what only a Space Developer sees.
        updates_build_state: May change builds' `state` and droplets' `image`.

    """

    user_guid: str
    user_name: str = ""
    email: str = ""
    client_id: str = ""
    origin: str = ""
    is_client: bool = False
    scopes: frozenset[str] = frozenset()
    token_id: str = ""
    has_read_scope: bool = field(init=False)
    has_write_scope: bool = field(init=False)
    is_admin: bool = field(init=False)
    reads_all: bool = field(init=False)
    reads_secrets: bool = field(init=False)
    updates_build_state: bool = field(init=False)

    def __post_init__(self) -> None:
        """Work out the rights once; a caller is cached as long as its token lives."""
        found = {
            "has_read_scope": bool(self.scopes & _MAY_READ),
            "has_write_scope": bool(self.scopes & _MAY_WRITE),
            "is_admin": ADMIN in self.scopes,
            "reads_all": bool(self.scopes & _READS_ALL),
            "reads_secrets": bool(self.scopes & _READS_SECRETS),
            "updates_build_state": UPDATE_BUILD_STATE in self.scopes,
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @property
    def visible_to(self) -> str | None:
        """What `Reader.record` and `VisibleTo` take: the guid, or `None` for one who reads all."""
        return None if self.reads_all else self.user_guid

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Caller:
        """Return the caller that verified claims describe.

        Raises:
            ValueError: There is neither a user nor a client in them.

        """
        client = _text(claims, "client_id") or _text(claims, "cid")
        user = _text(claims, "user_id")
        guid = user or client
        if not guid:
            raise ValueError("the token names neither a user nor a client")
        scopes = claims.get("scope", [])
        return cls(
            user_guid=guid,
            user_name=_text(claims, "user_name"),
            email=_text(claims, "email"),
            client_id=client,
            origin=_text(claims, "origin") if user else "",
            is_client=not user,
            token_id=_text(claims, "jti"),
            scopes=frozenset(scope for scope in scopes if isinstance(scope, str)),
        )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
