"""Does an app run the droplet that it is given (behaviour document, 5.3)?"""

from __future__ import annotations

from typing import Any

import pytest

NOT_AUTHORIZED = "403 10003 You are not authorized to perform the requested action"
APP_NOT_FOUND = "404 10010 App not found"
DROPLET_NOT_FOUND = "404 10010 Droplet not found"
INVALID = (
    "422 10008 Unable to assign current droplet. Ensure the droplet exists and belongs to this app."
)
FIXED = "422 10008 Current droplet cannot be removed. Replace it with a preferred droplet."
MANAGERS = ("admin", "space_developer", "space_supporter")
READERS = (
    *MANAGERS,
    "admin_read_only",
    "global_auditor",
    "space_manager",
    "space_auditor",
    "org_manager",
)
OUTSIDERS = ("org_auditor", "org_billing_manager", "org_user", "none")


def relationship(place: Any) -> str:
    return f"/v3/apps/{place.app}/relationships/current_droplet"


def current(place: Any) -> str:
    return f"/v3/apps/{place.app}/droplets/current"


def put(caller: Any, place: Any, droplet: object) -> Any:
    return caller.patch(relationship(place), json={"data": {"guid": droplet}})


def test_a_new_app_has_no_droplet(cloud: Any, place: Any) -> None:
    assert cloud.detail(cloud.admin.get(relationship(place))) == DROPLET_NOT_FOUND
    assert cloud.detail(cloud.admin.get(current(place))) == DROPLET_NOT_FOUND
    app = cloud.admin.get(f"/v3/apps/{place.app}").json()
    assert app["relationships"]["current_droplet"] == {"data": {"guid": None}}


def test_a_staged_droplet_becomes_the_current_one(cloud: Any, place: Any) -> None:
    droplet = cloud.staged_droplet(place.app)
    base = "https://api.example.local"
    answer = put(cloud.admin, place, droplet)

    assert answer.json() == {
        "data": {"guid": droplet},
        "links": {
            "self": {"href": f"{base}{relationship(place)}"},
            "related": {"href": f"{base}{current(place)}"},
        },
    }
    assert cloud.admin.get(relationship(place)).json() == answer.json()
    assert cloud.admin.get(current(place)).json()["guid"] == droplet
    app = cloud.admin.get(f"/v3/apps/{place.app}").json()
    assert app["relationships"]["current_droplet"] == {"data": {"guid": droplet}}
    assert put(cloud.admin, place, droplet).json() == answer.json()


def test_every_reader_sees_the_secrets_of_the_current_droplet(cloud: Any, place: Any) -> None:
    cloud.assign(place.app, cloud.staged_droplet(place.app, process_types={"web": "run"}))
    auditor = cloud.with_role("space_auditor", place)

    assert auditor.get(current(place)).json()["process_types"] == {"web": "run"}


def test_processes_come_with_the_droplet_and_stay(cloud: Any, place: Any) -> None:
    def processes() -> dict[str, Any]:
        path = f"/v3/apps/{place.app}/processes"
        kinds = [one["type"] for one in cloud.admin.get(path).json()["resources"]]
        return {kind: cloud.admin.get(f"{path}/{kind}").json() for kind in kinds}

    cloud.assign(
        place.app, cloud.staged_droplet(place.app, process_types={"web": "serve", "worker": "work"})
    )
    found = processes()
    assert {kind: (one["command"], one["instances"]) for kind, one in found.items()} == {
        "web": ("serve", 1),
        "worker": ("work", 0),
    }
    assert found["web"]["guid"] == place.app
    assert found["worker"]["guid"] != place.app
    assert found["worker"]["health_check"]["type"] == "process"

    cloud.admin.patch(f"/v3/processes/{place.app}", json={"command": "mine"})
    cloud.assign(place.app, cloud.staged_droplet(place.app, process_types={"web": "other"}))
    assert {kind: one["command"] for kind, one in processes().items()} == {
        "web": "mine",
        "worker": None,
    }
    cloud.admin.patch(f"/v3/processes/{place.app}", json={"command": None})
    assert processes()["web"]["command"] == "other"


@pytest.mark.parametrize("body", [{"data": None}, {"data": {"guid": None}}])
def test_the_droplet_cannot_be_taken_away(cloud: Any, place: Any, body: Any) -> None:
    stranger = cloud.with_role("none", place)

    assert cloud.detail(cloud.admin.patch(relationship(place), json=body)) == FIXED
    assert cloud.detail(stranger.patch(relationship(place), json=body)) == FIXED


@pytest.mark.parametrize("body", [{}, {"data": {"guid": "missing"}}, {"x": 1}, None, []])
def test_a_droplet_must_be_named(cloud: Any, place: Any, body: Any) -> None:
    assert cloud.detail(cloud.admin.patch(relationship(place), json=body)) == INVALID


def test_a_foreign_droplet_is_refused(cloud: Any, place: Any) -> None:
    other = cloud.app(place.space)

    assert cloud.detail(put(cloud.admin, place, cloud.staged_droplet(other))) == INVALID


def test_only_staged_droplets_can_be_run(cloud: Any, place: Any) -> None:
    droplet = cloud.create("droplets", cloud.related("app", place.app))

    assert cloud.detail(put(cloud.admin, place, droplet)) == (
        "422 10008 droplet must be in staged state"
    )


def test_a_droplet_without_process_types_is_refused(cloud: Any, place: Any) -> None:
    droplet = cloud.staged_droplet(place.app, process_types={})

    assert cloud.detail(put(cloud.admin, place, droplet)) == (
        "422 10008 Unable to create process types for this app's droplet. Please provide a droplet "
        "with valid process types."
    )


@pytest.mark.parametrize("role", [*READERS, *OUTSIDERS])
def test_the_current_droplet_follows_the_roles(cloud: Any, place: Any, role: str) -> None:
    droplet = cloud.staged_droplet(place.app)
    cloud.assign(place.app, droplet)
    caller = cloud.with_role(role, place)

    for answer in (caller.get(relationship(place)), caller.get(current(place))):
        if role in OUTSIDERS:
            assert cloud.detail(answer) == APP_NOT_FOUND
        else:
            assert answer.status_code == 200
    answer = put(caller, place, droplet)
    if role in MANAGERS:
        assert answer.status_code == 200
    else:
        assert cloud.detail(answer) == (APP_NOT_FOUND if role in OUTSIDERS else NOT_AUTHORIZED)
        refused = caller.patch(relationship(place), json={})
        assert cloud.detail(refused) == cloud.detail(answer)


def test_what_is_done_is_told(cloud: Any, place: Any) -> None:
    droplet = cloud.staged_droplet(place.app, process_types={"web": "a", "worker": "b"})
    cloud.assign(place.app, droplet)
    events = cloud.admin.get(f"/v3/audit_events?target_guids={place.app}").json()["resources"]
    told = {event["type"]: event["data"] for event in events}

    assert told["audit.app.droplet.mapped"] == {"request": {"droplet_guid": droplet}}
    assert told["audit.app.process.create"]["process_type"] == "worker"
