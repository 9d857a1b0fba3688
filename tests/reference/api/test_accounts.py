"""Can `cf create-user`, `delete-user` and `passwd` do their work?"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

FORBIDDEN = {
    "error": "insufficient_scope",
    "error_description": "Insufficient scope for this resource",
}


def login(cloud: Any, name: str, password: str, **query: str) -> httpx2.Response:
    form = {"grant_type": "password", "username": name, "password": password}
    basic = {"Authorization": "Basic Y2Y6"}
    answer: httpx2.Response = cloud.http.post(
        "/oauth/token", data=form, headers=basic, params=query
    )
    return answer


def sent_by_cf(name: str, password: str = "s3cret") -> dict[str, Any]:
    return {
        "userName": name,
        "password": password,
        "origin": "",
        "name": {"familyName": name, "givenName": name},
        "emails": [{"value": name, "primary": True}],
    }


def test_what_cf_create_user_and_delete_user_send(cloud: Any) -> None:
    name = f"joe-{uuid.uuid4()}"
    filtered = {"filter": f'userName eq "{name.upper()}" and origin eq "uaa"'}
    assert cloud.admin.get("/Users", params=filtered).json()["resources"] == []
    created = cloud.admin.post("/Users", json=sent_by_cf(name))
    assert created.status_code == 201, created.text
    assert created.headers["cache-control"] == "no-store"
    account = created.json()
    assert (account["userName"], account["origin"]) == (name, "uaa")
    found = cloud.admin.get("/Users", params=filtered).json()
    assert (found["resources"], found["totalResults"]) == ([account], 1)
    assert login(cloud, name, "s3cret").status_code == 200
    guid = account["id"]
    assert cloud.admin.get(f"/v3/users/{guid}").status_code == 404, "he has not called yet"
    known = cloud.admin.post("/v3/users", json={"guid": guid})
    assert (known.status_code, known.json()["username"]) == (201, name)
    again = cloud.admin.post("/Users", json=sent_by_cf(name))
    assert (again.status_code, again.json()["error"]) == (409, "scim_resource_already_exists")
    assert cloud.job(cloud.admin.delete(f"/v3/users/{guid}"))["state"] == "COMPLETE"
    assert cloud.admin.delete(f"/Users/{guid}").json() == account
    gone = cloud.admin.delete(f"/Users/{guid}")
    assert (gone.status_code, gone.json()["error"]) == (404, "scim_resource_not_found")
    assert login(cloud, name, "s3cret").status_code == 401


def test_an_account_that_is_removed_first_leaves_a_user_without_name(cloud: Any) -> None:
    user = cloud.user()
    assert cloud.admin.delete(f"/Users/{user.guid}").status_code == 200
    left = cloud.admin.get(f"/v3/users/{user.guid}").json()
    assert (left["username"], left["presentation_name"]) == (None, user.guid)


def test_the_token_of_a_removed_account_is_refused_at_once(cloud: Any) -> None:
    user = cloud.user("cloud_controller.admin")
    assert user.get("/v3/organizations").status_code == 200
    assert cloud.admin.delete(f"/Users/{user.guid}").status_code == 200
    assert cloud.detail(user.get("/v3/organizations")) == "401 1000 Invalid Auth Token"


def test_users_change_their_own_password_only(cloud: Any) -> None:
    name = f"joe-{uuid.uuid4()}"
    guid = cloud.admin.post("/Users", json=sent_by_cf(name)).json()["id"]
    tokens = login(cloud, name, "s3cret").json()
    mine = {"Authorization": f"bearer {tokens['access_token']}"}
    path = f"/Users/{guid}/password"

    def change(**body: str) -> httpx2.Response:
        answer: httpx2.Response = cloud.http.put(path, json=body, headers=mine)
        return answer

    wrong = change(oldPassword="wrong", password="other")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "unauthorized")
    assert change(oldPassword="s3cret", password="other").json() == {
        "status": "ok",
        "message": "password updated",
    }
    assert login(cloud, name, "s3cret").status_code == 401
    assert login(cloud, name, "other").status_code == 200
    renewed = cloud.http.post(
        "/oauth/token",
        data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
        headers={"Authorization": "Basic Y2Y6"},
    )
    assert renewed.status_code == 401, "other sessions have ended"
    refused = cloud.user().put(path, json={"oldPassword": "other", "password": "x"})
    assert (refused.status_code, refused.json()) == (403, FORBIDDEN)
    assert cloud.admin.put(path, json={"password": "reset"}).status_code == 200
    assert login(cloud, name, "reset").status_code == 200


def test_others_do_not_administer_accounts(cloud: Any) -> None:
    user = cloud.user()
    for answer in (
        user.get("/Users"),
        user.post("/Users", json=sent_by_cf("x")),
        user.delete(f"/Users/{cloud.admin.guid}"),
    ):
        assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
    nobody = cloud.anonymous.get("/Users")
    assert (nobody.status_code, nobody.headers["cache-control"]) == (401, "no-store")


def test_bad_requests_are_refused(cloud: Any) -> None:
    without = cloud.admin.post("/Users", json={"userName": f"joe-{uuid.uuid4()}"})
    assert (without.status_code, without.json()["error"]) == (400, "invalid_scim_resource")
    nameless = cloud.admin.post("/Users", json={"password": "x"})
    assert (nameless.status_code, nameless.json()["error"]) == (400, "invalid_scim_resource")
    odd = cloud.admin.get("/Users", params={"filter": "userName pr"})
    assert (odd.status_code, odd.json()["error"]) == (400, "invalid_request")


def test_other_identity_providers_and_passcodes_log_nobody_in(cloud: Any) -> None:
    answer = login(cloud, "admin", "admin", login_hint=json.dumps({"origin": "ldap"}))
    assert answer.status_code == 401
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "error": "unauthorized",
        "error_description": "The origin provided in the login_hint does not match an active"
        " Identity Provider, that supports password grant.",
    }
    for hint in ('{"origin":"uaa"}', "not JSON", "[]"):
        assert login(cloud, "admin", "admin", login_hint=hint).status_code == 200
    code = cloud.http.post(
        "/oauth/token",
        data={"grant_type": "password", "passcode": "abc"},
        headers={"Authorization": "Basic Y2Y6"},
    )
    assert (code.status_code, code.json()["error_description"]) == (401, "Invalid passcode")
    shared = cloud.admin.post(
        "/v3/users", json={"username": f"l-{uuid.uuid4()}", "origin": "ldap"}
    ).json()
    assert login(cloud, shared["username"], "").status_code == 400
    assert login(cloud, shared["username"], "x").status_code == 401


def test_a_client_is_shown_without_its_secret(cloud: Any) -> None:
    shown = cloud.admin.get("/oauth/clients/cf")
    assert shown.status_code == 200, shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert shown.json() == {
        "client_id": "cf",
        "authorized_grant_types": ["password", "refresh_token"],
        "scope": [],
        "authorities": [],
    }
    unknown = cloud.admin.get("/oauth/clients/nobody")
    assert (unknown.status_code, unknown.json()) == (
        404,
        {
            "error": "invalid_client",
            "error_description": "No client with requested id: nobody",
        },
    )
