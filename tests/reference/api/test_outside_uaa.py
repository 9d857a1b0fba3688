"""Does a UAA elsewhere count, and does the server survive one that is hostile, broken or gone?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from cloud_controller.auth import outside_uaa
from cloud_controller.auth.keys import SigningKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ISSUER = "https://uaa.example.com/oauth/token"
UNAVAILABLE = "502 20004 The UAA service is currently unavailable"
INVALID = "401 1000 Invalid Auth Token"
KEYS = {name: SigningKey.from_rsa(RSAKey.generate_key(2048)) for name in ("old", "new")}


class Uaa:
    """A UAA whose answers a test can change."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.keys: list[dict[str, Any]] = [public(KEYS["old"])]
        self.issuer = ISSUER
        self.misbehave: Callable[[BaseHTTPRequestHandler], None] | None = None
        uaa = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                uaa.asked[self.path] += 1
                if uaa.misbehave is not None:
                    uaa.misbehave(self)
                elif self.path == "/token_keys":
                    send(self, json.dumps({"keys": uaa.keys}).encode())
                elif self.path == "/.well-known/openid-configuration":
                    send(self, json.dumps({"issuer": uaa.issuer}).encode())
                else:
                    send(self, b"", 404)

            def log_message(self, *_: object) -> None:
                """Be quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def public(key: SigningKey, **changes: Any) -> dict[str, Any]:
    value = key.public
    shown = {"kid": key.kid, "kty": "RSA", "alg": "RS256", "use": "sig", "value": value.value}
    return {**shown, "n": value.n, "e": value.e, **changes}


def claims(**changes: Any) -> dict[str, Any]:
    guid = str(uuid.uuid4())
    return {
        "jti": uuid.uuid4().hex,
        "user_id": guid,
        "sub": guid,
        "user_name": f"joe-{guid}",
        "email": "joe@example.com",
        "origin": "ldap",
        "client_id": "cf",
        "scope": ["cloud_controller.read", "cloud_controller.write"],
        "aud": ["cloud_controller", "cf"],
        "iss": ISSUER,
        "exp": int(time.time()) + 600,
        **changes,
    }


def signed(key: str = "old", **changes: Any) -> str:
    header = {"alg": "RS256", "kid": KEYS[key].kid}
    return jwt.encode(header, claims(**changes), KEYS[key].private)


@pytest.fixture
def uaa() -> Iterator[Uaa]:
    found = Uaa()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def asked(start: Callable[..., Any], uaa: Uaa) -> Callable[[str], str]:
    """Ask a server that trusts the UAA for organizations; return what it answers."""
    cloud = start(uaa=uaa.url)

    def ask(token: str) -> str:
        answer = cloud.http.get("/v3/organizations", headers={"Authorization": f"bearer {token}"})
        return "200" if answer.status_code == 200 else cloud.detail(answer)

    return ask


def test_tokens_of_the_uaa_count(asked: Callable[[str], str], uaa: Uaa) -> None:
    token = signed()
    assert [asked(token), asked(token), asked(signed())] == ["200", "200", "200"]
    assert uaa.asked == {"/token_keys": 1, "/.well-known/openid-configuration": 1}


def test_a_caller_gets_known_by_the_name_in_the_token(start: Callable[..., Any], uaa: Uaa) -> None:
    cloud = start(uaa=uaa.url)

    def call(token: str, path: str) -> Any:
        return cloud.http.get(path, headers={"Authorization": f"bearer {token}"}).json()

    token = signed(user_name="joe", user_id="joe-1")
    (user,) = call(token, "/v3/users")["resources"]
    assert (user["guid"], user["username"], user["origin"]) == ("joe-1", "joe", "ldap")
    renamed = signed(user_name="joseph", user_id="joe-1")
    assert call(renamed, "/v3/users/joe-1")["presentation_name"] == "joseph"
    # The UAA gave the name to another one after the first had gone.
    again = signed(user_name="joseph", user_id="joe-2")
    assert call(again, "/v3/users/joe-2")["username"] == "joseph"
    admin = signed(scope=["cloud_controller.admin"], user_id="boss", user_name="boss")
    assert call(admin, "/v3/users/joe-1")["username"] is None


def test_a_client_with_the_guid_of_a_user_is_refused(asked: Callable[[str], str]) -> None:
    assert asked(signed(user_id="somebody")) == "200"
    client = {"user_id": None, "user_name": None, "client_id": "somebody"}
    assert asked(signed(**client)) == INVALID
    assert asked(signed(**{**client, "client_id": "deployer"})) == "200"
    assert asked(signed(user_id="deployer")) == INVALID


def test_links_lead_to_the_uaa_and_no_token_is_issued_here(
    start: Callable[..., Any], uaa: Uaa
) -> None:
    cloud = start(uaa=uaa.url)
    links = cloud.http.get("/").json()["links"]
    assert links["uaa"]["href"] == links["login"]["href"] == uaa.url
    info = cloud.http.get("/v2/info").json()
    assert info["authorization_endpoint"] == info["token_endpoint"] == uaa.url
    form = {"grant_type": "password", "username": "admin", "password": "admin"}
    for path in ("/oauth/token", "/Users"):
        answer = cloud.http.post(path, data=form, headers={"Authorization": "Basic Y2Y6"})
        assert cloud.v2_detail(answer) == "404 10000 Unknown request"
        assert "x-vcap-request-id" in answer.headers
    for path in ("/token_keys", "/login", "/info", "/.well-known/openid-configuration"):
        assert cloud.v2_detail(cloud.http.get(path)) == "404 10000 Unknown request"


def test_a_token_with_a_wrong_claim_is_refused(asked: Callable[[str], str]) -> None:
    for changes in (
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"aud": ["other"]},
        {"iss": "https://elsewhere/oauth/token"},
        {"jti": None},
        {"jti": "refresh-r"},
        {"user_id": None, "client_id": None},
    ):
        assert asked(signed(**changes)) == INVALID, changes


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(algorithm: str, secret: bytes) -> str:
    """A token that is `signed` with what everybody can read."""
    body = f"{encoded({'alg': algorithm, 'kid': KEYS['old'].kid})}.{encoded(claims())}"
    if algorithm == "none":
        return f"{body}."
    return f"{body}.{encoded(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"


def test_no_other_algorithm_counts(asked: Callable[[str], str], uaa: Uaa) -> None:
    secret = KEYS["old"].public.value.encode()
    # Even when the UAA itself publishes a shared secret.
    uaa.keys.append({"kid": "shared", "kty": "MAC", "alg": "HS256", "value": secret.decode()})
    assert asked(forged("HS256", secret)) == INVALID
    assert asked(forged("none", b"")) == INVALID
    assert asked("not.a.token") == INVALID
    assert asked(signed()) == "200"


def test_a_new_key_and_a_new_issuer_are_fetched_once(
    asked: Callable[[str], str], uaa: Uaa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside_uaa, "_AGAIN_SECONDS", 0.0)
    kept = signed()
    assert asked(kept) == "200"
    uaa.keys = [public(KEYS["new"])]
    assert asked(signed("new")) == "200"
    assert uaa.asked["/token_keys"] == 2
    assert asked(kept) == INVALID, "its key is gone"
    uaa.issuer = "https://moved.example.com/oauth/token"
    assert asked(signed("new", iss=uaa.issuer)) == "200"


def test_made_up_keys_do_not_become_requests(asked: Callable[[str], str], uaa: Uaa) -> None:
    assert asked(signed()) == "200"
    for _ in range(20):
        assert asked(signed("new")) == INVALID
        assert asked(signed(iss="https://elsewhere")) == INVALID
    assert uaa.asked["/token_keys"] == 1


def redirect(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "http://127.0.0.1:1/")
    handler.end_headers()


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    piece = b" " * 65536
    try:
        for _ in range(4096):
            handler.wfile.write(piece)
    except OSError:
        return


def test_a_uaa_that_answers_nonsense_is_unavailable(
    asked: Callable[[str], str], uaa: Uaa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside_uaa, "_AGAIN_AFTER_FAILURE_SECONDS", 0.0)
    for answer in (
        b"<html><body>Log in</body></html>",
        b"{}",
        b"[" * 100_000,
        b'{"issuer": "x", "keys": [{"kid": "k", "kty": "RSA", "value": "x"}]}',
        b'{"issuer": "x", "keys": "none"}',
    ):
        uaa.misbehave = lambda handler, answer=answer: send(handler, answer)
        assert asked(signed()) == UNAVAILABLE, answer[:100]
    for misbehave in (
        lambda handler: send(handler, b"", 500),
        lambda handler: handler.wfile.write(b"\x00\x01 no HTTP at all\r\n\r\n"),
        redirect,
        endless,
    ):
        uaa.misbehave = misbehave
        assert asked(signed()) == UNAVAILABLE
    uaa.misbehave = None
    assert asked(signed()) == "200"


def test_a_uaa_that_hangs_is_unavailable_within_bounds(
    start: Callable[..., Any], uaa: Uaa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside_uaa.OutsideUaa.__init__, "__kwdefaults__", {"timeout": 0.2})
    ended = threading.Event()
    uaa.misbehave = lambda _: ended.wait(20) and None
    cloud = start(uaa=uaa.url)
    answer = cloud.http.get("/v3/organizations", headers={"Authorization": f"bearer {signed()}"})
    ended.set()
    assert cloud.detail(answer) == UNAVAILABLE
    assert cloud.http.get("/v3/organizations").status_code == 401, "who shows no token needs no UAA"
    assert cloud.http.get("/v2/info").status_code == 200


def test_known_keys_outlive_the_uaa(
    asked: Callable[[str], str], uaa: Uaa, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(signed()) == "200"
    uaa.misbehave = lambda handler: send(handler, b"", 500)
    monkeypatch.setattr(outside_uaa, "_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(outside_uaa, "_FRESH_SECONDS", 0.0)
    assert asked(signed()) == "200"
    assert asked(signed("new")) == UNAVAILABLE


@pytest.mark.filterwarnings("ignore:Key size")
def test_short_keys_are_not_believed() -> None:
    short = SigningKey.from_rsa(RSAKey.generate_key(1024))
    with pytest.raises(ValueError, match="no RSA key"):
        outside_uaa.read_keys([public(short)])
    without_pem = public(KEYS["old"])
    del without_pem["value"]
    assert list(outside_uaa.read_keys([public(short), without_pem])) == [KEYS["old"].kid]
