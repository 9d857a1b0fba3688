"""Are processes shown, changed and scaled as the real Cloud Controller does it?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

HIDDEN = "[PRIVATE DATA HIDDEN]"
HIDDEN_IN_LISTS = "[PRIVATE DATA HIDDEN IN LISTS]"
NOT_AUTHORIZED = "403 10003 You are not authorized to perform the requested action"
APP_NOT_FOUND = "404 10010 App not found"
PROCESS_NOT_FOUND = "404 10010 Process not found"
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
MANAGERS = ("admin", "space_developer", "space_supporter")


def web(place: Any) -> str:
    """Where the process `web` is; it has the app's guid."""
    return f"/v3/processes/{place.app}"


def test_a_new_app_has_a_process_web_of_its_own_guid(cloud: Any, place: Any) -> None:
    process = cloud.admin.get(web(place)).json()
    base = "https://api.example.local/v3"

    assert uuid.UUID(process.pop("version"))
    assert process.pop("created_at") == process.pop("updated_at")
    assert process == {
        "guid": place.app,
        "type": "web",
        "command": None,
        "user": "vcap",
        "instances": 1,
        "memory_in_mb": 1024,
        "disk_in_mb": 1024,
        "log_rate_limit_in_bytes_per_second": 1048576,
        "health_check": {
            "type": "port",
            "data": {"timeout": None, "invocation_timeout": None, "interval": None},
        },
        "readiness_health_check": {
            "type": "process",
            "data": {"invocation_timeout": None, "interval": None},
        },
        "relationships": {"app": {"data": {"guid": place.app}}, "revision": None},
        "metadata": {"labels": {}, "annotations": {}},
        "links": {
            "self": {"href": f"{base}/processes/{place.app}"},
            "scale": {"href": f"{base}/processes/{place.app}/actions/scale", "method": "POST"},
            "app": {"href": f"{base}/apps/{place.app}"},
            "space": {"href": f"{base}/spaces/{place.space}"},
            "stats": {"href": f"{base}/processes/{place.app}/stats"},
        },
    }


def test_both_addresses_of_a_process_show_the_same(cloud: Any, place: Any) -> None:
    below = f"/v3/apps/{place.app}/processes/web"

    assert cloud.admin.get(below).json() == cloud.admin.get(web(place)).json()
    assert cloud.admin.get(f"{below}/stats").json() == cloud.admin.get(f"{web(place)}/stats").json()
    assert cloud.detail(cloud.admin.get(f"/v3/apps/{place.app}/processes/x")) == PROCESS_NOT_FOUND
    assert cloud.detail(cloud.admin.get("/v3/apps/missing/processes/web")) == APP_NOT_FOUND
    assert cloud.detail(cloud.admin.get("/v3/processes/missing")) == PROCESS_NOT_FOUND


def test_lists_hide_commands_from_everybody(cloud: Any, place: Any) -> None:
    cloud.admin.patch(web(place), json={"command": "secret"})

    for path in (f"/v3/processes?app_guids={place.app}", f"/v3/apps/{place.app}/processes"):
        (process,) = cloud.admin.get(path).json()["resources"]
        assert process["command"] == HIDDEN_IN_LISTS
        assert process == {**cloud.admin.get(web(place)).json(), "command": HIDDEN_IN_LISTS}


@pytest.mark.parametrize("role", ROLES)
def test_reading_follows_the_roles(cloud: Any, place: Any, role: str) -> None:
    cloud.admin.patch(web(place), json={"command": "secret"})
    caller = cloud.with_role(role, place)
    shown = caller.get(web(place))
    listed = caller.get(f"/v3/processes?app_guids={place.app}").json()["resources"]

    assert len(listed) == (role in READERS)
    if role in OUTSIDERS:
        assert cloud.detail(shown) == PROCESS_NOT_FOUND
        assert cloud.detail(caller.get(f"{web(place)}/stats")) == PROCESS_NOT_FOUND
        assert cloud.detail(caller.get(f"/v3/apps/{place.app}/processes")) == APP_NOT_FOUND
        return
    sees = role in ("admin", "admin_read_only", "space_developer")
    assert shown.json()["command"] == ("secret" if sees else HIDDEN)
    assert caller.get(f"{web(place)}/stats").status_code == 200
    assert caller.get(f"/v3/apps/{place.app}/processes/web").json() == shown.json()


@pytest.mark.parametrize("role", ROLES)
def test_changing_follows_the_roles_before_the_body_is_looked_at(
    cloud: Any, place: Any, role: str
) -> None:
    caller = cloud.with_role(role, place)
    below = f"/v3/apps/{place.app}/processes/web"

    for path, hidden in ((web(place), PROCESS_NOT_FOUND), (below, APP_NOT_FOUND)):
        for method, address, success in (
            ("PATCH", path, 200),
            ("POST", f"{path}/actions/scale", 202),
            ("DELETE", f"{path}/instances/0", 204),
        ):
            answer = caller.send(method, address)
            if role in MANAGERS:
                assert answer.status_code == success, answer.text
                continue
            error = hidden if role in OUTSIDERS else NOT_AUTHORIZED
            assert cloud.detail(answer) == error
            if method != "DELETE":
                assert cloud.detail(caller.send(method, address, json={"x": 1})) == error


def test_a_process_is_scaled(cloud: Any, place: Any) -> None:
    before = cloud.admin.get(web(place)).json()
    body = {
        "instances": 3,
        "memory_in_mb": 100,
        "disk_in_mb": 200,
        "log_rate_limit_in_bytes_per_second": -1,
    }
    answer = cloud.admin.post(f"{web(place)}/actions/scale", json=body)
    moving = {name: before[name] for name in ("updated_at", "version")}

    assert answer.status_code == 202
    assert {**answer.json(), **moving} == {**before, **body}
    assert cloud.admin.get(web(place)).json() == answer.json()
    below = f"/v3/apps/{place.app}/processes/web/actions/scale"
    nothing = {"instances": None, "memory_in_mb": None}
    assert cloud.admin.post(below, json=nothing).json() == answer.json()
    assert cloud.admin.post(below, json={"instances": 0}).json()["instances"] == 0


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"instances": -1}, "Instances must be greater than or equal to 0"),
        ({"instances": 2**31}, "Instances must be less than or equal to 2147483647"),
        ({"instances": 1.5}, "Instances must be an integer"),
        ({"instances": "many"}, "Instances is not a number"),
        ({"instances": True}, "Instances is not a number"),
        (
            {"memory_in_mb": 0, "disk_in_mb": 0},
            "Memory in mb must be greater than 0, Disk in mb must be greater than 0",
        ),
        (
            {"log_rate_limit_in_bytes_per_second": -2},
            "Log rate limit in bytes per second must be greater than or equal to -1",
        ),
        (
            {"x": 1, "instances": -1},
            "Unknown field(s): 'x', Instances must be greater than or equal to 0",
        ),
        ([1], "Unknown field(s): '_json'"),
    ],
)
def test_a_refused_scale_has_the_texts_of_rails(
    cloud: Any, place: Any, body: Any, error: str
) -> None:
    for path in (web(place), f"/v3/apps/{place.app}/processes/web"):
        answer = cloud.admin.post(f"{path}/actions/scale", json=body)
        assert cloud.detail(answer) == f"422 10008 {error}"


def test_a_process_is_changed(cloud: Any, place: Any) -> None:
    body = {
        "command": "run",
        "health_check": {"type": "http", "data": {"endpoint": "/health", "timeout": 90}},
        "readiness_health_check": {"type": "http", "data": {"interval": 5}},
        "metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}},
    }
    process = cloud.admin.patch(web(place), json=body).json()

    assert process["command"] == "run"
    assert process["health_check"] == {
        "type": "http",
        "data": {
            "timeout": 90,
            "invocation_timeout": None,
            "interval": None,
            "endpoint": "/health",
        },
    }
    assert process["readiness_health_check"] == {
        "type": "http",
        "data": {"invocation_timeout": None, "interval": 5, "endpoint": "/"},
    }
    assert process["metadata"] == {"labels": {"a": "b"}, "annotations": {"c": "d"}}
    assert cloud.admin.get(web(place)).json() == process

    back = {"command": None, "health_check": {"type": "port"}}
    process = cloud.admin.patch(f"/v3/apps/{place.app}/processes/web", json=back).json()
    assert process["command"] is None
    assert process["health_check"] == {
        "type": "port",
        "data": {"timeout": 90, "invocation_timeout": None, "interval": None},
    }


@pytest.mark.parametrize("body", [None, {}, {"health_check": {}}, {"metadata": {"labels": None}}])
def test_an_empty_update_changes_nothing(cloud: Any, place: Any, body: Any) -> None:
    before = cloud.admin.get(web(place)).json()

    assert cloud.admin.patch(web(place), json=body).json() == before


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"command": ""}, "Command must be between 1 and 4096 characters"),
        ({"command": "c" * 4097}, "Command must be between 1 and 4096 characters"),
        ({"command": 1}, "Command must be a string"),
        ({"instances": 2}, "Unknown field(s): 'instances'"),
        (
            {"health_check": {"type": "none"}},
            'Health check type must be "port", "process", or "http"',
        ),
        (
            {"readiness_health_check": {"type": "none"}},
            'Readiness health check type must be "port", "process", or "http"',
        ),
        (
            {"health_check": {"data": {"timeout": 0, "interval": "x"}}},
            (
                "Health check timeout must be greater than or equal to 1, "
                "Health check interval is not a number"
            ),
        ),
        (
            {"health_check": {"data": {"timeout": 181}}},
            "health_check_timeout Maximum exceeded: max 180s",
        ),
        (
            {"health_check": {"data": {"endpoint": "health"}}},
            "Health check endpoint must be a valid URI path",
        ),
        ({"metadata": []}, "Metadata must be an object"),
    ],
)
def test_a_refused_update_has_the_texts_of_rails(
    cloud: Any, place: Any, body: Any, error: str
) -> None:
    for path in (web(place), f"/v3/apps/{place.app}/processes/web"):
        assert cloud.detail(cloud.admin.patch(path, json=body)) == f"422 10008 {error}"


def test_a_started_app_has_no_instances_to_wait_for(cloud: Any, place: Any) -> None:
    cloud.assign(place.app, cloud.staged_droplet(place.app, {"web": "run"}))
    cloud.admin.post(f"/v3/apps/{place.app}/actions/start")

    assert cloud.admin.get(f"{web(place)}/stats").json() == {"resources": []}
    cloud.admin.post(f"/v3/apps/{place.app}/actions/stop")
    states = [one["state"] for one in cloud.admin.get(f"{web(place)}/stats").json()["resources"]]
    assert states == ["DOWN"]


def test_instances_that_are_wanted_are_down(cloud: Any, place: Any) -> None:
    cloud.admin.post(f"{web(place)}/actions/scale", json={"instances": 2})
    down = {"state": "DOWN", "uptime": 0, "isolation_segment": None, "details": None}

    assert cloud.admin.get(f"{web(place)}/stats").json() == {
        "resources": [{"type": "web", "index": 0, **down}, {"type": "web", "index": 1, **down}]
    }
    cloud.admin.post(f"{web(place)}/actions/scale", json={"instances": 0})
    assert cloud.admin.get(f"{web(place)}/stats").json() == {"resources": []}


def test_very_many_instances_do_not_make_a_very_long_answer(cloud: Any, place: Any) -> None:
    answer = cloud.admin.post(f"{web(place)}/actions/scale", json={"instances": 2**31 - 1})
    listed = cloud.admin.get(f"/v3/apps/{place.app}/processes?embed=process_instances").json()

    assert answer.json()["instances"] == 2**31 - 1
    assert len(cloud.admin.get(f"{web(place)}/stats").json()["resources"]) == 1000
    assert len(listed["resources"][0]["process_instances"]) == 100


def test_lists_embed_the_instances(cloud: Any, place: Any) -> None:
    embedded = [{"index": 0, "state": "DOWN", "since": 0}]

    for path in (f"/v3/processes?app_guids={place.app}&", f"/v3/apps/{place.app}/processes?"):
        page = cloud.admin.get(f"{path}embed=process_instances").json()
        assert page["resources"][0]["process_instances"] == embedded
        assert "embed=process_instances" in page["pagination"]["first"]["href"]
        answer = cloud.admin.get(f"{path}embed=x")
        assert cloud.detail(answer) == (
            "400 10005 The query parameter is invalid: Invalid embedded resource: 'x'. "
            "Valid embedded resources are: 'process_instances'"
        )


@pytest.mark.parametrize(
    ("index", "error"),
    [
        ("0", None),
        ("1", "404 10010 Instance not found"),
        ("-1", "404 10010 Instance not found"),
        ("x", None),  # what is no number counts as 0
        ("99999999999999999999", "404 10010 Instance not found"),
    ],
)
def test_only_instances_that_are_wanted_can_be_ended(
    cloud: Any, place: Any, index: str, error: str | None
) -> None:
    for path in (web(place), f"/v3/apps/{place.app}/processes/web"):
        answer = cloud.admin.delete(f"{path}/instances/{index}")
        if error is None:
            assert (answer.status_code, answer.content) == (204, b"")
        else:
            assert cloud.detail(answer) == error


def test_lists_are_filtered(cloud: Any, place: Any) -> None:
    other = cloud.app(place.space)
    cloud.assign(other, cloud.staged_droplet(other, process_types={"web": "a", "worker": "b"}))
    cloud.admin.patch(f"/v3/processes/{other}", json={"metadata": {"labels": {"tier": place.app}}})

    def found(query: str) -> list[tuple[str, str]]:
        resources = cloud.admin.get(f"/v3/processes?{query}").json()["resources"]
        return [(one["relationships"]["app"]["data"]["guid"], one["type"]) for one in resources]

    everything = [(place.app, "web"), (other, "web"), (other, "worker")]
    assert found(f"space_guids={place.space}") == everything
    assert found(f"organization_guids={place.organization}") == everything
    assert found(f"app_guids={other},{place.app}&types=worker") == [(other, "worker")]
    assert found(f"guids={place.app}") == [(place.app, "web")]
    assert found(f"label_selector=tier={place.app}") == [(other, "web")]
    assert found(f"space_guids={place.space}&order_by=-created_at")[-1] == everything[0]
    nested = cloud.admin.get(f"/v3/apps/{other}/processes?types=worker&per_page=1").json()
    assert nested["pagination"]["total_results"] == 1
    assert nested["pagination"]["first"]["href"] == (
        f"https://api.example.local/v3/apps/{other}/processes?page=1&per_page=1&types=worker"
    )


def test_unknown_parameters_of_lists_are_refused(cloud: Any, place: Any) -> None:
    known = (
        "'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids', 'app_guid', "
        "'types', 'space_guids', 'organization_guids', 'app_guids', 'embed', 'label_selector'"
    )
    prefix = "400 10005 The query parameter is invalid: Unknown query parameter(s): "

    assert cloud.detail(cloud.admin.get("/v3/processes?x=1")) == (
        f"{prefix}'x'. Valid parameters are: {known}"
    )
    nested = cloud.admin.get(f"/v3/apps/{place.app}/processes?app_guids=x")
    assert cloud.detail(nested).startswith(f"{prefix}'app_guids'")


def test_what_is_done_to_a_process_is_told(cloud: Any, place: Any) -> None:
    cloud.admin.patch(web(place), json={"command": "s3cret"})
    cloud.admin.post(f"{web(place)}/actions/scale", json={"instances": 2})
    cloud.admin.delete(f"{web(place)}/instances/1")
    answer = cloud.admin.get(f"/v3/audit_events?target_guids={place.app}")
    told = {
        event["type"].removeprefix("audit.app.process."): event["data"]
        for event in answer.json()["resources"]
        if event["type"].startswith("audit.app.process.")
    }

    process = {"process_guid": place.app, "process_type": "web"}
    assert told == {
        "update": {**process, "request": {"command": HIDDEN}},
        "scale": {**process, "request": {"instances": 2}},
        "terminate_instance": {**process, "process_index": 1},
    }
