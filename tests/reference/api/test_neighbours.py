"""Do the small resources around organizations and spaces answer what clients expect?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

NOT_AUTHORIZED = "403 10003 You are not authorized to perform the requested action"
SPACE_ROLES = ("space_developer", "space_manager", "space_auditor", "space_supporter")
ORG_ROLES = ("org_manager", "org_auditor", "org_billing_manager", "org_user")
GLOBAL = ("admin", "admin_read_only", "global_auditor")
ROLES = (*GLOBAL, *SPACE_ROLES, *ORG_ROLES, "none")
ORG_RELATION = "relationships/default_isolation_segment"
SPACE_RELATION = "relationships/isolation_segment"


@pytest.mark.parametrize("kind", ["isolation_segments", "security_groups", "space_quotas"])
def test_what_is_not_there_is_an_empty_list_for_everybody(
    cloud: Any, place: Any, kind: str
) -> None:
    for role in ("admin", "space_developer", "none"):
        page = cloud.with_role(role, place).get(f"/v3/{kind}?names=a,b").json()
        assert page["resources"] == []
        assert page["pagination"]["total_pages"] == 1
        assert page["pagination"]["first"]["href"] == (
            f"https://api.example.local/v3/{kind}?names=a%2Cb&page=1&per_page=50"
        )


@pytest.mark.parametrize("role", ROLES)
def test_what_hangs_on_a_place_is_seen_by_those_who_see_the_place(
    cloud: Any, place: Any, role: str
) -> None:
    caller = cloud.with_role(role, place)
    space, organization = f"/v3/spaces/{place.space}", f"/v3/organizations/{place.organization}"
    for base, title, sees, names in (
        (
            space,
            "Space",
            role in (*GLOBAL, *SPACE_ROLES, "org_manager"),
            (
                SPACE_RELATION,
                "usage_summary",
                "features",
                "features/ssh",
                "running_security_groups",
                "staging_security_groups",
            ),
        ),
        (
            organization,
            "Organization",
            role in (*GLOBAL, *ORG_ROLES),
            (ORG_RELATION, "usage_summary"),
        ),
    ):
        for name in names:
            answer = caller.get(f"{base}/{name}")
            if sees:
                assert answer.status_code == 200, name
            else:
                assert cloud.detail(answer) == f"404 10010 {title} not found"


def test_nothing_has_an_isolation_segment_and_none_can_be_assigned(cloud: Any, place: Any) -> None:
    for path, ending in (
        (f"/v3/organizations/{place.organization}/{ORG_RELATION}", "."),
        (f"/v3/spaces/{place.space}/{SPACE_RELATION}", " that this space belongs to."),
    ):
        none = {"data": None, "links": {"self": {"href": f"https://api.example.local{path}"}}}
        assert cloud.admin.get(path).json() == none
        for body in ({"data": None}, {}, {"data": {"guid": None}}):
            assert cloud.admin.patch(path, json=body).json() == none
        refused = cloud.admin.patch(path, json={"data": {"guid": "x"}})
        assert cloud.detail(refused) == (
            "422 10008 Unable to assign isolation segment with guid 'x'. "
            f"Ensure it has been entitled to the organization{ending}"
        )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"x": 1}, "Unknown field(s): 'x'"),
        ({"data": 5}, "Data must be an object"),
        (
            {"data": {}},
            ("Data can't be blank, Data can only accept one key, Data can only accept key 'guid'"),
        ),
        ({"data": {"guid": "a", "x": 1}}, "Data can only accept one key"),
        ({"data": {"guid": 5}}, "Data 5 must be a string"),
    ],
)
def test_a_bad_assignment_gets_its_text(cloud: Any, place: Any, body: Any, text: str) -> None:
    for path in (
        f"/v3/organizations/{place.organization}/{ORG_RELATION}",
        f"/v3/spaces/{place.space}/{SPACE_RELATION}",
    ):
        assert cloud.detail(cloud.admin.patch(path, json=body)) == f"422 10008 {text}"


@pytest.mark.parametrize("role", ROLES)
def test_segments_are_assigned_by_managers_of_the_organization(
    cloud: Any, place: Any, role: str
) -> None:
    caller = cloud.with_role(role, place)
    space = caller.patch(f"/v3/spaces/{place.space}/{SPACE_RELATION}", json={"data": None})
    organization = caller.patch(
        f"/v3/organizations/{place.organization}/{ORG_RELATION}", json={"data": None}
    )
    if role in ("admin", "org_manager"):
        assert (space.status_code, organization.status_code) == (200, 200)
        return
    sees_space = role in (*GLOBAL, *SPACE_ROLES)
    assert cloud.detail(space) == (NOT_AUTHORIZED if sees_space else "404 10010 Space not found")
    sees = role in (*GLOBAL, *ORG_ROLES)
    hidden = "404 10010 Organization not found"
    assert cloud.detail(organization) == (NOT_AUTHORIZED if sees else hidden)


def test_no_organization_is_entitled_to_an_isolation_segment(cloud: Any, place: Any) -> None:
    path = f"/v3/organizations?guids={place.organization}"

    assert len(cloud.admin.get(path).json()["resources"]) == 1
    assert cloud.admin.get(f"{path}&isolation_segment_guid=x").json()["resources"] == []


def test_organizations_share_a_quota_that_limits_nothing(cloud: Any, place: Any) -> None:
    organization = cloud.admin.get(f"/v3/organizations/{place.organization}").json()
    path = organization["links"]["quota"]["href"].removeprefix("https://api.example.local")
    user = cloud.with_role("org_user", place)
    quota = user.get(path).json()

    assert quota["guid"] == organization["relationships"]["quota"]["data"]["guid"]
    assert quota["name"] == "default"
    assert quota["apps"]["total_memory_in_mb"] is None
    assert quota["services"]["paid_services_allowed"] is True
    assert quota["domains"] == {"total_domains": None}
    assert quota["relationships"]["organizations"]["data"] == [{"guid": place.organization}]
    everybody = cloud.admin.get(path).json()["relationships"]["organizations"]["data"]
    assert {"guid": place.organization} in everybody
    assert len(everybody) > 1
    missing = cloud.admin.get("/v3/organization_quotas/x")
    assert cloud.detail(missing) == "404 10010 Organization quota not found"


def test_the_quota_is_found_by_name_guid_organization_and_time(cloud: Any, place: Any) -> None:
    user = cloud.with_role("org_user", place)
    (quota,) = user.get("/v3/organization_quotas").json()["resources"]
    for query, count in {
        "names=default": 1,
        "names=other": 0,
        f"guids={quota['guid']}": 1,
        "guids=": 0,
        f"organization_guids={place.organization}": 1,
        "organization_guids=other": 0,
        f"created_ats={quota['created_at']}": 1,
        f"created_ats[gt]={quota['created_at']}": 0,
        f"created_ats[gte]={quota['created_at']}": 1,
        f"updated_ats[lt]={quota['created_at']}": 0,
        f"updated_ats[lte]={quota['created_at']}": 1,
        "page=2": 0,
    }.items():
        found = user.get(f"/v3/organization_quotas?{query}").json()
        assert found["pagination"]["total_results"] == count, query
        assert len(found["resources"]) == count, query


def test_a_quota_names_no_organization_that_the_caller_does_not_see(cloud: Any, place: Any) -> None:
    stranger = cloud.user()
    (quota,) = stranger.get("/v3/organization_quotas").json()["resources"]

    assert quota["relationships"]["organizations"]["data"] == []
    found = stranger.get(f"/v3/organization_quotas?organization_guids={place.organization}").json()
    assert found["resources"] == []


@pytest.mark.parametrize("role", ROLES)
def test_managers_let_apps_of_a_space_be_entered(cloud: Any, place: Any, role: str) -> None:
    caller = cloud.with_role(role, place)
    path = f"/v3/spaces/{place.space}/features/ssh"
    answer = caller.patch(path, json={"enabled": False})

    if role in ("admin", "space_manager", "org_manager"):
        ssh = {
            "name": "ssh",
            "description": "Enable SSHing into apps in the space.",
            "enabled": False,
        }
        assert answer.json() == ssh
        assert caller.get(path).json() == ssh
        assert caller.get(f"/v3/spaces/{place.space}/features").json() == {"resources": [ssh]}
        return
    sees = role in (*GLOBAL, *SPACE_ROLES)
    assert cloud.detail(answer) == (NOT_AUTHORIZED if sees else "404 10010 Space not found")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Enabled must be a boolean"),
        ({"enabled": "yes"}, "Enabled must be a boolean"),
        ({"enabled": True, "x": 1}, "Unknown field(s): 'x'"),
    ],
)
def test_a_feature_is_switched_by_a_boolean(cloud: Any, place: Any, body: Any, text: str) -> None:
    answer = cloud.admin.patch(f"/v3/spaces/{place.space}/features/ssh", json=body)

    assert cloud.detail(answer) == f"422 10008 {text}"


def test_usage_is_nothing_in_a_place_where_nothing_runs(cloud: Any, place: Any) -> None:
    for kind, guid in (("organization", place.organization), ("space", place.space)):
        path = f"/v3/{kind}s/{guid}"
        shown = cloud.admin.get(f"{path}/usage_summary").json()
        assert set(shown["usage_summary"].values()) == {0}
        assert shown["links"] == {
            "self": {"href": f"https://api.example.local{path}/usage_summary"},
            kind: {"href": f"https://api.example.local{path}"},
        }


def test_a_group_of_variables_is_merged_and_null_removes(start: Any) -> None:
    cloud = start()  # all apps of a server get these variables
    path = "/v3/environment_variable_groups/running"
    assert cloud.user().get("/v3/environment_variable_groups/staging").json() == {
        "name": "staging",
        "var": {},
        "updated_at": None,
        "links": {
            "self": {"href": f"https://api.example.local{path.replace('running', 'staging')}"}
        },
    }
    cloud.admin.patch(path, json={"var": {"A": "1", "B": "2"}})
    changed = cloud.admin.patch(path, json={"var": {"A": None, "C": "3"}}).json()

    assert changed["var"] == {"B": "2", "C": "3"}
    assert changed["updated_at"]
    assert cloud.user().get(path).json() == changed
    assert cloud.admin.patch(path, json={}).json()["var"] == changed["var"]


def test_all_apps_get_the_variables_of_the_groups(start: Any) -> None:
    cloud = start()
    app = cloud.place().app
    for name in ("running", "staging"):
        path = f"/v3/environment_variable_groups/{name}"
        cloud.admin.patch(path, json={"var": {"WHEN": name}})
    environment = cloud.admin.get(f"/v3/apps/{app}/env").json()

    assert environment["running_env_json"] == {"WHEN": "running"}
    assert environment["staging_env_json"] == {"WHEN": "staging"}


def test_groups_of_variables_are_changed_by_admins_and_there_are_two(cloud: Any) -> None:
    body = {"var": {"A": "1"}}
    user = cloud.user()
    unknown = "404 10010 Environment variable group not found"

    refused = user.patch("/v3/environment_variable_groups/running", json=body)
    assert cloud.detail(refused) == NOT_AUTHORIZED
    assert cloud.detail(user.get("/v3/environment_variable_groups/x")) == unknown
    assert cloud.detail(cloud.admin.patch("/v3/environment_variable_groups/x", json=body)) == (
        unknown
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"var": 5}, "Var must be an object"),
        (
            {"var": {"A": 5}},
            "Non-string value in environment variable for key 'A', value '5'",
        ),
        (
            {"var": {"A": "x" * 70_000}},
            (
                "Environment variable group is too large. Specify fewer variables or reduce "
                "key/value lengths."
            ),
        ),
    ],
)
def test_bad_variables_get_their_text(cloud: Any, body: Any, text: str) -> None:
    answer = cloud.admin.patch("/v3/environment_variable_groups/staging", json=body)

    assert cloud.detail(answer) == f"422 10008 {text}"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "security_groups?globally_enabled_running=yes",
            "Globally enabled running must be 'true' or 'false'",
        ),
        (
            "isolation_segments?order_by=x",
            "Order by can only be: 'created_at', 'updated_at', 'name'",
        ),
        ("organization_quotas?per_page=0", "Per page must be a positive integer"),
        ("feature_flags?order_by=created_at", "Order by can only be: 'name'"),
        (
            "space_quotas?x=1",
            (
                "Unknown query parameter(s): 'x'. Valid parameters are: 'page', 'per_page', "
                "'order_by', 'created_ats', 'updated_ats', 'guids', 'names', "
                "'organization_guids', 'space_guids'"
            ),
        ),
    ],
)
def test_bad_filters_of_neighbours_get_their_text(cloud: Any, path: str, text: str) -> None:
    answer = cloud.admin.get(f"/v3/{path}")

    assert cloud.detail(answer) == f"400 10005 The query parameter is invalid: {text}"


def test_a_name_for_a_path_that_nobody_knows_is_not_found(cloud: Any, place: Any) -> None:
    path = f"/v3/spaces/{place.space}/features/{uuid.uuid4()}"

    assert cloud.detail(cloud.admin.get(path)) == "404 10000 Unknown request"
