"""How are passwords kept and compared?

As `scrypt$log2(n)$r$p$salt$hash` (base64). A login with an unknown name costs as much as one with a
wrong password, so that names cannot be told apart by time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_LOG_N, _R, _P = 14, 8, 1
_MEMORY = 64 * 1024 * 1024


def hash_password(password: str) -> str:
    """Return what is stored for a password."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, _LOG_N, _R, _P)
    return "$".join(("scrypt", str(_LOG_N), str(_R), str(_P), _encode(salt), _encode(digest)))


def verify_password(password: str, stored: str) -> bool:
    """Compare in constant time; takes about 50 ms on purpose, so call it in a thread."""
    _, log_n, r, p, salt, digest = stored.split("$")
    found = _scrypt(password, base64.b64decode(salt), int(log_n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(digest))


def _scrypt(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    # Lone surrogates (JSON can carry them) must fail as a wrong password, not as a crash.
    text = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=2**log_n, r=r, p=p, maxmem=_MEMORY, dklen=32)


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()
