"""Do organizations, spaces and apps behave as chapter 5 says?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from cloud_controller.store.entities import FEATURE_FLAGS
from cloud_controller.store.records import FeatureFlagRecord

NOT_AUTHORIZED = "403 10003 You are not authorized to perform the requested action"
SPACE_ROLES = ("space_developer", "space_manager", "space_auditor", "space_supporter")
ORG_ROLES = ("org_manager", "org_auditor", "org_billing_manager", "org_user")
GLOBAL = ("admin", "admin_read_only", "global_auditor")
ROLES = (*GLOBAL, *SPACE_ROLES, *ORG_ROLES, "none")


@pytest.mark.parametrize("role", ROLES)
def test_organizations_are_seen_by_their_members(cloud: Any, place: Any, role: str) -> None:
    caller = cloud.with_role(role, place)
    answer = caller.get(f"/v3/organizations/{place.organization}")
    listed = caller.get("/v3/organizations?per_page=5000").json()["resources"]
    sees = role in (*GLOBAL, *ORG_ROLES)

    assert (place.organization in {one["guid"] for one in listed}) is sees
    if sees:
        assert answer.json()["guid"] == place.organization
    else:
        assert cloud.detail(answer) == "404 10010 Organization not found"


@pytest.mark.parametrize("role", ROLES)
def test_spaces_and_apps_are_seen_by_those_who_read_the_space(
    cloud: Any, place: Any, role: str
) -> None:
    caller = cloud.with_role(role, place)
    sees = role in (*GLOBAL, *SPACE_ROLES, "org_manager")
    for kind, guid, title in (("spaces", place.space, "Space"), ("apps", place.app, "App")):
        answer = caller.get(f"/v3/{kind}/{guid}")
        listed = caller.get(f"/v3/{kind}?per_page=5000").json()["resources"]
        assert (guid in {one["guid"] for one in listed}) is sees
        if sees:
            assert answer.status_code == 200
        else:
            assert cloud.detail(answer) == f"404 10010 {title} not found"


@pytest.mark.parametrize("role", ROLES)
def test_spaces_are_made_and_deleted_by_managers_of_the_organization(
    cloud: Any, place: Any, role: str
) -> None:
    caller = cloud.with_role(role, place)
    body = {"name": f"s-{uuid.uuid4()}", **cloud.related("organization", place.organization)}
    created = caller.post("/v3/spaces", json=body)
    deleted = caller.delete(f"/v3/spaces/{place.space}")

    if role in ("admin", "org_manager"):
        assert (created.status_code, deleted.status_code) == (201, 202)
        return
    reads = role in (*GLOBAL, *ORG_ROLES)
    hidden = "Invalid organization. Ensure the organization exists and you have access to it."
    assert cloud.detail(created) == (NOT_AUTHORIZED if reads else f"422 10008 {hidden}")
    sees_space = role in (*GLOBAL, *SPACE_ROLES)
    assert cloud.detail(deleted) == (NOT_AUTHORIZED if sees_space else "404 10010 Space not found")


@pytest.mark.parametrize("role", ROLES)
def test_apps_are_made_and_deleted_by_developers(cloud: Any, place: Any, role: str) -> None:
    caller = cloud.with_role(role, place)
    body = {"name": f"a-{uuid.uuid4()}", **cloud.related("space", place.space)}
    created = caller.post("/v3/apps", json=body)
    deleted = caller.delete(f"/v3/apps/{place.app}")

    if role in ("admin", "space_developer"):
        assert (created.status_code, deleted.status_code) == (201, 202)
        return
    sees = role in (*GLOBAL, *SPACE_ROLES, "org_manager")
    hidden = "422 10008 Invalid space. Ensure that the space exists and you have access to it."
    assert cloud.detail(created) == (NOT_AUTHORIZED if sees else hidden)
    assert cloud.detail(deleted) == (NOT_AUTHORIZED if sees else "404 10010 App not found")


def test_an_organization_has_its_quota_and_links(cloud: Any) -> None:
    body = {"name": f"o-{uuid.uuid4()}", "metadata": {"labels": {"a": "b"}}}
    answer = cloud.admin.post("/v3/organizations", json=body)
    organization = answer.json()
    path = f"https://api.example.local/v3/organizations/{organization['guid']}"

    assert answer.status_code == 201
    assert organization["name"] == body["name"]
    assert organization["suspended"] is False
    assert organization["metadata"] == {"labels": {"a": "b"}, "annotations": {}}
    assert organization["links"]["self"] == {"href": path}
    assert organization["links"]["default_domain"] == {"href": f"{path}/domains/default"}
    assert organization["relationships"]["quota"]["data"]["guid"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Name can't be blank"),
        ({"name": "x" * 256}, "Name is too long (maximum is 255 characters)"),
        ({"name": 5}, "Name must be a string"),
        ({"name": " "}, "Name can't be blank"),
        ({"name": "o", "suspended": None}, "Suspended must be a boolean"),
        ({"name": "o", "x": 1}, "Unknown field(s): 'x'"),
    ],
)
def test_an_organization_to_create_is_checked(cloud: Any, body: Any, text: str) -> None:
    assert cloud.detail(cloud.admin.post("/v3/organizations", json=body)) == f"422 10008 {text}"


def test_only_admins_create_organizations_and_the_role_is_checked_first(cloud: Any) -> None:
    user = cloud.user()

    assert cloud.detail(user.post("/v3/organizations", json={"name": "o"})) == NOT_AUTHORIZED
    assert cloud.detail(user.post("/v3/organizations", json={"x": 1})) == NOT_AUTHORIZED


def test_names_are_taken_once(cloud: Any, place: Any) -> None:
    name = f"o-{uuid.uuid4()}"
    cloud.create("organizations", {"name": name})
    again = cloud.admin.post("/v3/organizations", json={"name": name})
    assert cloud.detail(again) == f"422 10008 Organization '{name}' already exists."

    space = {"name": name, **cloud.related("organization", place.organization)}
    cloud.create("spaces", space)
    assert cloud.detail(cloud.admin.post("/v3/spaces", json=space)) == (
        "422 10008 Name must be unique per organization"
    )

    app = {"name": name, **cloud.related("space", place.space)}
    cloud.create("apps", app)
    assert cloud.detail(cloud.admin.post("/v3/apps", json=app)) == (
        f"422 10016 App with the name '{name}' already exists."
    )


def test_a_flag_lets_users_create_organizations_that_they_manage(start: Any) -> None:
    cloud = start()
    flag = FeatureFlagRecord(guid="user_org_creation", created_at=0, updated_at=0, enabled=True)
    cloud.write(lambda transaction: transaction.insert(FEATURE_FLAGS, flag))
    user = cloud.user()
    organization = user.post("/v3/organizations", json={"name": "mine"}).json()["guid"]
    space = {"name": "s", **cloud.related("organization", organization)}

    assert user.post("/v3/spaces", json=space).status_code == 201
    suspended = user.post("/v3/organizations", json={"name": "other", "suspended": True})
    assert cloud.detail(suspended) == NOT_AUTHORIZED


def test_a_space_shows_and_includes_its_organization(cloud: Any, place: Any) -> None:
    space = cloud.admin.get(f"/v3/spaces/{place.space}?include=org").json()

    assert space["suspended"] is False
    assert space["relationships"]["quota"] == {"data": None}
    assert [one["guid"] for one in space["included"]["organizations"]] == [place.organization]
    listed = cloud.admin.get(f"/v3/spaces?guids={place.space}&include=organization").json()
    assert [one["guid"] for one in listed["included"]["organizations"]] == [place.organization]
    assert "include=organization" in listed["pagination"]["first"]["href"]


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("isolation_segments", "400 10005 The query parameter is invalid: "),
        ("organizations", "400 10005 The query parameter is invalid: "),
        ("users", "422 10008 "),
    ],
)
def test_a_label_selector_has_fifty_requirements_at_most(
    cloud: Any, path: str, answer: str
) -> None:
    selector = ",".join(f"!key-{number}" for number in range(50))
    longest = cloud.admin.get(f"/v3/{path}?label_selector={selector}")
    refused = cloud.admin.get(f"/v3/{path}?label_selector={selector},!key")

    assert longest.status_code == 200
    text = "Too many label_selector requirements (maximum is 50)"
    assert cloud.detail(refused) == f"{answer}{text}"


def test_links_of_organizations_repeat_the_isolation_segment(cloud: Any) -> None:
    listed = cloud.admin.get("/v3/organizations?isolation_segment_guid=x").json()

    assert "isolation_segment_guid=x" in listed["pagination"]["first"]["href"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "spaces?include=x",
            "Invalid included resource: 'x'. Valid included resources are: 'org', 'organization'",
        ),
        ("spaces?include=org,org", "Duplicate included resource: 'org'"),
        ("apps?lifecycle_type=x", "Invalid lifecycle_type: 'x'"),
        (
            "spaces/x?foo=1",
            "Unknown query parameter(s): 'foo'. Valid parameters are: 'include'",
        ),
        (
            "apps?order_by=x",
            "Order by can only be: 'created_at', 'updated_at', 'name', 'state'",
        ),
    ],
)
def test_bad_parameters_get_the_documented_text(cloud: Any, path: str, text: str) -> None:
    answer = cloud.admin.get(f"/v3/{path}")

    assert cloud.detail(answer) == f"400 10005 The query parameter is invalid: {text}"


def test_a_plain_app_is_stopped_and_has_the_default_stack(cloud: Any, place: Any) -> None:
    app = cloud.admin.get(f"/v3/apps/{place.app}?include=space,org").json()

    assert app["state"] == "STOPPED"
    assert app["lifecycle"] == {
        "type": "buildpack",
        "data": {"buildpacks": [], "stack": "cflinuxfs4"},
    }
    assert app["relationships"]["current_droplet"] == {"data": {"guid": None}}
    assert app["links"]["start"] == {
        "href": f"https://api.example.local/v3/apps/{place.app}/actions/start",
        "method": "POST",
    }
    assert [one["guid"] for one in app["included"]["spaces"]] == [place.space]
    assert [one["guid"] for one in app["included"]["organizations"]] == [place.organization]


@pytest.mark.parametrize(
    ("lifecycle", "error"),
    [
        (
            {"type": "buildpack", "data": {"stack": "nope"}},
            "422 10008 Stack must be an existing stack",
        ),
        (
            {"type": "buildpack", "data": {"buildpacks": ["nope"]}},
            (
                '422 10008 Buildpack "nope" for stack "cflinuxfs4" must be an existing admin '
                "buildpack or a valid git URI"
            ),
        ),
        (
            {"type": "x", "data": {}},
            "422 10008 Lifecycle type is not included in the list: buildpack, docker, cnb",
        ),
        ({"type": "buildpack", "data": 5}, "422 10008 Lifecycle data must be an object"),
        ({"type": "buildpack", "data": {"x": 1}}, "422 10008 Lifecycle Unknown field(s): 'x'"),
    ],
)
def test_a_lifecycle_that_cannot_be_is_refused(
    cloud: Any, place: Any, lifecycle: Any, error: str
) -> None:
    body = {"name": "a", "lifecycle": lifecycle, **cloud.related("space", place.space)}

    assert cloud.detail(cloud.admin.post("/v3/apps", json=body)) == error


@pytest.mark.parametrize("kind", ["docker", "cnb"])
def test_a_lifecycle_can_be_switched_off_for_everybody(start: Any, kind: str) -> None:
    cloud = start()
    body = {
        "name": "a",
        "lifecycle": {"type": kind, "data": {}},
        **cloud.related("space", cloud.place().space),
    }
    assert cloud.admin.post("/v3/apps", json=body).status_code == 201

    flag = FeatureFlagRecord(guid=f"diego_{kind}", created_at=0, updated_at=0, enabled=False)
    cloud.write(lambda transaction: transaction.insert(FEATURE_FLAGS, flag))
    assert cloud.detail(cloud.admin.post("/v3/apps", json={**body, "name": "b"})) == (
        f"403 330002 Feature Disabled: diego_{kind}"
    )


def test_credentials_in_the_address_of_a_buildpack_are_hidden(cloud: Any, place: Any) -> None:
    data = {"buildpacks": ["https://user:secret@example.com/buildpack"]}
    app = cloud.app(place.space, lifecycle={"type": "buildpack", "data": data})
    shown = cloud.admin.get(f"/v3/apps/{app}").json()["lifecycle"]["data"]["buildpacks"]

    assert shown == ["https://***:***@example.com/buildpack"]


def test_apps_are_listed_by_their_own_filters(cloud: Any, place: Any) -> None:
    app = cloud.admin.get(f"/v3/apps/{place.app}").json()
    own = f"space_guids={place.space}"
    for query, count in {
        f"names={app['name']}": 1,
        f"{own}&stacks=cflinuxfs4": 1,
        f"{own}&stacks=other": 0,
        f"{own}&stacks=": 0,
        f"{own}&lifecycle_type=buildpack": 1,
        f"{own}&lifecycle_type=docker": 0,
        f"organization_guids={place.organization}&order_by=-name": 1,
    }.items():
        answer = cloud.admin.get(f"/v3/apps?{query}").json()
        assert answer["pagination"]["total_results"] == count, query


def test_an_organization_goes_with_everything_in_it(cloud: Any, place: Any) -> None:
    package = cloud.package(place.app)
    cloud.upload(package, cloud.zipped(a=b"1"))
    developer = cloud.with_role("space_developer", place)
    answer = cloud.admin.delete(f"/v3/organizations/{place.organization}")
    job = cloud.job(answer)

    assert (job["operation"], job["state"]) == ("organization.delete", "COMPLETE")
    for path in (
        f"packages/{package}",
        f"apps/{place.app}",
        f"spaces/{place.space}",
        f"organizations/{place.organization}",
    ):
        assert cloud.admin.get(f"/v3/{path}").status_code == 404
    assert developer.get("/v3/apps").json()["pagination"]["total_results"] == 0


def test_what_is_being_deleted_takes_nothing_new(start: Any) -> None:
    cloud = start(job_delay=3600)
    place = cloud.place()
    developer = cloud.with_role("space_developer", place)
    assert cloud.admin.delete(f"/v3/spaces/{place.space}").status_code == 202
    body = {"type": "bits", **cloud.related("app", place.app)}

    assert cloud.detail(developer.post("/v3/packages", json=body)) == (
        "422 10020 The space is being deleted"
    )
