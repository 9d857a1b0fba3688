"""Which client asks for a token, and does it know its secret (behaviour document, 5.8)?"""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import TYPE_CHECKING, Final

from cloud_controller.auth.errors import TokenRequestError
from cloud_controller.auth.passwords import verify_password
from cloud_controller.store.entities import CLIENTS

if TYPE_CHECKING:
    from cloud_controller.store.database import Database
    from cloud_controller.store.records import ClientRecord

BAD_CREDENTIALS: Final = "Bad credentials"


async def authenticate(
    database: Database, client_id: str | None, secret: str | None, authorization: str | None
) -> ClientRecord:
    """Return the client of a token request; HTTP basic credentials win over the form (5.8).

    Raises:
        TokenRequestError: There is no such client, or the secret is another.

    """
    name, given = _basic_credentials(authorization) or (client_id or "", secret or "")
    client = await database.read(lambda reader: reader.record(CLIENTS, name))
    if client is None or not await _secret_matches(client, given):
        raise TokenRequestError(401, "invalid_client", BAD_CREDENTIALS)
    return client


def _basic_credentials(authorization: str | None) -> tuple[str, str] | None:
    """Return user and password of an HTTP basic header, or `None` if it is none.

    Raises:
        TokenRequestError: The scheme is basic, but what follows cannot be decoded.

    """
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = (
            base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        )
    except (binascii.Error, UnicodeDecodeError):
        colon = ""
    if not colon:
        raise TokenRequestError(401, "invalid_client", BAD_CREDENTIALS)
    return name, secret


async def _secret_matches(client: ClientRecord, secret: str) -> bool:
    if not client.secret_hash:
        return not secret
    return await asyncio.to_thread(verify_password, secret, client.secret_hash)
