"""What does applying a manifest do, and what is said of one that is wrong?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import yaml

YAML = {"Content-Type": "application/x-yaml"}


def unique(name: str = "app") -> str:
    return f"{name}-{uuid.uuid4().hex[:10]}"


def send(session: Any, space: str, manifest: Any, what: str = "actions/apply_manifest") -> Any:
    text = manifest if isinstance(manifest, str) else yaml.safe_dump(manifest, sort_keys=False)
    return session.post(f"/v3/spaces/{space}/{what}", content=text.encode(), headers=YAML)


def apply(cloud: Any, space: str, *applications: dict[str, Any]) -> dict[str, Any]:
    answer = send(cloud.admin, space, {"applications": list(applications)})
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = cloud.job(answer)
    assert job["operation"] == "space.apply_manifest"
    return job


def diff(cloud: Any, space: str, *applications: dict[str, Any]) -> list[dict[str, Any]]:
    answer = send(cloud.admin, space, {"applications": list(applications)}, "manifest_diff")
    assert answer.status_code == 201, answer.text
    found: list[dict[str, Any]] = answer.json()["diff"]
    return found


def the_app(cloud: Any, space: str, name: str) -> dict[str, Any]:
    found = cloud.admin.get(f"/v3/apps?space_guids={space}&names={name}").json()["resources"]
    assert len(found) == 1
    app: dict[str, Any] = found[0]
    return app


def texts(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert {(e["code"], e["title"]) for e in errors} == {(10008, "CF-UnprocessableEntity")}
    return [error["detail"] for error in errors]


def test_a_manifest_brings_an_app_to_life(cloud: Any, place: Any) -> None:
    name = unique()
    job = apply(
        cloud,
        place.space,
        {
            "name": name,
            "path": "target/app.jar",
            "stack": "cflinuxfs4",
            "buildpacks": ["https://github.com/cloudfoundry/ruby-buildpack"],
            "env": {"GREETING": "hello", "NUMBER": 5, "FLAG": True},
            "memory": "256M",
            "instances": 2,
            "command": "run web",
            "health-check-type": "http",
            "health-check-http-endpoint": "/health",
            "timeout": 42,
            "metadata": {"labels": {"team": "shop"}, "annotations": {"contact": "jane"}},
            "features": {"ssh": False},
            "routes": [{"route": f"{name}.apps.example.local/shop"}],
        },
    )
    assert (job["state"], job["errors"], job["warnings"]) == ("COMPLETE", [], [])
    assert job["links"]["space"]["href"].endswith(f"/v3/spaces/{place.space}")
    app = the_app(cloud, place.space, name)
    assert app["metadata"] == {"labels": {"team": "shop"}, "annotations": {"contact": "jane"}}
    assert app["lifecycle"]["data"]["stack"] == "cflinuxfs4"
    path = f"/v3/apps/{app['guid']}"
    variables = cloud.admin.get(f"{path}/environment_variables").json()["var"]
    assert variables == {"GREETING": "hello", "NUMBER": "5", "FLAG": "true"}
    process = cloud.admin.get(f"{path}/processes/web").json()
    assert (process["instances"], process["memory_in_mb"]) == (2, 256)
    assert process["command"] == "run web"
    assert process["health_check"]["type"] == "http"
    assert process["health_check"]["data"]["endpoint"] == "/health"
    assert process["health_check"]["data"]["timeout"] == 42
    routes = cloud.admin.get(f"{path}/routes").json()["resources"]
    assert [route["url"] for route in routes] == [f"{name}.apps.example.local/shop"]
    assert cloud.admin.get(f"{path}/features/ssh").json()["enabled"] is False


def test_several_apps_and_processes_in_one_manifest(cloud: Any, place: Any) -> None:
    first, second = unique(), unique()
    processes = [
        {"type": "web", "disk_quota": "2G", "log-rate-limit-per-second": -1},
        {"type": "worker", "command": "work", "instances": 3, "health-check-type": "none"},
    ]
    apply(cloud, place.space, {"name": first, "processes": processes}, {"name": second})
    guid = the_app(cloud, place.space, first)["guid"]
    web = cloud.admin.get(f"/v3/apps/{guid}/processes/web").json()
    assert (web["disk_in_mb"], web["log_rate_limit_in_bytes_per_second"]) == (2048, -1)
    worker = cloud.admin.get(f"/v3/apps/{guid}/processes/worker").json()
    assert (worker["command"], worker["instances"]) == ("work", 3)
    assert worker["health_check"]["type"] == "process"
    assert the_app(cloud, place.space, second)["state"] == "STOPPED"
    apply(cloud, place.space, {"name": first, "processes": [{"type": "worker", "command": None}]})
    worker = cloud.admin.get(f"/v3/apps/{guid}/processes/worker").json()
    assert (worker["command"], worker["instances"]) == (None, 3)


def test_routes_are_made_up_once_and_taken_away(cloud: Any, place: Any) -> None:
    name = unique()
    for _ in range(2):
        apply(cloud, place.space, {"name": name, "default-route": True})
    path = f"/v3/apps/{the_app(cloud, place.space, name)['guid']}/routes"
    urls = [route["url"] for route in cloud.admin.get(path).json()["resources"]]
    assert urls == [f"{name}.apps.example.local"]
    apply(cloud, place.space, {"name": name, "no-route": True})
    assert cloud.admin.get(path).json()["resources"] == []
    apply(cloud, place.space, {"name": name, "random-route": True})
    (route,) = cloud.admin.get(path).json()["resources"]
    assert route["url"].startswith(f"{name}-")
    assert route["url"].endswith(".apps.example.local")


@pytest.mark.parametrize(
    ("application", "text"),
    [
        ({"memory": "200INVALID"}, 'Process "web": Memory must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB'),
        ({"memory": "much"}, 'Process "web": Memory is not a number'),
        ({"memory": "-1MB"}, 'Process "web": Memory must be greater than 0MB'),
        ({"disk_quota": 5}, 'Process "web": Disk quota must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB'),
        ({"instances": -1}, 'Process "web": Instances must be greater than or equal to 0'),
        ({"instances": "many"}, 'Process "web": Instances is not a number'),
        ({"timeout": 0}, 'Process "web": Timeout must be greater than or equal to 1'),
        ({"health-check-type": "ping"}, 'Process "web": Health check type must be "port", "process", or "http"'),
        ({"processes": "web"}, "Processes must be an array of process configurations"),
        ({"processes": [{"instances": 1}]}, "All Processes must specify a type"),
        ({"processes": [{"type": "a"}, {"type": "a"}]}, 'Process "a" may only be present once'),
        ({"stack": {"a": "b"}}, "Stack must be a string"),
        ({"buildpacks": [1]}, "Buildpacks can only contain strings"),
        ({"buildpack": "a", "buildpacks": []}, "Buildpack and Buildpacks fields cannot be used together."),
        ({"docker": {}, "buildpacks": []}, "Cannot specify both buildpack(s) and docker keys"),
        ({"services": "db"}, "Services must be a list of service instances"),
        ({"env": ["a"]}, "Env must be an object of keys and values"),
        ({"env": {"PORT": "1"}}, "Env cannot set PORT"),
        ({"routes": ["a.b"]}, "Routes must be a list of route objects"),
        ({"routes": [{"route": "ftp://a.b"}]}, "The route 'ftp://a.b' is not a properly formed URL"),
        ({"routes": [{"route": "a.b", "protocol": "x"}]}, "Route protocol must be 'http1', 'http2' or 'tcp'."),
        ({"no-route": "yes please"}, "No-route must be a boolean"),
        ({"random-route": True, "default-route": True}, "Random-route and default-route may not be used together"),
        ({"metadata": {"labels": {"a b": "c"}}}, "Metadata label key error: 'a b' contains invalid characters"),
        ({"features": {"flying": True}}, "Features must be a map of valid feature names to booleans (true = enabled, false = disabled)"),
        ({"sidecars": [{"name": "s", "process_types": ["web"]}]}, 'Sidecar "s": Command can\'t be blank'),
        ({"buildpacks": ["nope"]}, 'Buildpack "nope" for stack "cflinuxfs4" must be an existing admin buildpack or a valid git URI'),
        ({"stack": "nope"}, "Stack must be an existing stack"),
    ],
)  # fmt: skip
def test_a_wrong_member_is_named_with_its_app(
    cloud: Any, place: Any, application: dict[str, Any], text: str
) -> None:
    answer = send(cloud.admin, place.space, {"applications": [{"name": "x", **application}]})
    assert texts(answer)[0] == f"For application 'x': {text}"
    assert cloud.admin.get(f"/v3/apps?space_guids={place.space}&names=x").json()["resources"] == []


def test_every_problem_is_an_error_of_its_own(cloud: Any, place: Any) -> None:
    manifest = {"applications": [{"instances": -1}, {"name": "b", "memory": "x", "env": 1}]}
    assert texts(send(cloud.admin, place.space, manifest)) == [
        "For application at index 0: Name must not be empty",
        "For application at index 0: Name must be a string",
        'For application at index 0: Process "web": Instances must be greater than or equal to 0',
        "For application 'b': Process \"web\": Memory is not a number",
        "For application 'b': Env must be an object of keys and values",
    ]


@pytest.mark.parametrize("what", ["actions/apply_manifest", "manifest_diff"])
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("just text", "400 1001 Request invalid due to parse error: invalid request body"),
        ("a: [", "400 1001 Request invalid due to parse error: invalid request body"),
        ("", "400 1001 Request invalid due to parse error: invalid request body"),
        ("[" * 5000, "400 1001 Request invalid due to parse error: invalid request body"),
        ("a: !!python/name:os.system x", "400 1001 Request invalid due to parse error: invalid request body"),
        ("# " + "x" * 1_100_000, "400 1001 Request invalid due to parse error: invalid request body"),
        ("a: &x 1\nb: *x", "400 1004 Bad request: Manifest does not support Anchors and Aliases"),
        ("applications: []", "422 10008 Cannot parse manifest with no 'applications' field."),
        ("other: 1", "422 10008 Cannot parse manifest with no 'applications' field."),
        ("version: 2\napplications: [{name: a}]", "422 10008 Unsupported manifest schema version. Currently supported versions: [1]."),
        ("version: 0\napplications: [{name: a}]", "422 10008 Unsupported manifest schema version. Currently supported versions: [1]."),
    ],
)  # fmt: skip
def test_a_text_that_is_no_manifest_is_refused(
    cloud: Any, place: Any, text: str, answer: str, what: str
) -> None:
    assert cloud.detail(send(cloud.admin, place.space, text, what)) == answer


def test_only_yaml_is_taken(cloud: Any, place: Any) -> None:
    path = f"/v3/spaces/{place.space}/actions/apply_manifest"
    answer = cloud.admin.post(path, json={"applications": []})
    assert cloud.detail(answer) == "400 1004 Bad request: Content-Type must be yaml"
    answer = cloud.admin.post(path, content=b"a: 1", headers={"Content-Type": "text/yaml"})
    assert answer.status_code == 422


def test_roles_decide_who_applies_and_reads_manifests(cloud: Any, place: Any) -> None:
    name = unique()
    found = {}
    for role in ("space_developer", "space_supporter", "org_manager", "org_auditor", "none"):
        caller = cloud.with_role(role, place)
        manifest = {"applications": [{"name": name}]}
        found[role] = (
            send(caller, place.space, manifest).status_code,
            send(caller, place.space, manifest, "manifest_diff").status_code,
            caller.get(f"/v3/apps/{place.app}/manifest").status_code,
        )
    assert found == {
        "space_developer": (202, 201, 200),
        "space_supporter": (403, 403, 403),
        "org_manager": (403, 403, 403),
        "org_auditor": (404, 404, 404),
        "none": (404, 404, 404),
    }
    assert cloud.detail(send(cloud.admin, "nope", "a: 1")) == "404 10010 Space not found"


def test_a_job_that_fails_leaves_its_app_as_it_was(cloud: Any, place: Any) -> None:
    first, second, third = unique("a"), unique("b"), unique("c")
    job = apply(
        cloud,
        place.space,
        {"name": first, "instances": 4},
        {"name": second, "instances": 4, "env": {"A": "b"}, "services": ["db"]},
        {"name": third, "instances": 4},
    )
    assert (job["state"], job["errors"]) == (
        "FAILED",
        [
            {
                "detail": f"For application '{second}': Service instance 'db' not found",
                "title": "CF-ResourceNotFound",
                "code": 10010,
            }
        ],
    )
    instances = []
    for name in (first, second, third):
        guid = the_app(cloud, place.space, name)["guid"]
        instances.append(cloud.admin.get(f"/v3/apps/{guid}/processes/web").json()["instances"])
    assert instances == [4, 1, 1]
    guid = the_app(cloud, place.space, second)["guid"]
    assert cloud.admin.get(f"/v3/apps/{guid}/environment_variables").json()["var"] == {}


def failed(cloud: Any, place: Any, **members: Any) -> str:
    name = unique()
    job = apply(cloud, place.space, {"name": name, **members})
    assert job["state"] == "FAILED"
    return str(job["errors"][0]["detail"]).replace(name, "APP")


def test_a_route_that_cannot_be_fails_the_job(cloud: Any, place: Any) -> None:
    assert failed(cloud, place, routes=[{"route": "a.unknown.example"}]) == (
        "For application 'APP': No domains exist for route a.unknown.example"
    )
    assert failed(cloud, place, routes=[{"route": "apps.example.local"}]) == (
        "For application 'APP': For route 'apps.example.local': Missing host. Routes in shared "
        "domains must have a host defined."
    )
    long = "a" * 64
    assert failed(cloud, place, routes=[{"route": f"{long}.apps.example.local"}]) == (
        f"For application 'APP': For route '{long}.apps.example.local': Host cannot exceed 63 "
        "characters"
    )
    host = unique("host")
    elsewhere = cloud.place()
    apply(
        cloud, elsewhere.space, {"name": "x", "routes": [{"route": f"{host}.apps.example.local"}]}
    )
    assert failed(cloud, place, routes=[{"route": f"{host}.apps.example.local"}]) == (
        "For application 'APP': Routes cannot be mapped to destinations in different spaces"
    )


def test_sidecars_are_left_out_with_a_warning(cloud: Any, place: Any) -> None:
    sidecar = {"name": "s", "command": "run", "process_types": ["web"], "memory": "10M"}
    job = apply(cloud, place.space, {"name": unique(), "sidecars": [sidecar]})
    assert job["state"] == "COMPLETE"
    assert job["warnings"] == [{"detail": "Sidecars are not supported here and were left out."}]


def test_docker_and_buildpacks_do_not_mix(cloud: Any, place: Any) -> None:
    name = unique()
    apply(cloud, place.space, {"name": name, "docker": {"image": "registry.example/app"}})
    assert the_app(cloud, place.space, name)["lifecycle"]["type"] == "docker"
    again = {"applications": [{"name": name, "buildpacks": ["https://example.com/b.git"]}]}
    assert texts(send(cloud.admin, place.space, again)) == [
        f"For application '{name}': Buildpacks cannot be configured for a docker lifecycle app."
    ]
    other = unique()
    apply(cloud, place.space, {"name": other})
    docker = {"applications": [{"name": other, "docker": {"image": "x"}}]}
    assert texts(send(cloud.admin, place.space, docker)) == [
        f"For application '{other}': Docker cannot be configured for a buildpack lifecycle app."
    ]


def test_a_diff_names_what_would_change(cloud: Any, place: Any) -> None:
    name = unique()
    assert diff(cloud, place.space, {"name": name, "stack": "x"}) == [
        {"op": "add", "path": "/applications/0/name", "value": name},
        {"op": "add", "path": "/applications/0/stack", "value": "x"},
    ]
    apply(cloud, place.space, {"name": name, "env": {"A": "1", "B": "2"}})
    wanted = {
        "name": name,
        "unknown": 1,
        "stack": "big",
        "env": {"A": "1", "C": "3"},
        "services": ["db"],
        "processes": [
            {"type": "web", "memory": "1GB", "instances": 5},
            {"type": "worker", "command": "x"},
        ],
    }
    assert diff(cloud, place.space, wanted) == [
        {"op": "replace", "path": "/applications/0/stack", "was": "cflinuxfs4", "value": "big"},
        {"op": "remove", "path": "/applications/0/env/B", "was": "2"},
        {"op": "add", "path": "/applications/0/env/C", "value": "3"},
        {"op": "add", "path": "/applications/0/services", "value": ["db"]},
        {"op": "replace", "path": "/applications/0/processes/0/instances", "was": 1, "value": 5},
        {
            "op": "add",
            "path": "/applications/0/processes/1",
            "value": {"type": "worker", "command": "x"},
        },
    ]


def test_an_app_can_be_described_and_brought_back(cloud: Any, place: Any) -> None:
    name = unique()
    apply(
        cloud,
        place.space,
        {"name": name, "env": {"A": "b"}, "default-route": True, "command": "run"},
    )
    guid = the_app(cloud, place.space, name)["guid"]
    answer = cloud.admin.get(f"/v3/apps/{guid}/manifest")
    assert answer.headers["content-type"].startswith("application/x-yaml")
    assert answer.text.startswith(f"---\napplications:\n- name: {name}\n")
    (entry,) = yaml.safe_load(answer.text)["applications"]
    assert entry["env"] == {"A": "b"}
    assert entry["routes"] == [{"route": f"{name}.apps.example.local", "protocol": "http1"}]
    assert entry["processes"][0] | {"command": "run"} == entry["processes"][0]
    other = cloud.place()
    entry["routes"] = [{"route": f"{name}-copy.apps.example.local"}]
    apply(cloud, other.space, entry)
    assert diff(cloud, other.space, entry) == []


def test_what_a_manifest_does_is_told_in_audit_events(cloud: Any, place: Any) -> None:
    name = unique()
    apply(
        cloud,
        place.space,
        {"name": name, "env": {"SECRET": "hush"}, "instances": 2, "default-route": True},
    )
    found = cloud.admin.get(f"/v3/audit_events?space_guids={place.space}&per_page=500")
    events = [
        event for event in found.json()["resources"] if event["data"].get("manifest_triggered")
    ]
    assert sorted(event["type"] for event in events) == [
        "audit.app.map-route",
        "audit.app.process.scale",
        "audit.app.update",
        "audit.app.update",
        "audit.route.create",
    ]
    assert "audit.app.apply_manifest" in found.text
    assert "hush" not in found.text
