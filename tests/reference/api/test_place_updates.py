"""Are organizations and spaces changed by the right people, and with the right texts?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

NOT_AUTHORIZED = "403 10003 You are not authorized to perform the requested action"
SPACE_ROLES = ("space_developer", "space_manager", "space_auditor", "space_supporter")
ORG_ROLES = ("org_manager", "org_auditor", "org_billing_manager", "org_user")
GLOBAL = ("admin", "admin_read_only", "global_auditor")
ROLES = (*GLOBAL, *SPACE_ROLES, *ORG_ROLES, "none")


@pytest.mark.parametrize("role", ROLES)
def test_managers_change_organizations_and_spaces(cloud: Any, place: Any, role: str) -> None:
    caller = cloud.with_role(role, place)
    change = {"metadata": {"labels": {"by": "me"}}}
    organization = caller.patch(f"/v3/organizations/{place.organization}", json=change)
    space = caller.patch(f"/v3/spaces/{place.space}", json=change)

    if role in ("admin", "org_manager"):
        assert organization.json()["metadata"]["labels"] == {"by": "me"}
    else:
        sees = role in (*GLOBAL, *ORG_ROLES)
        hidden = "404 10010 Organization not found"
        assert cloud.detail(organization) == (NOT_AUTHORIZED if sees else hidden)
    if role in ("admin", "org_manager", "space_manager"):
        assert space.json()["metadata"]["labels"] == {"by": "me"}
    else:
        sees = role in (*GLOBAL, *SPACE_ROLES)
        assert cloud.detail(space) == (NOT_AUTHORIZED if sees else "404 10010 Space not found")


@pytest.mark.parametrize("kind", ["organizations", "spaces"])
def test_a_renamed_place_keeps_everything_else(cloud: Any, place: Any, kind: str) -> None:
    guid = place.organization if kind == "organizations" else place.space
    before = cloud.admin.get(f"/v3/{kind}/{guid}").json()
    name = f"n-{uuid.uuid4()}"
    after = cloud.admin.patch(f"/v3/{kind}/{guid}", json={"name": name}).json()

    assert after == {**before, "name": name, "updated_at": after["updated_at"]}
    assert cloud.admin.get(f"/v3/{kind}/{guid}").json() == after
    listed = cloud.admin.get(f"/v3/{kind}?names={name}").json()["resources"]
    assert [one["guid"] for one in listed] == [guid]


@pytest.mark.parametrize("kind", ["organizations", "spaces"])
def test_an_empty_change_is_none(cloud: Any, place: Any, kind: str) -> None:
    guid = place.organization if kind == "organizations" else place.space
    before = cloud.admin.get(f"/v3/{kind}/{guid}").json()
    for sent in ({"json": {}}, {"json": {"name": before["name"]}}, {}):
        answer = cloud.admin.patch(f"/v3/{kind}/{guid}", **sent)
        assert answer.status_code == 200
        assert answer.json()["name"] == before["name"]


def test_labels_are_merged_and_null_removes_them(cloud: Any, place: Any) -> None:
    path = f"/v3/spaces/{place.space}"
    cloud.admin.patch(path, json={"metadata": {"labels": {"a": "1", "b": "2"}}})
    changed = {"metadata": {"labels": {"a": None, "c": "3"}, "annotations": {"note": "x"}}}

    assert cloud.admin.patch(path, json=changed).json()["metadata"] == {
        "labels": {"b": "2", "c": "3"},
        "annotations": {"note": "x"},
    }
    listed = cloud.admin.get(f"/v3/spaces?label_selector=c=3,!a&guids={place.space}").json()
    assert listed["pagination"]["total_results"] == 1


@pytest.mark.parametrize("kind", ["organizations", "spaces"])
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"name": None}, "Name can't be blank"),
        ({"name": " "}, "Name can't be blank"),
        (
            {"name": ""},
            "Name is too short (minimum is 1 character), Name must not contain escaped characters",
        ),
        ({"name": 5}, "Name must be a string"),
        ({"name": "x" * 256}, "Name is too long (maximum is 255 characters)"),
        ({"name": "a\nb"}, "Name must not contain escaped characters"),
        ({"suspended": "yes"}, "Suspended must be a boolean"),
        ({"quota": 1, "x": 2}, "Unknown field(s): 'quota', 'x'"),
        ({"metadata": {"labels": 5}}, "Metadata 'labels' is not an object"),
    ],
)
def test_a_bad_change_gets_its_text(
    cloud: Any, place: Any, kind: str, body: Any, text: str
) -> None:
    guid = place.organization if kind == "organizations" else place.space
    answer = cloud.admin.patch(f"/v3/{kind}/{guid}", json=body)

    assert cloud.detail(answer) == f"422 10008 {text}"


def test_place_and_role_are_looked_at_before_the_body(cloud: Any, place: Any) -> None:
    stranger = cloud.user()
    auditor = cloud.with_role("space_auditor", place)
    bad = {"x": 1}

    assert cloud.detail(stranger.patch(f"/v3/spaces/{place.space}", json=bad)) == (
        "404 10010 Space not found"
    )
    assert cloud.detail(auditor.patch(f"/v3/spaces/{place.space}", json=bad)) == NOT_AUTHORIZED
    organization = f"/v3/organizations/{place.organization}"
    assert cloud.detail(stranger.patch(organization, json=bad)) == (
        "404 10010 Organization not found"
    )


def test_a_name_that_is_taken_is_refused(cloud: Any, place: Any) -> None:
    other = cloud.place()
    organization = cloud.admin.get(f"/v3/organizations/{place.organization}").json()["name"]
    renamed = cloud.admin.patch(
        f"/v3/organizations/{other.organization}", json={"name": organization}
    )
    assert cloud.detail(renamed) == (
        f"422 10008 Organization name '{organization}' is already taken."
    )

    second = cloud.create(
        "spaces", {"name": "second", **cloud.related("organization", place.organization)}
    )
    name = cloud.admin.get(f"/v3/spaces/{place.space}").json()["name"]
    assert cloud.detail(cloud.admin.patch(f"/v3/spaces/{second}", json={"name": name})) == (
        f"422 10008 Organization '{organization}' already contains a space with name '{name}'."
    )
    elsewhere = cloud.admin.patch(f"/v3/spaces/{other.space}", json={"name": name})
    assert elsewhere.status_code == 200


def test_a_suspended_organization_is_changed_by_admins_only(cloud: Any, place: Any) -> None:
    manager = cloud.with_role("org_manager", place)
    path = f"/v3/organizations/{place.organization}"
    assert cloud.detail(manager.patch(path, json={"suspended": True})) == NOT_AUTHORIZED
    assert cloud.admin.patch(path, json={"suspended": True}).json()["suspended"] is True

    suspended = "403 10017 The organization is suspended"
    assert cloud.detail(manager.patch(path, json={"name": "x"})) == suspended
    assert cloud.detail(manager.patch(f"/v3/spaces/{place.space}", json={})) == suspended
    assert cloud.detail(manager.delete(f"/v3/spaces/{place.space}")) == suspended
    body = {"name": "s", **cloud.related("organization", place.organization)}
    assert cloud.detail(manager.post("/v3/spaces", json=body)) == suspended
    assert cloud.admin.patch(path, json={"suspended": False}).json()["suspended"] is False
    assert manager.patch(path, json={"suspended": False}).status_code == 200


def test_managers_of_the_organization_go_on_in_a_suspended_space(cloud: Any, place: Any) -> None:
    space_manager = cloud.with_role("space_manager", place)
    manager = cloud.with_role("org_manager", place)
    path = f"/v3/spaces/{place.space}"
    assert space_manager.patch(path, json={"suspended": True}).status_code == 200

    refused = space_manager.patch(path, json={"suspended": False})
    assert cloud.detail(refused) == "403 10019 The space is suspended"
    assert manager.patch(path, json={"suspended": False}).json()["suspended"] is False


def test_a_place_that_is_being_deleted_is_not_changed(start: Any) -> None:
    cloud = start(job_delay=3600)
    place = cloud.place()
    space_manager = cloud.with_role("space_manager", place)
    manager = cloud.with_role("org_manager", place)
    cloud.admin.delete(f"/v3/spaces/{place.space}")
    refused = space_manager.patch(f"/v3/spaces/{place.space}", json={})
    assert cloud.detail(refused) == "422 10020 The space is being deleted"

    cloud.admin.delete(f"/v3/organizations/{place.organization}")
    refused = manager.patch(f"/v3/organizations/{place.organization}", json={})
    assert cloud.detail(refused) == "422 10020 The organization is being deleted"


def test_changes_are_told(cloud: Any, place: Any) -> None:
    cloud.admin.patch(f"/v3/spaces/{place.space}", json={"metadata": {"labels": {"a": "b"}}})
    cloud.admin.patch(f"/v3/organizations/{place.organization}", json={"suspended": False})
    for guid, kind, request in (
        (place.space, "space", {"metadata": {"labels": {"a": "b"}}}),
        (place.organization, "organization", {"suspended": False}),
    ):
        answer = cloud.admin.get(
            f"/v3/audit_events?target_guids={guid}&types=audit.{kind}.update"
        ).json()
        assert [one["data"] for one in answer["resources"]] == [{"request": request}]
