"""How does a stored document stay true when the external address changes?

Presenters write links as `BASE_URL + "/v3/packages/…"`. `BASE_URL` is random per process and never
leaves it, so no user can write it into a name or an annotation. Before a document is stored the
token becomes one raw control byte, which a JSON serializer never writes by itself (it escapes it);
`reveal` puts the present external address in its place. The exchange is therefore exact.
"""

from __future__ import annotations

import secrets

BASE_URL = f"https://{secrets.token_hex(16)}.invalid"
"""Stands for the external base URL (without a trailing slash) while a resource is presented."""

_TOKEN = BASE_URL.encode()
_MARK = b"\x01"


def seal(document: bytes) -> str:
    """Turn freshly presented JSON into the text that is stored.

    Raises:
        ValueError: The bytes hold a raw control character, so they are not JSON.

    """
    if _MARK in document:
        raise ValueError(
            "a document holds a raw control character: it was not written by a JSON serializer"
        )
    return document.replace(_TOKEN, _MARK).decode()


def reveal(document: bytes, external_url: str) -> bytes:
    """Put the external base URL (without a trailing slash) into stored or freshly presented JSON."""
    address = external_url.encode()
    return document.replace(_MARK, address).replace(_TOKEN, address)
