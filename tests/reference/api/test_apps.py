"""Are apps changed, started and stopped as the behaviour document says (5.3)?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

NOT_AUTHORIZED = "403 10003 You are not authorized to perform the requested action"
APP_NOT_FOUND = "404 10010 App not found"
READERS = (
    "admin",
    "admin_read_only",
    "global_auditor",
    "space_developer",
    "space_manager",
    "space_auditor",
    "space_supporter",
    "org_manager",
)
OUTSIDERS = ("org_auditor", "org_billing_manager", "org_user", "none")
ROLES = (*READERS, *OUTSIDERS)
WRITERS = ("admin", "space_developer")
MANAGERS = (*WRITERS, "space_supporter")


def check(cloud: Any, answer: Any, role: str, allowed: tuple[str, ...], success: int = 200) -> None:
    if role in allowed:
        assert answer.status_code == success, answer.text
    else:
        assert cloud.detail(answer) == (APP_NOT_FOUND if role in OUTSIDERS else NOT_AUTHORIZED)


@pytest.fixture
def startable(cloud: Any, place: Any) -> str:
    """An app with a droplet."""
    cloud.assign(place.app, cloud.staged_droplet(place.app))
    app: str = place.app
    return app


def test_an_app_is_renamed_and_labelled(cloud: Any, place: Any) -> None:
    before = cloud.admin.get(f"/v3/apps/{place.app}").json()
    name = f"renamed-{uuid.uuid4()}"
    body = {"name": name, "metadata": {"labels": {"env": "prod"}, "annotations": {"a": "b"}}}
    after = cloud.admin.patch(f"/v3/apps/{place.app}", json=body).json()

    assert after["name"] == name
    assert after["metadata"] == {"labels": {"env": "prod"}, "annotations": {"a": "b"}}
    assert {**after, "updated_at": before["updated_at"]} == {
        **before,
        "name": name,
        "metadata": after["metadata"],
    }
    assert cloud.admin.get(f"/v3/apps/{place.app}").json() == after
    removed = {"metadata": {"labels": {"env": None}}}
    last = cloud.admin.patch(f"/v3/apps/{place.app}", json=removed).json()
    assert last["metadata"] == {"labels": {}, "annotations": {"a": "b"}}


@pytest.mark.parametrize("body", [None, {}])
def test_an_empty_update_changes_nothing(cloud: Any, place: Any, body: Any) -> None:
    before = cloud.admin.get(f"/v3/apps/{place.app}").json()

    assert cloud.admin.patch(f"/v3/apps/{place.app}", json=body).json() == before


def test_a_lifecycle_is_merged_member_by_member(cloud: Any, place: Any) -> None:
    git = "https://git.example.local/java.git"
    app = cloud.app(
        place.space,
        lifecycle={"type": "buildpack", "data": {"buildpacks": [git], "stack": "cflinuxfs4"}},
    )

    def change(**data: Any) -> Any:
        body = {"lifecycle": {"type": "buildpack", "data": data}}
        return cloud.admin.patch(f"/v3/apps/{app}", json=body).json()["lifecycle"]["data"]

    other = "https://git.example.local/ruby.git"
    assert change(buildpacks=[other]) == {"buildpacks": [other], "stack": "cflinuxfs4"}
    assert change(stack=None) == {"buildpacks": [other], "stack": None}
    assert change(stack="cflinuxfs4") == {"buildpacks": [other], "stack": "cflinuxfs4"}
    assert change(buildpacks=None) == {"buildpacks": [], "stack": "cflinuxfs4"}
    assert change() == {"buildpacks": [], "stack": "cflinuxfs4"}


def test_credentials_in_buildpack_addresses_are_never_shown(cloud: Any, place: Any) -> None:
    address = "https://jane:s3cret@git.example.local/java.git"
    lifecycle = {"type": "buildpack", "data": {"buildpacks": [address]}}
    answer = cloud.admin.patch(f"/v3/apps/{place.app}", json={"lifecycle": lifecycle})
    events = cloud.admin.get(f"/v3/audit_events?target_guids={place.app}")

    shown = "https://***:***@git.example.local/java.git"
    assert answer.json()["lifecycle"]["data"]["buildpacks"] == [shown]
    assert "s3cret" not in answer.text + events.text


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"name": 1}, "422 10008 Name must be a string"),
        ({"name": "n" * 256}, "422 10008 Name is too long (maximum is 255 characters)"),
        ({"space": "x", "state": "STARTED"}, "422 10008 Unknown field(s): 'space', 'state'"),
        ({"metadata": None}, "422 10008 Metadata must be an object"),
        ({"lifecycle": None}, "422 10008 Lifecycle must be an object"),
        (
            {"lifecycle": {"type": "x", "data": {}}},
            "422 10008 Lifecycle type is not included in the list: buildpack, docker, cnb",
        ),
        (
            {"lifecycle": {"type": "docker", "data": {}}},
            "422 10008 Lifecycle type cannot be changed from buildpack to docker",
        ),
        (
            {"lifecycle": {"type": "buildpack", "data": {"buildpacks": ["unknown"]}}},
            (
                '422 10008 Buildpack "unknown" for stack "cflinuxfs4" must be an existing admin '
                "buildpack or a valid git URI"
            ),
        ),
        (
            {"lifecycle": {"type": "buildpack", "data": {"stack": "unknown"}}},
            "422 10008 Stack must be an existing stack",
        ),
    ],
)
def test_a_refused_update_has_the_documented_text(
    cloud: Any, place: Any, body: Any, error: str
) -> None:
    assert cloud.detail(cloud.admin.patch(f"/v3/apps/{place.app}", json=body)) == error


def test_addresses_of_buildpacks_can_be_forbidden(start: Any) -> None:
    cloud = start(disable_custom_buildpacks=True)
    place = cloud.place()
    address = {"buildpacks": ["https://git.example.local/java.git"]}
    lifecycle = {"lifecycle": {"type": "buildpack", "data": address}}
    new = {"name": "new", **cloud.related("space", place.space), **lifecycle}

    for answer in (
        cloud.admin.post("/v3/apps", json=new),
        cloud.admin.patch(f"/v3/apps/{place.app}", json=lifecycle),
    ):
        assert cloud.detail(answer) == "400 290004 Custom buildpacks are disabled"


def test_a_name_is_unique_in_the_space(cloud: Any, place: Any) -> None:
    name = f"taken-{uuid.uuid4()}"
    cloud.app(place.space, name=name)
    answer = cloud.admin.patch(f"/v3/apps/{place.app}", json={"name": name})

    assert cloud.detail(answer) == f"422 10016 App with the name '{name}' already exists."
    assert answer.json()["errors"][0]["title"] == "CF-UniquenessError"
    elsewhere = cloud.place()
    assert cloud.admin.patch(f"/v3/apps/{elsewhere.app}", json={"name": name}).status_code == 200


def test_an_app_without_droplet_cannot_start(cloud: Any, place: Any) -> None:
    error = "422 10008 Assign a droplet before starting this app."
    auditor = cloud.with_role("space_auditor", place)

    for action in ("start", "restart"):
        path = f"/v3/apps/{place.app}/actions/{action}"
        assert cloud.detail(cloud.admin.post(path)) == error
        assert cloud.detail(auditor.post(path)) == error  # this is found before the rights are


def test_an_app_starts_and_stops(cloud: Any, startable: str) -> None:
    path = f"/v3/apps/{startable}"

    for action, state in (
        ("start", "STARTED"),
        ("start", "STARTED"),
        ("stop", "STOPPED"),
        ("stop", "STOPPED"),
        ("restart", "STARTED"),
        ("restart", "STARTED"),
    ):
        answer = cloud.admin.post(f"{path}/actions/{action}")
        assert answer.status_code == 200
        assert answer.json()["state"] == state
        assert cloud.admin.get(path).json() == answer.json()
    assert events(cloud, startable, "start", "stop", "restart") == [
        *("start", "stop", "restart", "restart"),
    ]


def events(cloud: Any, app: str, *wanted: str) -> list[str]:
    """What happened to an app, of these kinds, oldest first."""
    found = cloud.admin.get(f"/v3/audit_events?target_guids={app}&per_page=5000").json()
    kinds = [event["type"].removeprefix("audit.app.") for event in found["resources"]]
    return [kind for kind in kinds if kind in wanted]


@pytest.mark.parametrize("role", ROLES)
def test_changing_an_app_follows_the_roles(
    cloud: Any, place: Any, startable: str, role: str
) -> None:
    caller = cloud.with_role(role, place)
    path = f"/v3/apps/{startable}"

    check(cloud, caller.patch(path, json={"metadata": {}}), role, WRITERS)
    check(cloud, caller.post(f"{path}/actions/start"), role, MANAGERS)
    check(cloud, caller.post(f"{path}/actions/restart"), role, MANAGERS)
    check(cloud, caller.post(f"{path}/actions/stop"), role, MANAGERS)
    check(cloud, caller.post(f"{path}/actions/clear_buildpack_cache"), role, MANAGERS, 202)


def test_clearing_the_cache_is_a_job(cloud: Any, place: Any) -> None:
    answer = cloud.admin.post(f"/v3/apps/{place.app}/actions/clear_buildpack_cache")
    job = cloud.job(answer)

    assert answer.content == b""
    assert (job["operation"], job["state"]) == ("app.clear_buildpack_cache", "COMPLETE")


@pytest.mark.parametrize("role", READERS)
def test_permissions_tell_who_may_read_secrets(cloud: Any, place: Any, role: str) -> None:
    answer = cloud.with_role(role, place).get(f"/v3/apps/{place.app}/permissions")

    assert answer.json() == {
        "read_basic_data": True,
        "read_sensitive_data": role in ("admin", "admin_read_only", "space_developer"),
    }


def test_ssh_may_be_forbidden_for_the_app(cloud: Any, place: Any) -> None:
    path = f"/v3/apps/{place.app}"

    assert cloud.admin.get(f"{path}/ssh_enabled").json() == {"enabled": True, "reason": ""}
    cloud.admin.patch(f"{path}/features/ssh", json={"enabled": False})
    assert cloud.admin.get(f"{path}/ssh_enabled").json() == {
        "enabled": False,
        "reason": "Disabled for app",
    }


def test_ssh_may_be_forbidden_for_the_space(cloud: Any, place: Any) -> None:
    space = cloud.admin.get(f"/v3/spaces/{place.space}").json()
    cloud.admin.patch(f"/v3/spaces/{place.space}/features/ssh", json={"enabled": False})

    assert cloud.admin.get(f"/v3/apps/{place.app}/ssh_enabled").json() == {
        "enabled": False,
        "reason": f"Disabled for space {space['name']}",
    }


def test_deleting_an_app_takes_its_processes_along(cloud: Any, place: Any) -> None:
    job = cloud.job(cloud.admin.delete(f"/v3/apps/{place.app}"))

    assert job["state"] == "COMPLETE"
    assert cloud.detail(cloud.admin.get(f"/v3/apps/{place.app}")) == APP_NOT_FOUND
    assert cloud.admin.get(f"/v3/processes/{place.app}").status_code == 404
    assert "delete-request" in events(cloud, place.app, "create", "delete-request")
