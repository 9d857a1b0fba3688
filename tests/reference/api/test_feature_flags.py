"""Can an operator switch what the platform offers, and does it make a difference?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NOT_AUTHORIZED = "403 10003 You are not authorized to perform the requested action"
OFF = {
    "hide_marketplace_from_unauthenticated_users",
    "route_sharing",
    "service_instance_sharing",
    "user_org_creation",
}


def test_all_flags_are_listed_by_name(start: Any) -> None:
    page = start().user().get("/v3/feature_flags").json()
    flags = {one["name"]: one for one in page["resources"]}

    assert page["pagination"]["total_results"] == 18
    assert list(flags) == sorted(flags)
    assert {name for name, flag in flags.items() if not flag["enabled"]} == OFF
    assert flags["diego_docker"] == {
        "name": "diego_docker",
        "enabled": True,
        "updated_at": None,
        "custom_error_message": None,
        "links": {"self": {"href": "https://api.example.local/v3/feature_flags/diego_docker"}},
    }


def test_flags_come_in_pages_and_backwards(cloud: Any) -> None:
    page = cloud.admin.get("/v3/feature_flags?order_by=-name&per_page=5&page=2").json()
    names = [one["name"] for one in page["resources"]]

    assert len(names) == 5
    assert names == sorted(names, reverse=True)
    assert page["pagination"]["total_pages"] == 4
    assert page["pagination"]["next"]["href"] == (
        "https://api.example.local/v3/feature_flags?order_by=-name&page=3&per_page=5"
    )


@given(size=st.integers(1, 25), descending=st.booleans())
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_pages_together_are_the_whole_list(cloud: Any, size: int, descending: bool) -> None:
    order = "-name" if descending else "name"
    path = f"/v3/feature_flags?per_page={size}&order_by={order}"
    names = []
    while path:
        page = cloud.admin.get(path).json()
        names += [one["name"] for one in page["resources"]]
        following = page["pagination"]["next"]
        path = following and following["href"].removeprefix("https://api.example.local")

    assert names == sorted(set(names), reverse=descending)
    assert len(names) == page["pagination"]["total_results"] == 18


def test_a_flag_is_switched_and_stays_so(start: Any) -> None:
    cloud = start()
    path = "/v3/feature_flags/route_sharing"
    switched = cloud.admin.patch(path, json={"enabled": True}).json()

    assert switched["enabled"] is True
    assert switched["updated_at"]
    assert cloud.user().get(path).json() == switched
    again = cloud.admin.patch(path, json={"custom_error_message": "Ask us."}).json()
    assert (again["enabled"], again["custom_error_message"]) == (True, "Ask us.")
    changed = cloud.admin.get("/v3/feature_flags?updated_ats[gt]=2001-01-01T00:00:00Z").json()
    assert [one["name"] for one in changed["resources"]] == ["route_sharing"]


@pytest.mark.parametrize("role", ["admin_read_only", "global_auditor", "org_manager", "none"])
def test_only_admins_switch_flags(cloud: Any, place: Any, role: str) -> None:
    caller = cloud.with_role(role, place)
    for body in ({"enabled": False}, {"x": 1}):
        answer = caller.patch("/v3/feature_flags/route_sharing", json=body)
        assert cloud.detail(answer) == NOT_AUTHORIZED


def test_a_flag_that_nobody_knows_is_not_found(cloud: Any) -> None:
    for answer in (
        cloud.admin.get("/v3/feature_flags/flying"),
        cloud.admin.patch("/v3/feature_flags/flying", json={"enabled": True}),
        cloud.user().patch("/v3/feature_flags/flying", json={"x": 1}),
    ):
        assert cloud.detail(answer) == "404 10010 Feature flag not found"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"enabled": None}, "Enabled must be a boolean"),
        ({"enabled": "true"}, "Enabled must be a boolean"),
        ({"enabled": True, "custom_error_message": 5}, "Custom error message must be a string"),
        (
            {"custom_error_message": "x" * 251},
            "Custom error message is too long (maximum is 250 characters)",
        ),
        ({"enabled": True, "name": "x"}, "Unknown field(s): 'name'"),
    ],
)
def test_a_bad_switch_gets_its_text(cloud: Any, body: Any, text: str) -> None:
    answer = cloud.admin.patch("/v3/feature_flags/route_sharing", json=body)

    assert cloud.detail(answer) == f"422 10008 {text}"


def test_docker_apps_can_be_switched_off_with_a_message(start: Any) -> None:
    cloud = start()
    space = cloud.place().space
    flag = "/v3/feature_flags/diego_docker"
    body = {
        "name": "a",
        "lifecycle": {"type": "docker", "data": {}},
        **cloud.related("space", space),
    }
    cloud.admin.patch(flag, json={"enabled": False})
    refused = cloud.admin.post("/v3/apps", json=body)
    assert cloud.detail(refused) == "403 330002 Feature Disabled: diego_docker"

    cloud.admin.patch(flag, json={"custom_error_message": "No images here."})
    refused = cloud.admin.post("/v3/apps", json=body)
    assert cloud.detail(refused) == "403 330002 Feature Disabled: No images here."
    cloud.admin.patch(flag, json={"enabled": True})
    assert cloud.admin.post("/v3/apps", json=body).status_code == 201


def test_users_create_organizations_once_they_may(start: Any) -> None:
    cloud = start()
    user = cloud.user()
    assert cloud.detail(user.post("/v3/organizations", json={"name": "mine"})) == NOT_AUTHORIZED
    cloud.admin.patch("/v3/feature_flags/user_org_creation", json={"enabled": True})

    created = user.post("/v3/organizations", json={"name": "mine"})
    assert created.status_code == 201
    guid = created.json()["guid"]
    told = cloud.admin.get(f"/v3/audit_events?organization_guids={guid}").json()["resources"]
    assert [one["type"] for one in told] == [
        "audit.organization.create",
        "audit.user.organization_user_add",
        "audit.user.organization_manager_add",
    ]
