"""With which key are tokens signed, and how is it published?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

if TYPE_CHECKING:
    from pathlib import Path

_BITS = 2048


class KeyUnusableError(Exception):
    """The key file cannot be read, or holds no private RSA key; the text is one line."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One key as `/token_keys` shows it (5.8): `value` is PEM, `n` and `e` are base64url."""

    kid: str
    value: str
    n: str
    e: str
    kty: str = "RSA"
    alg: str = "RS256"
    use: str = "sig"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The issuer's RSA key."""

    kid: str
    private: RSAKey
    public: PublicKey

    @classmethod
    def from_rsa(cls, key: RSAKey) -> SigningKey:
        """Wrap a private key; its RFC 7638 thumbprint becomes the `kid`."""
        kid = key.thumbprint()
        members = key.as_dict(private=False)
        pem = key.as_pem(private=False).decode()
        return cls(kid, key, PublicKey(kid, pem, str(members["n"]), str(members["e"])))


def load_or_create_key(path: Path) -> SigningKey:
    """Return the key in the PEM file at `path`; make it, readable for its owner only, if missing.

    Raises:
        KeyUnusableError: The file is there and holds no private RSA key, or cannot be written.

    """
    try:
        return _load(path) if path.exists() else _create(path)
    except OSError as error:
        raise KeyUnusableError(f"token key {path}: {error.strerror}") from error


def _load(path: Path) -> SigningKey:
    try:
        key = RSAKey.import_key(path.read_bytes())
    except (JoseError, ValueError, TypeError) as error:
        raise KeyUnusableError(f"token key {path}: it holds no RSA key in PEM form") from error
    if not key.is_private:
        raise KeyUnusableError(f"token key {path}: it holds no private key")
    return SigningKey.from_rsa(key)


def _create(path: Path) -> SigningKey:
    key = RSAKey.generate_key(_BITS)
    arriving = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.as_pem(private=True))
            file.flush()
            os.fsync(file.fileno())
        arriving.replace(path)
    finally:
        arriving.unlink(missing_ok=True)
    return SigningKey.from_rsa(key)
