"""How does the UAA show an account (SCIM 1.0)?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from capi import models
from cloud_controller.present.rendering import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_controller.store.records import ClientRecord, UserRecord

PAGE: Final = 100
"""How many accounts a list shows at most."""

_SCHEMAS: Final = ["urn:scim:schemas:core:1.0"]


def account(user: UserRecord) -> bytes:
    """Return the document of an account."""
    return render(models.Account, _account(user))


def accounts(users: Sequence[UserRecord]) -> bytes:
    """Return the list of the first of these accounts."""
    document = {
        "resources": [_account(user) for user in users[:PAGE]],
        "startIndex": 1,
        "itemsPerPage": PAGE,
        "totalResults": len(users),
        "schemas": _SCHEMAS,
    }
    return render(models.AccountList, document)


def client(found: ClientRecord) -> bytes:
    """Return the document of a client, without its secret."""
    document = {
        "client_id": found.guid,
        "authorized_grant_types": found.grant_types,
        "scope": found.scopes,
        "authorities": found.authorities,
    }
    return render(models.OAuthClient, document)


def password_changed() -> bytes:
    """Return what says that a password is another one now."""
    return json.dumps({"status": "ok", "message": "password updated"}).encode()


def _account(user: UserRecord) -> dict[str, Any]:
    return {
        "id": user.guid,
        "userName": user.user_name,
        "name": {},
        "emails": [{"value": user.email or user.user_name, "primary": True}],
        "active": user.active,
        "origin": user.origin,
        "schemas": _SCHEMAS,
    }
