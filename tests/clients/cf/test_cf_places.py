"""Do logins, organizations, spaces, roles and labels work as the `cf` command line uses them?"""

from __future__ import annotations

from typing import Any

import pytest

ALL = {"per_page": "5000"}


def test_auth_refresh_and_logout(log_in: Any) -> None:
    cf = log_in()
    with pytest.raises(PermissionError, match="Bad credentials"):
        cf.auth("admin", "wrong")
    cf.auth("admin", "admin")
    before = cf.token
    cf.refresh_token()
    assert cf.claims()["user_name"] == "admin"
    assert cf.token != before
    cf.logout()


def test_a_command_without_a_login_is_told_so(log_in: Any) -> None:
    cf = log_in()
    with pytest.raises(cf.Refused, match="Authentication error") as refused:
        cf.all("/v3/apps")
    assert refused.value.status == 401


def test_orgs_and_spaces(cf: Any, new_name: Any) -> None:
    org, space = new_name(), new_name()
    guid = cf.create_org(org)
    cf.create_space(space, guid)
    shown = cf.show_org(org)
    assert [one["name"] for one in shown["spaces"]] == [space]
    assert shown["quota"]
    assert shown["segment"] is None
    assert org in {one["name"] for one in cf.all("/v3/organizations", order_by="name")}

    kept = (cf.org, cf.space)
    cf.target(org, space)
    assert cf.show_space(space)["apps"] == []
    cf.org, cf.space = kept

    with pytest.raises(cf.Refused, match=f"Organization '{org}' already exists."):
        cf.create_org(org)
    with pytest.raises(cf.Refused, match="Name must be unique per organization"):
        cf.create_space(space, guid)
    found = cf.find("spaces", space, organization_guids=guid)
    cf.done(cf.send("DELETE", f"/v3/spaces/{found['guid']}"))
    cf.done(cf.send("DELETE", f"/v3/organizations/{guid}/"))
    with pytest.raises(LookupError):
        cf.find("organizations", org)


def test_org_users_and_roles(cf: Any) -> None:
    roles = cf.json("GET", "/v3/roles", organization_guids=cf.org, include="user", **ALL)
    assert [user["username"] for user in roles["included"]["users"]] == ["admin"]
    assert {role["type"] for role in roles["resources"]} >= {"organization_manager"}
    with pytest.raises(cf.Refused, match=r"User '.*' already has '.*' role"):
        cf.give_role("space_developer", "space", cf.space)


def test_stacks_flags_and_other_lists(cf: Any) -> None:
    assert "cflinuxfs4" in {stack["name"] for stack in cf.all("/v3/stacks")}
    assert "diego_docker" in {flag["name"] for flag in cf.all("/v3/feature_flags")}
    for path in ("isolation_segments", "security_groups", "space_quotas", "organization_quotas"):
        cf.all(f"/v3/{path}")
    assert cf.all("/v3/domains")
    cf.json("GET", f"/v3/organizations/{cf.org}/domains/default")
    assert cf.json("GET", "/v3/feature_flags/diego_docker")["enabled"] in (True, False)


@pytest.mark.parametrize("kind", ["organizations", "spaces", "stacks", "buildpacks", "apps"])
def test_labels(cf: Any, kind: str, new_name: Any) -> None:
    made = {
        "organizations": lambda: cf.org,
        "spaces": lambda: cf.space,
        "stacks": lambda: cf.find("stacks", "cflinuxfs4")["guid"],
        "buildpacks": lambda: cf.json("POST", "/v3/buildpacks/", {"name": new_name()})["guid"],
        "apps": lambda: cf.create_app(new_name())["guid"],
    }[kind]()
    path = f"/v3/{kind}/{made}"
    # The command line ends the paths of some updates in a slash.
    slash = "/" if kind == "organizations" else ""
    cf.json("PATCH", path + slash, {"metadata": {"labels": {"env": "test"}}})
    assert cf.json("GET", path)["metadata"]["labels"] == {"env": "test"}
    listed = cf.all(f"/v3/{kind}", label_selector="env=test")
    assert made in {one["guid"] for one in listed}
    cf.json("PATCH", path + slash, {"metadata": {"labels": {"env": None}}})
    assert cf.json("GET", path)["metadata"]["labels"] == {}
    with pytest.raises(cf.Refused, match="Metadata label key error"):
        cf.json("PATCH", path, {"metadata": {"labels": {"a b": "c"}}})


def scim(name: str, password: str = "s3cret", origin: str = "") -> dict[str, Any]:
    return {
        "userName": name,
        "password": password,
        "origin": origin,
        "name": {"familyName": name, "givenName": name},
        "emails": [{"value": name, "primary": True}],
    }


@pytest.fixture
def other(cf: Any, log_in: Any, new_name: Any) -> Any:
    """Somebody whom `cf create-user` made, logged in; `guid` is his."""
    called = new_name()
    made = cf.json("POST", "/Users", scim(called))
    assert (made["origin"], type(made["id"])) == ("uaa", str)
    assert cf.json("POST", "/v3/users", {"guid": made["id"]})["username"] == called
    user = log_in()
    user.auth(called, "s3cret")
    user.name, user.guid = called, made["id"]
    return user


def give(cf: Any, role: str, kind: str, guid: str, **user: str) -> Any:
    related = {kind: {"data": {"guid": guid}}, "user": {"data": user}}
    return cf.json("POST", "/v3/roles", {"type": role, "relationships": related})


def refused(cf: Any, method: str, path: str, body: Any = None) -> tuple[int, str]:
    with pytest.raises(cf.Refused) as found:
        cf.json(method, path, body)
    return found.value.status, str(found.value)


def test_the_tokens_of_cf_are_refreshed_without_basic_credentials(log_in: Any) -> None:
    cf = log_in()
    cf.auth("admin", "admin")
    form = {"client_id": "cf", "client_secret": "", "grant_type": "refresh_token"}
    answer = cf.http.post(
        f"{cf.links['uaa']['href']}/oauth/token", data={**form, "refresh_token": cf.refresh}
    )
    assert (answer.status_code, answer.json()["token_type"]) == (200, "bearer")
    assert cf.claims()["revocable"] is True, "cf logout revokes only such tokens"


def test_logout_ends_both_tokens(log_in: Any) -> None:
    cf = log_in()
    cf.auth("admin", "admin")
    access, refresh = cf.token, cf.refresh
    cf.token = refresh
    named = cf.claims()["jti"]
    cf.token = access
    cf.send("DELETE", f"{cf.links['uaa']['href']}/oauth/token/revoke/{named}")
    cf.send(
        "DELETE",
        f"{cf.links['uaa']['href']}/oauth/token/revoke/{cf.claims()['jti']}",
        headers={"Connection": "close"},
    )
    with pytest.raises(cf.Refused, match="Invalid Auth Token") as found:
        cf.all("/v3/apps")
    assert (found.value.status, found.value.title) == (401, "CF-InvalidAuthToken")
    with pytest.raises(PermissionError):
        cf.refresh_token()


def test_a_client_that_does_not_exist_cannot_log_in(log_in: Any) -> None:
    cf = log_in()
    form = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"}
    answer = cf.http.post(f"{cf.links['uaa']['href']}/oauth/token", data=form)
    assert (answer.status_code, answer.json()["error_description"]) == (401, "Bad credentials")


def test_create_user_and_delete_user(cf: Any, other: Any) -> None:
    answer = cf.http.post(f"{cf.base}/Users", json=scim(other.name), headers=cf._bearer())
    assert answer.status_code == 409, "shown as: the user already exists"
    found = cf.json("GET", "/Users", filter=f'userName eq "{other.name}" and origin eq "uaa"')
    assert [user["id"] for user in found["resources"]] == [other.guid]
    assert cf.json("GET", "/Users", filter='userName eq "nobody"')["resources"] == []
    cf.done(cf.send("DELETE", f"/v3/users/{other.guid}"))
    removed = cf.json("DELETE", f"/Users/{other.guid}")
    assert (removed["id"], removed["origin"]) == (other.guid, "uaa")
    with pytest.raises(PermissionError, match="Bad credentials"):
        other.auth(other.name, "s3cret")


def test_users_of_other_origins(cf: Any, new_name: Any) -> None:
    called = new_name()
    made = cf.json("POST", "/v3/users", {"username": called, "origin": "ldap"})
    assert (made["presentation_name"], made["origin"]) == (called, "ldap")
    older = cf.json("POST", "/Users", scim(new_name(), "", "ldap"))
    assert older["origin"] == "ldap"


def test_passwd(cf: Any, other: Any) -> None:
    body = {"oldPassword": "wrong", "password": "n3w"}
    path = f"{cf.base}/Users/{other.guid}/password"
    answer = other.http.put(path, json=body, headers=other._bearer())
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")
    body["oldPassword"] = "s3cret"
    assert other.http.put(path, json=body, headers=other._bearer()).status_code == 200
    other.auth(other.name, "n3w")


def test_roles_are_set_and_unset(cf: Any, other: Any) -> None:
    user = {"username": other.name, "origin": "uaa"}
    give(cf, "organization_user", "organization", cf.org, **user)
    with pytest.raises(cf.Refused, match=r"User '.*' already has '.*' role.*"):
        give(cf, "organization_user", "organization", cf.org, **user)
    give(cf, "space_auditor", "space", cf.space, **user)
    missing = r"No user exists with the username 'nobody' and origin 'uaa'\."
    with pytest.raises(cf.Refused, match=missing):
        give(cf, "organization_auditor", "organization", cf.org, username="nobody", origin="uaa")
    with pytest.raises(cf.Refused, match="You are not authorized to perform the requested action"):
        give(other, "organization_manager", "organization", cf.org, **user)

    named = cf.all("/v3/users", usernames=other.name, origins="uaa")
    assert [one["guid"] for one in named] == [other.guid]
    asked = {"types": "space_auditor", "space_guids": cf.space, "user_guids": other.guid}
    (role,) = cf.all("/v3/roles", **asked)
    cf.done(cf.send("DELETE", f"/v3/roles/{role['guid']}"))
    assert cf.all("/v3/roles", **asked) == []


def test_roles_of_clients_are_set_once_the_client_is_known(cf: Any, other: Any) -> None:
    found = cf.json("GET", "/oauth/clients/cf")
    assert found["client_id"] == "cf"
    for asking, client, status in ((cf, "nobody", 404), (other, "cf", 403)):
        answer = asking.http.get(f"{cf.base}/oauth/clients/{client}", headers=asking._bearer())
        assert answer.status_code == status
        assert set(answer.json()) == {"error", "error_description"}


def test_names_that_are_taken(cf: Any, new_name: Any) -> None:
    first, second, space = new_name(), new_name(), new_name()
    guid = cf.create_org(first)
    cf.create_org(second)
    taken = f"Organization name '{second}' is already taken."
    assert refused(cf, "PATCH", f"/v3/organizations/{guid}/", {"name": second}) == (422, taken)
    cf.create_space(space, guid)
    other_space = cf.create_space(new_name(), guid)
    taken = f"Organization '{first}' already contains a space with name '{space}'."
    assert refused(cf, "PATCH", f"/v3/spaces/{other_space}", {"name": space}) == (422, taken)
    renamed = cf.json("PATCH", f"/v3/organizations/{guid}/", {"name": new_name()})
    assert cf.json("GET", f"/v3/organizations/{guid}")["name"] == renamed["name"]


def test_what_needs_an_admin_is_refused(other: Any, new_name: Any) -> None:
    text = "You are not authorized to perform the requested action"
    assert refused(other, "POST", "/v3/organizations", {"name": new_name()}) == (403, text)
    assert refused(other, "POST", "/v3/buildpacks/", {"name": new_name()}) == (403, text)
    flag = "/v3/feature_flags/diego_docker"
    assert refused(other, "PATCH", flag, {"enabled": True}) == (403, text)
    assert other.all("/v3/organizations", names="whatever") == []


def test_feature_flags_are_switched(cf: Any) -> None:
    path = "/v3/feature_flags/hide_marketplace_from_unauthenticated_users"
    before = cf.json("GET", path)["enabled"]
    assert cf.json("PATCH", path, {"enabled": not before})["enabled"] is not before
    cf.json("PATCH", path, {"enabled": before})
    for method, body in (("GET", None), ("PATCH", {"enabled": True})):
        # The command line compares this text.
        found = refused(cf, method, "/v3/feature_flags/nope", body)
        assert found == (404, "Feature flag not found")


def test_domains(cf: Any, new_name: Any) -> None:
    called = f"{new_name()}.example.com"
    shared = cf.json("POST", "/v3/domains", {"name": called})
    assert (shared["internal"], shared["router_group"]) == (False, None)
    taken = f'The domain name "{called}" is already in use'
    assert refused(cf, "POST", "/v3/domains", {"name": called}) == (422, taken)
    related = {"organization": {"data": {"guid": cf.org}}}
    private = cf.json("POST", "/v3/domains", {"name": f"p-{called}", "relationships": related})
    for query in ({"order_by": "name"}, {"order_by": "name", "label_selector": "!env"}):
        listed = cf.all(f"/v3/organizations/{cf.org}/domains", **query)
        assert {called, f"p-{called}"} <= {domain["name"] for domain in listed}
    for domain in (shared, private):
        assert cf.find("domains", domain["name"])["guid"] == domain["guid"]
        cf.done(cf.send("DELETE", f"/v3/domains/{domain['guid']}"))
    with pytest.raises(LookupError):
        cf.find("domains", called)


def test_labels_of_domains_and_routes(cf: Any, new_name: Any) -> None:
    domain = cf.all("/v3/domains")[0]
    related = {"domain": {"data": {"guid": domain["guid"]}}, "space": {"data": {"guid": cf.space}}}
    host = new_name()
    route = cf.json("POST", "/v3/routes", {"host": host, "relationships": related})
    (found,) = cf.all("/v3/routes", domain_guids=domain["guid"], hosts=host, paths="")
    assert found["guid"] == route["guid"]
    for path in (f"/v3/domains/{domain['guid']}", f"/v3/routes/{route['guid']}"):
        cf.json("PATCH", path, {"metadata": {"labels": {"env": "test"}}})
        assert cf.json("GET", path)["metadata"]["labels"] == {"env": "test"}
        changed = cf.json("PATCH", path, {"metadata": {"labels": {"env": None}}})
        assert changed["metadata"]["labels"] == {}


def test_events_of_an_app(cf: Any, new_name: Any) -> None:
    app = cf.create_app(new_name())
    query = {"target_guids": app["guid"], "order_by": "-created_at", "page": "1"}
    (event,) = cf.all("/v3/audit_events", **query)
    assert event["type"] == "audit.app.create"
    assert event["actor"]["name"] == "admin"
    assert isinstance(event["data"], dict)


def test_the_lists_that_a_summary_of_a_space_asks_for(cf: Any) -> None:
    for path, query in (
        ("/v3/isolation_segments", {"organization_guids": cf.org}),
        ("/v3/space_quotas", {"organization_guids": cf.org, "names": "x"}),
        ("/v3/organization_quotas", {"names": "x"}),
        ("/v3/security_groups", {"names": "x"}),
        ("/v3/security_groups", {"globally_enabled_running": "true"}),
        ("/v3/security_groups", {"globally_enabled_staging": "true"}),
        ("/v3/stacks", {"label_selector": "env=nope"}),
        ("/v3/stacks", {"names": "nope"}),
        ("/v3/organizations", {"order_by": "name", "label_selector": "env=nope"}),
        ("/v3/spaces", {"order_by": "name", "label_selector": "env=nope"}),
    ):
        assert cf.all(path, **query) == [], path
    assert cf.json("GET", f"/v3/spaces/{cf.space}/features/ssh")["enabled"] in (True, False)


@pytest.mark.parametrize("path", ["/v3/organizations", "/v3/apps/", "/v3", "/v3/info", "/v2/info"])
def test_curl_says_that_it_sends_json_even_when_it_sends_nothing(cf: Any, path: str) -> None:
    answer = cf.send("GET", path, headers={"Content-Type": "application/json"}, content=b"")
    assert answer.status_code == 200


def test_curl_of_what_is_not_there(cf: Any) -> None:
    # The command line compares this text.
    assert refused(cf, "GET", "/v3/nope") == (404, "Unknown request")
