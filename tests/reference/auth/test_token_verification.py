"""Is a token believed only when it deserves it?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from cloud_controller.auth import InvalidAuthTokenError, NotAuthenticatedError, SigningKey

pytestmark = pytest.mark.anyio

ISSUER = "http://127.0.0.1:8181/oauth/token"


def claims(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "jti": "a-token",
        "user_id": "u",
        "scope": ["cloud_controller.read"],
        "aud": ["cloud_controller"],
        "iss": ISSUER,
        "exp": int(time.time()) + 100,
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def signed(key: SigningKey, **changes: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims(**changes), key.private)


def encoded(value: bytes | dict[str, Any]) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize("scheme", ["bearer", "Bearer", "BEARER", "bearer "])
async def test_a_good_token_is_believed_in_any_letter_case(issuing: Any, scheme: str) -> None:
    caller = await issuing.verifier.verify(f"{scheme} {signed(issuing.key)}")
    assert (caller.user_guid, caller.scopes) == ("u", {"cloud_controller.read"})


@pytest.mark.parametrize("header", [None, "", "Basic Y2Y6", "token x", "bearerx y"])
async def test_no_bearer_token_is_a_missing_one(issuing: Any, header: str | None) -> None:
    with pytest.raises(NotAuthenticatedError):
        await issuing.verifier.verify(header)


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b.c", "..", "a.b.c.d.e", "ü.ü.ü", "\x00", "bearer", "e30.e30.e30", "x" * 99999],
)
async def test_garbage_is_an_invalid_token(issuing: Any, token: str) -> None:
    with pytest.raises(InvalidAuthTokenError):
        await issuing.verifier.verify(f"bearer {token}")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["other"]},
        {"aud": "cloud_controller_2"},
        {"aud": None},
        {"iss": "http://127.0.0.1:8181/oauth/token/"},
        {"iss": None},
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"jti": None},
        {"jti": ""},
        {"jti": 5},
        {"jti": "a-token-r"},
        {"user_id": None},
        {"user_id": 7},
        {"scope": 7},
    ],
)
async def test_a_wrong_claim_is_not_believed(issuing: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidAuthTokenError):
        await issuing.verifier.verify(f"bearer {signed(issuing.key, **changes)}")


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", "PS256"])
async def test_another_algorithm_is_not_believed(issuing: Any, algorithm: str) -> None:
    head = encoded({"alg": algorithm, "kid": issuing.key.kid, "typ": "JWT"})
    body = encoded(claims())
    public = issuing.key.public.value.encode()  # the classic: the public key as HMAC secret
    mac = hmac.new(public, f"{head}.{body}".encode(), hashlib.sha256).digest()
    for signature in ("", encoded(mac), signed(issuing.key).split(".")[2]):
        with pytest.raises(InvalidAuthTokenError):
            await issuing.verifier.verify(f"bearer {head}.{body}.{signature}")


async def test_a_key_of_somebody_else_is_not_believed(issuing: Any) -> None:
    other = RSAKey.generate_key(2048)
    for header in (
        {"alg": "RS256", "kid": issuing.key.kid},
        {"alg": "RS256", "kid": "unknown"},
        {"alg": "RS256"},
        {"alg": "RS256", "jwk": other.as_dict(private=False)},
    ):
        token = jwt.encode(header, claims(), other)
        with pytest.raises(InvalidAuthTokenError):
            await issuing.verifier.verify(f"bearer {token}")


async def test_a_changed_token_is_not_believed_even_beside_the_good_one(issuing: Any) -> None:
    token = signed(issuing.key)
    await issuing.verifier.verify(f"bearer {token}")
    head, _, signature = token.split(".")
    forged = encoded(claims(scope=["cloud_controller.admin"]))
    with pytest.raises(InvalidAuthTokenError):
        await issuing.verifier.verify(f"bearer {head}.{forged}.{signature}")


async def test_a_remembered_token_ends_with_its_time(
    issuing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = f"bearer {signed(issuing.key)}"
    await issuing.verifier.verify(token)
    later = time.time() + 101
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(InvalidAuthTokenError):
        await issuing.verifier.verify(token)


async def test_a_client_s_token_is_the_client_s_own(issuing: Any) -> None:
    token = signed(issuing.key, user_id=None, client_id="robot")
    assert (await issuing.verifier.verify(f"bearer {token}")).user_guid == "robot"
