"""Does the built-in issuer grant what it should, and refuse in the UAA's words?"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from cloud_controller.auth import (
    InvalidAuthTokenError,
    TokenRequestError,
    UserExistsError,
    create_user,
    grant_role,
    load_or_create_key,
)
from cloud_controller.auth.keys import KeyUnusableError
from cloud_controller.auth.passwords import hash_password, verify_password
from cloud_controller.store import StillReferencedError, clock
from cloud_controller.store.entities import REFRESH_TOKENS, USERS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

LOCKED = "Your account has been locked because of too many failed attempts to login."


async def refused(issuing: Any, **fields: Any) -> tuple[int, str, str]:
    with pytest.raises(TokenRequestError) as error:
        await issuing.grant(**fields)
    return error.value.status, error.value.error, error.value.description


async def test_a_password_is_worth_a_token_with_the_documented_claims(issuing: Any) -> None:
    granted = await issuing.login()
    published = RSAKey.import_key(issuing.issuer.public_keys()[0].value)
    claims = jwt.decode(granted.access_token, published, algorithms=["RS256"]).claims
    assert claims | {"iat": 0, "exp": 0} == {
        "jti": granted.jti,
        "sub": "alice-guid",
        "user_id": "alice-guid",
        "user_name": "alice",
        "email": "alice@example.com",
        "origin": "uaa",
        "client_id": "cf",
        "cid": "cf",
        "azp": "cf",
        "grant_type": "password",
        "scope": ["openid", "cloud_controller.read", "cloud_controller.write", "password.write"],
        "aud": ["cf", "cloud_controller", "password"],
        "iss": "http://127.0.0.1:8181/oauth/token",
        "zid": "uaa",
        "revocable": True,
        "iat": 0,
        "exp": 0,
    }
    assert claims["exp"] - claims["iat"] == 600
    assert (granted.token_type, granted.expires_in) == ("bearer", 599)
    caller = await issuing.verifier.verify(f"bearer {granted.access_token}")
    assert (caller.user_name, caller.is_admin, caller.has_write_scope) == ("alice", False, True)


async def test_form_fields_name_the_client_as_well(issuing: Any) -> None:
    granted = await issuing.grant(
        None,
        grant_type="client_credentials",
        client_id="robot",
        client_secret="geheim",
    )
    assert (granted.refresh_token, granted.scope) == (None, "cloud_controller.read")
    caller = await issuing.verifier.verify(f"bearer {granted.access_token}")
    assert (caller.user_guid, caller.has_write_scope) == ("robot", False)


async def test_a_refresh_token_works_again_and_again_but_not_as_an_access_token(
    issuing: Any,
) -> None:
    first = await issuing.login()
    for _ in range(2):
        again = await issuing.grant(grant_type="refresh_token", refresh_token=first.refresh_token)
        assert again.refresh_token == first.refresh_token
        assert (await issuing.verifier.verify(f"bearer {again.access_token}")).user_name == "alice"
    with pytest.raises(InvalidAuthTokenError):
        await issuing.verifier.verify(f"bearer {first.refresh_token}")


async def test_only_a_hash_of_the_refresh_token_is_stored(issuing: Any) -> None:
    granted = await issuing.login()
    (stored,) = await issuing.database.read(lambda reader: reader.all(REFRESH_TOKENS))
    assert granted.refresh_token not in str(stored)


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({}, (400, "invalid_request")),
        ({"grant_type": "password", "username": "alice"}, (400, "invalid_request")),
        ({"grant_type": "password", "password": "s3cret"}, (400, "invalid_request")),
        ({"grant_type": "refresh_token"}, (400, "invalid_request")),
        ({"grant_type": "magic"}, (400, "unsupported_grant_type")),
        ({"grant_type": "client_credentials"}, (401, "invalid_client")),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, (401, "invalid_token")),
        ({"authorization": None, "grant_type": "password"}, (401, "invalid_client")),
        ({"authorization": "Basic ???", "grant_type": "password"}, (401, "invalid_client")),
        ({"authorization": "Basic Y2Y6eA==", "grant_type": "password"}, (401, "invalid_client")),
        ({"authorization": "Basic cm9ib3Q6eA==", "grant_type": "x"}, (401, "invalid_client")),
    ],
)
async def test_a_wrong_request_is_refused(
    issuing: Any, fields: dict[str, Any], answer: tuple[int, str]
) -> None:
    assert (await refused(issuing, **fields))[:2] == answer


@pytest.mark.parametrize(
    ("user", "password"),
    [("alice", "wrong"), ("alice", ""), ("bob", "s3cret"), ("", ""), ("alice", "\ud800")],
)
async def test_bad_credentials_do_not_say_which_part_is_bad(
    issuing: Any, user: str, password: str
) -> None:
    answer = await refused(issuing, grant_type="password", username=user, password=password)
    assert answer == (401, "unauthorized", "Bad credentials")


async def test_too_many_failures_lock_the_user_until_the_time_is_over(issuing: Any) -> None:
    wrong = {"grant_type": "password", "username": "alice", "password": "wrong"}
    for _ in range(3):
        assert (await refused(issuing, **wrong))[2] == "Bad credentials"
    right = {**wrong, "password": "s3cret"}
    assert await refused(issuing, **right) == (401, "unauthorized", LOCKED)
    await issuing.database.write(
        lambda t: t.set_columns(USERS, "alice-guid", locked_until=clock.now() - 1)
    )
    assert (await issuing.login()).access_token


async def test_a_success_forgets_earlier_failures(issuing: Any) -> None:
    wrong = {"grant_type": "password", "username": "alice", "password": "wrong"}
    for _ in range(3):
        await refused(issuing, **wrong)
        await refused(issuing, **wrong)
        await issuing.login()


async def test_asked_for_scopes_narrow_the_token(issuing: Any) -> None:
    login = {"grant_type": "password", "username": "alice", "password": "s3cret"}
    granted = await issuing.grant(**login, scope="cloud_controller.read cloud_controller.admin")
    assert granted.scope == "cloud_controller.read"
    status, error, _ = await refused(issuing, **login, scope="cloud_controller.admin")
    assert (status, error) == (403, "insufficient_scope")


async def test_a_logout_ends_both_tokens(issuing: Any) -> None:
    granted = await issuing.login()
    caller = await issuing.verifier.verify(f"bearer {granted.access_token}")
    (stored,) = await issuing.database.read(lambda reader: reader.all(REFRESH_TOKENS))
    assert await issuing.issuer.revoke(stored.guid, caller)
    assert await issuing.issuer.revoke(granted.jti, caller)
    with pytest.raises(InvalidAuthTokenError, match="revoked"):
        await issuing.verifier.verify(f"bearer {granted.access_token}")
    answer = await refused(issuing, grant_type="refresh_token", refresh_token=granted.refresh_token)
    assert answer[:2] == (401, "invalid_token")


async def test_nobody_ends_a_stranger_s_token(issuing: Any) -> None:
    await issuing.database.write(lambda t: create_user(t, "bob", "b0b"))
    alice, bob = await issuing.login(), await issuing.login("b0b", "bob")
    caller = await issuing.verifier.verify(f"bearer {bob.access_token}")
    assert not await issuing.issuer.revoke(alice.jti, caller)
    assert await issuing.verifier.verify(f"bearer {alice.access_token}")


async def test_a_user_who_is_gone_cannot_refresh(issuing: Any) -> None:
    granted = await issuing.login()
    await issuing.database.write(lambda t: t.set_columns(USERS, "alice-guid", active=0))
    answer = await refused(issuing, grant_type="refresh_token", refresh_token=granted.refresh_token)
    assert answer[:2] == (401, "invalid_token")


async def test_users_and_roles_are_checked(issuing: Any) -> None:
    with pytest.raises(UserExistsError):
        await issuing.database.write(lambda t: create_user(t, "alice", "x"))
    with pytest.raises(ValueError, match="space_developer needs the guid of space"):
        await issuing.database.write(
            lambda t: grant_role(t, "alice-guid", "space_developer", organization_guid="o")
        )
    with pytest.raises(StillReferencedError):
        await issuing.database.write(
            lambda t: grant_role(t, "alice-guid", "space_developer", space_guid="nowhere")
        )


def test_passwords_are_salted_and_compared() -> None:
    stored = hash_password("pässword")
    assert stored != hash_password("pässword")
    assert verify_password("pässword", stored)
    assert not verify_password("password", stored)


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    made = load_or_create_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create_key(path).kid == made.kid
    assert [entry.name for entry in tmp_path.iterdir()] == ["key.pem"]


@pytest.mark.parametrize("content", ["", "garbage", "public"])
def test_a_file_without_a_private_key_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key.pem"
    if content == "public":
        content = load_or_create_key(tmp_path / "other.pem").public.value
    path.write_text(content)
    with pytest.raises(KeyUnusableError, match="it holds no"):
        load_or_create_key(path)
    assert path.read_text() == content
