"""What does every answer carry, and what do discovery, tokens and unknown paths answer?"""

from __future__ import annotations

import re
from typing import Any

import pytest

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def test_every_answer_has_an_id_of_its_own(cloud: Any) -> None:
    paths = ("/v3", "/v2/info", "/nowhere", "/v3/nowhere", "/v3/packages")
    ids = [cloud.anonymous.get(path).headers["x-vcap-request-id"] for path in paths]

    assert all(re.fullmatch(UUID, one) for one in ids)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("headers", "prefix"),
    [
        ({"X-VCAP-Request-ID": "abc"}, "abc"),
        ({"X-Request-ID": "a b/c!"}, "abc"),
        ({"X-VCAP-Request-ID": "one", "X-Request-ID": "two"}, "one"),
        ({"X-VCAP-Request-ID": "x" * 300}, "x" * 255),
    ],
)
def test_a_sent_id_comes_back_before_the_fresh_one(cloud: Any, headers: Any, prefix: str) -> None:
    shown = cloud.anonymous.get("/v3", headers=headers).headers["x-vcap-request-id"]

    assert re.fullmatch(f"{prefix}::{UUID}", shown)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/v3/packages", "application/json; charset=utf-8"),
        ("/v3/packages/x", "application/json; charset=utf-8"),
        ("/v2/buildpacks", "application/json;charset=utf-8"),
        ("/v2/buildpacks/x", "application/json;charset=utf-8"),
        ("/v3/nowhere", "application/json; charset=utf-8"),
    ],
)
def test_each_version_spells_json_in_its_way(cloud: Any, path: str, content_type: str) -> None:
    answer = cloud.admin.get(path)

    assert answer.headers["content-type"] == content_type
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_caller_is_named_when_the_token_is_good(cloud: Any) -> None:
    assert cloud.admin.get("/v3/packages").headers["x-user-guid"] == cloud.admin.guid
    assert "x-user-guid" not in cloud.anonymous.get("/v3/packages").headers


@pytest.mark.parametrize("authorization", [None, "Basic YTpi", "nonsense"])
def test_no_token_is_not_authenticated(cloud: Any, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    v3 = cloud.anonymous.get("/v3/packages", headers=headers)
    assert cloud.detail(v3) == "401 10002 Authentication error"
    v2 = cloud.anonymous.get("/v2/buildpacks", headers=headers)
    assert cloud.v2_detail(v2) == "401 10002 Authentication error"
    assert "www-authenticate" not in v3.headers


def test_a_bad_token_is_invalid(cloud: Any) -> None:
    headers = {"Authorization": "bearer x.y.z"}

    v3 = cloud.anonymous.get("/v3/packages", headers=headers)
    assert cloud.detail(v3) == "401 1000 Invalid Auth Token"
    assert v3.json() == {
        "errors": [{"detail": "Invalid Auth Token", "title": "CF-InvalidAuthToken", "code": 1000}]
    }
    v2 = cloud.anonymous.get("/v2/buildpacks", headers=headers)
    assert v2.json() == {
        "description": "Invalid Auth Token",
        "error_code": "CF-InvalidAuthToken",
        "code": 1000,
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v3/nowhere"),
        ("PUT", "/v3/packages"),
        ("DELETE", "/v3/info"),
        ("GET", "/v3/apps/x/y"),
    ],
)
def test_unknown_paths_and_methods_of_v3_look_alike(cloud: Any, method: str, path: str) -> None:
    answer = cloud.anonymous.send(method, path)

    assert cloud.detail(answer) == "404 10000 Unknown request"
    assert answer.json()["errors"][0]["title"] == "CF-NotFound"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v2/nowhere"), ("PATCH", "/v2/buildpacks"), ("GET", "/nowhere")]
)
def test_unknown_paths_and_methods_elsewhere_look_alike(cloud: Any, method: str, path: str) -> None:
    assert cloud.v2_detail(cloud.anonymous.send(method, path)) == "404 10000 Unknown request"


def test_a_trailing_slash_is_accepted_by_v3_only(cloud: Any) -> None:
    assert cloud.admin.get("/v3/packages/").status_code == 200
    assert cloud.admin.get("/v2/buildpacks/").status_code == 404


def test_head_is_get_without_a_body(cloud: Any) -> None:
    answer = cloud.admin.send("HEAD", "/v3/packages")

    assert (answer.status_code, answer.content) == (200, b"")


def test_unreadable_json_is_refused_before_the_token_is_looked_at(cloud: Any) -> None:
    headers = {"Content-Type": "application/json"}
    answer = cloud.anonymous.post("/v3/organizations", content="{", headers=headers)

    assert cloud.detail(answer) == (
        "400 1001 Request invalid due to parse error: invalid request body"
    )


def test_a_method_that_a_path_does_not_know_is_an_unknown_path(cloud: Any) -> None:
    answer = cloud.anonymous.put("/v3/organizations")

    assert cloud.detail(answer) == "404 10000 Unknown request"
    assert "allow" not in answer.headers


def test_the_root_documents_name_this_server(cloud: Any) -> None:
    root = cloud.anonymous.get("/", headers={"Host": "evil.example"}).json()
    base = "https://api.example.local"

    assert list(root) == ["links"]
    assert root["links"]["self"] == {"href": base}
    assert root["links"]["cloud_controller_v3"] == {
        "href": f"{base}/v3",
        "meta": {"version": "3.228.0"},
    }
    assert root["links"]["login"] == root["links"]["uaa"] == {"href": base}
    assert root["links"]["log_cache"] == {"href": base}
    assert root["links"]["logging"] is None
    v3 = cloud.anonymous.get("/v3").json()["links"]
    assert list(v3)[:2] == ["self", "app_usage_events"]
    assert v3["packages"] == {"href": f"{base}/v3/packages"}


def test_the_info_documents_are_open_to_everybody(cloud: Any) -> None:
    v3 = cloud.anonymous.get("/v3/info").json()
    v2 = cloud.anonymous.get("/v2/info").json()

    assert v3["rate_limits"] == {
        "enabled": False,
        "general_limit": "",
        "reset_interval_in_minutes": "",
    }
    assert v2["authorization_endpoint"] == v2["token_endpoint"] == "https://api.example.local"
    assert "user" not in v2
    assert cloud.admin.get("/v2/info").json()["user"] == cloud.admin.guid
    assert cloud.anonymous.get("/healthz").content == b"OK"


def test_a_user_logs_in_refreshes_and_logs_out(start: Any) -> None:
    cloud = start(admin_user="jane", admin_password="secret")
    form = {"grant_type": "password", "username": "jane", "password": "secret"}
    granted = cloud.http.post("/oauth/token", data=form, auth=("cf", ""))

    assert granted.status_code == 200
    assert granted.headers["cache-control"] == "no-store"
    token = granted.json()
    assert token["token_type"] == "bearer"
    bearer = {"Authorization": f"bearer {token['access_token']}"}
    assert cloud.http.get("/v3/packages", headers=bearer).status_code == 200
    again = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    assert cloud.http.post("/oauth/token", data=again, auth=("cf", "")).status_code == 200
    form_only = {**again, "client_id": "cf", "client_secret": ""}
    assert cloud.http.post("/oauth/token", data=form_only).status_code == 200

    assert (
        cloud.http.delete(f"/oauth/token/revoke/{token['jti']}", headers=bearer).status_code == 200
    )
    refused = cloud.http.get("/v3/packages", headers=bearer)
    assert cloud.detail(refused) == "401 1000 Invalid Auth Token"


@pytest.mark.parametrize(
    ("form", "client", "status", "error"),
    [
        ({"grant_type": "password", "username": "a", "password": "b"}, "cf", 401, "unauthorized"),
        ({"grant_type": "password", "username": "a"}, "cf", 400, "invalid_request"),
        ({"grant_type": "password", "username": "a", "password": "b"}, "x", 401, "invalid_client"),
        ({"username": "a"}, "cf", 400, "invalid_request"),
        ({"grant_type": "magic"}, "cf", 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "cf", 401, "invalid_token"),
        ({"grant_type": "client_credentials"}, "cf", 401, "invalid_client"),
    ],
)
def test_a_refused_grant_names_the_oauth_error(
    cloud: Any, form: Any, client: str, status: int, error: str
) -> None:
    answer = cloud.http.post("/oauth/token", data=form, auth=(client, ""))

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_the_token_endpoint_can_be_discovered(cloud: Any) -> None:
    base = "https://api.example.local"
    configuration = cloud.anonymous.get("/.well-known/openid-configuration").json()
    login = cloud.anonymous.get("/login", headers={"Accept": "application/json"}).json()
    keys = cloud.anonymous.get("/token_keys").json()["keys"]

    assert configuration["issuer"] == f"{base}/oauth/token"
    assert login["prompts"]["password"] == ["password", "Password"]
    assert login["links"] == {"uaa": base, "login": base}
    assert cloud.anonymous.get("/info").json() == login
    assert keys[0]["value"].startswith("-----BEGIN PUBLIC KEY-----")
    assert cloud.anonymous.get("/token_key").json() == keys[0]


def test_any_reader_may_see_any_job(cloud: Any, place: Any) -> None:
    answer = cloud.admin.delete(f"/v3/apps/{place.app}")
    path = answer.headers["location"].removeprefix("https://api.example.local")

    assert cloud.user().get(path).status_code == 200
    assert cloud.detail(cloud.admin.get("/v3/jobs/x")) == "404 10010 Job not found"


def test_the_docs_are_served_without_a_token(cloud: Any) -> None:
    moved = cloud.anonymous.get("/docs")
    page = cloud.anonymous.get("/docs/")

    assert moved.headers["location"].endswith("docs/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert cloud.anonymous.get("/docs/missing").status_code == 404


def test_what_cannot_be_read_is_refused_before_any_role(cloud: Any) -> None:
    headers = {"Content-Type": "application/json"}
    answer = cloud.user().post("/v3/organizations", content="{", headers=headers)

    assert cloud.detail(answer) == (
        "400 1001 Request invalid due to parse error: invalid request body"
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v3/apps/%ff", 404),
        ("GET", "/v2/buildpacks/%ff", 404),
        ("GET", "/v2/jobs/%ff", 400),  # an unknown job answers 200: there is no 404
        ("GET", "/oauth/clients/%ff", 404),
        ("DELETE", "/Users/%ff", 404),
        ("DELETE", "/oauth/token/revoke/%ff", 400),
    ],
)
def test_an_id_that_is_no_utf_8_is_refused_as_documented(
    cloud: Any, method: str, path: str, status: int
) -> None:
    # The server checks its answers against the document (`strict`).
    assert cloud.admin.send(method, path).status_code == status
