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
