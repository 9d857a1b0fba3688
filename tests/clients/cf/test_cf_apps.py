"""Do apps, packages, staging and pushes work as the `cf` command line uses them?"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from typing import Any

import pytest


def test_create_show_rename_and_delete_an_app(cf: Any, new_name: Any) -> None:
    called = new_name()
    made = cf.create_app(called)
    shown = cf.show_app(called)
    assert [process["type"] for process in shown["processes"]] == ["web"]
    assert shown["droplet"] is None
    assert called in {app["name"] for app in cf.apps()}
    with pytest.raises(cf.Refused, match=f"App with the name '{called}' already exists."):
        cf.create_app(called)
    with pytest.raises(cf.Refused, match="Assign a droplet before starting this app"):
        cf.json("POST", f"/v3/apps/{made['guid']}/actions/start")
    cf.json("PATCH", f"/v3/apps/{made['guid']}", {"name": f"{called}-b"})
    cf.json("PATCH", f"/v3/apps/{made['guid']}/environment_variables", {"var": {"A": "1"}})
    env = cf.json("GET", f"/v3/apps/{made['guid']}/env")
    assert env["environment_variables"] == {"A": "1"}
    assert {
        "staging_env_json",
        "running_env_json",
        "system_env_json",
        "application_env_json",
    } <= set(env)
    scaled = cf.json(
        "POST", f"/v3/apps/{made['guid']}/processes/web/actions/scale", {"instances": 2}
    )
    assert scaled["instances"] == 2
    assert cf.all("/v3/audit_events", target_guids=made["guid"], order_by="-created_at")
    cf.delete_app(f"{called}-b")
    with pytest.raises(cf.Refused, match="App not found"):
        cf.json("GET", f"/v3/apps/{made['guid']}/ssh_enabled")


def test_docker_apps(cf: Any, new_name: Any) -> None:
    called = new_name()
    app = cf.create_app(called, "docker")
    related = {"app": {"data": {"guid": app["guid"]}}}
    body = {"type": "docker", "relationships": related, "data": {"image": "nobody/nothing"}}
    package = cf.json("POST", "/v3/packages", body)
    droplet = cf.stage(package["guid"])
    assert droplet["image"] == "nobody/nothing"
    cf.set_droplet(app["guid"], droplet["guid"])
    assert cf.show_app(called)["droplet"]["guid"] == droplet["guid"]


def test_packages_droplets_and_copies(
    cf: Any, buildpack: str, new_name: Any, archived: Any
) -> None:
    called = new_name()
    app = cf.create_app(called)["guid"]
    package = cf.package(app, archived({"index.html": b"<h1>"}))
    assert package["state"] == "READY"
    assert [one["guid"] for one in cf.all("/v3/packages", app_guids=app)] == [package["guid"]]

    droplet = cf.stage(package["guid"])
    assert [one["name"] for one in droplet["buildpacks"]] == [buildpack]
    assert droplet["process_types"] == {"web": "serve"}
    assert any("Supplying" in line for line in cf.logs(app))
    listed = cf.all("/v3/droplets", app_guids=app, order_by="-created_at")
    assert [one["guid"] for one in listed] == [droplet["guid"]]
    cf.set_droplet(app, droplet["guid"])
    bits = cf.send("GET", f"/v3/droplets/{droplet['guid']}/download", follow_redirects=True)
    assert hashlib.sha256(bits.content).hexdigest() == droplet["checksum"]["value"]

    target = cf.create_app(new_name())["guid"]
    ready = cf.all("/v3/packages", app_guids=app, states="READY", order_by="-created_at")
    related = {"app": {"data": {"guid": target}}}
    source = {"source_guid": ready[0]["guid"]}
    copied = cf.json("POST", "/v3/packages", {"relationships": related}, **source)
    assert cf.wait(f"/v3/packages/{copied['guid']}", "READY", "FAILED")["state"] == "READY"


def test_staging_what_no_buildpack_detects(
    cf: Any, buildpack: str, new_name: Any, archived: Any
) -> None:
    package = cf.package(cf.create_app(new_name())["guid"], archived({"main.c": b"int main;"}))
    assert buildpack
    with pytest.raises(RuntimeError, match="NoAppDetectedError"):
        cf.stage(package["guid"])


def test_staging_a_package_without_bits(cf: Any, new_name: Any) -> None:
    related = {"app": {"data": {"guid": cf.create_app(new_name())["guid"]}}}
    package = cf.json("POST", "/v3/packages", {"type": "bits", "relationships": related})
    with pytest.raises(cf.Refused, match="Cannot stage package whose state is not ready"):
        cf.stage(package["guid"])


def test_push_twice_with_large_files(cf: Any, buildpack: str, new_name: Any) -> None:
    assert buildpack
    called = new_name()
    manifest = f"applications:\n- name: {called}\n  no-route: true\n  memory: 64M\n"
    large = hashlib.sha256(called.encode()).digest() * 4096
    files = {"index.html": b"<h1>one</h1>", "large.bin": large}

    first = cf.push(called, files, manifest)
    assert cf.uploaded == {"index.html", "large.bin"}
    assert first["app"]["app"]["state"] == "STOPPED"
    second = cf.push(called, {**files, "index.html": b"<h1>two</h1>"}, manifest, start=True)
    assert cf.uploaded == {"index.html"}
    # An app without routes shows none, so that the real one finds no-route in every manifest.
    assert [entry["path"] for entry in second["diff"]] == ["/applications/0/no-route"]
    assert second["app"]["app"]["state"] == "STARTED"
    bits = cf.send("GET", f"/v3/packages/{second['package']['guid']}/download").content
    with zipfile.ZipFile(io.BytesIO(bits)) as archive:
        assert archive.read("large.bin") == large
        assert archive.read("index.html") == b"<h1>two</h1>"
    third = cf.push(called, {"large.bin": large}, manifest)
    assert cf.uploaded == set()
    assert third["package"]["state"] == "READY"
    cf.delete_app(called)


def test_push_with_a_route_of_its_own(cf: Any, new_name: Any) -> None:
    called = new_name()
    manifest = f"applications:\n- name: {called}\n  default-route: true\n"
    pushed = cf.push(called, {"a": b"1"}, manifest)
    assert [route["host"] for route in pushed["app"]["routes"]] == [called]
    for route in pushed["app"]["routes"]:
        cf.done(cf.send("DELETE", f"/v3/routes/{route['guid']}"))
    cf.delete_app(called)


def test_a_manifest_that_cannot_be_applied(cf: Any, new_name: Any) -> None:
    called = new_name()
    manifest = f"applications:\n- name: {called}\n  memory: lots\n"
    with pytest.raises((cf.Refused, AssertionError), match=r"[Mm]emory"):
        cf.push(called, {"a": b"1"}, manifest)


def test_curl_shows_errors_as_they_are(cf: Any) -> None:
    answer = cf.http.get(f"{cf.base}/v3/nothing", headers={"Authorization": f"bearer {cf.token}"})
    assert answer.json()["errors"][0]["detail"] == "Unknown request"


def read_logs(cf: Any, app: str, **query: str) -> list[dict[str, Any]]:
    address = f"{cf.links['log_cache']['href']}/api/v1/read/{app}"
    found: list[dict[str, Any]] = cf.send("GET", address, params=query).json()["envelopes"]["batch"]
    return found


def test_following_a_log_begins_at_the_last_line_before_staging(
    cf: Any, buildpack: str, new_name: Any, archived: Any
) -> None:
    # The command line asks for the newest envelope since Go's zero time, and walks on from it.
    assert buildpack
    app = cf.create_app(new_name())["guid"]
    package = cf.package(app, archived({"index.html": b"<h1>"}))
    newest = read_logs(cf, app, start_time="-6795364578871345152", descending="true", limit="1")
    assert newest[0]["tags"]["source_type"] == "API"

    cf.stage(package["guid"])
    walked = read_logs(cf, app, start_time=newest[0]["timestamp"], envelope_types="LOG")
    assert walked[0] == newest[0]
    staging = [one for one in walked if one["tags"]["source_type"] == "STG"]
    lines = [base64.b64decode(one["log"]["payload"]).decode() for one in staging]
    assert any("Supplying" in line for line in lines)
    assert any("Finalizing" in line for line in lines)


def test_starting_does_not_wait_for_instances(
    cf: Any, buildpack: str, new_name: Any, archived: Any
) -> None:
    assert buildpack
    called = new_name()
    app = cf.create_app(called)["guid"]
    assert cf.show_app(called)["processes"][0]["instance_states"] == ["DOWN"]
    droplet = cf.stage(cf.package(app, archived({"index.html": b"<h1>"}))["guid"])
    cf.set_droplet(app, droplet["guid"])
    for action in ("start", "restart"):
        cf.json("POST", f"/v3/apps/{app}/actions/{action}")
        # An empty list is what ends the polling; instances that are DOWN would be waited for.
        assert [one["instance_states"] for one in cf.show_app(called)["processes"]] == [[]]
    cf.json("POST", f"/v3/apps/{app}/processes/web/actions/scale", {"memory_in_mb": 64})
    for action in ("stop", "start"):
        cf.json("POST", f"/v3/apps/{app}/actions/{action}")
    [process] = cf.all("/v3/processes", app_guids=app, embed="process_instances")
    assert process["process_instances"] == []
    cf.json("POST", f"/v3/apps/{app}/actions/stop")


def test_copying_the_source_to_an_app_of_another_space(
    cf: Any, buildpack: str, new_name: Any, archived: Any
) -> None:
    assert buildpack
    called = new_name()
    source = cf.package(cf.create_app(called)["guid"], archived({"index.html": b"<h1>"}))
    related = {"space": {"data": {"guid": cf.create_space(new_name(), cf.org)}}}
    target = cf.json("POST", "/v3/apps", {"name": called, "relationships": related})["guid"]
    body = {"relationships": {"app": {"data": {"guid": target}}}}
    copied = cf.json("POST", "/v3/packages", body, source_guid=source["guid"])
    assert cf.wait(f"/v3/packages/{copied['guid']}", "READY", "FAILED")["state"] == "READY"
    assert cf.stage(copied["guid"])["state"] == "STAGED"


def test_routes_are_made_mapped_shown_unmapped_and_deleted(cf: Any, new_name: Any) -> None:
    called = new_name()
    app = cf.create_app(called)["guid"]
    domain = cf.all("/v3/domains")[0]
    related = {
        "space": {"data": {"guid": cf.space}},
        "domain": {"data": {"guid": domain["guid"]}},
    }
    route = cf.json("POST", "/v3/routes", {"host": called, "relationships": related})
    with pytest.raises(cf.Refused, match="Route already exists"):  # compared literally
        cf.json("POST", "/v3/routes", {"host": called, "relationships": related})
    reservations = f"/v3/domains/{domain['guid']}/route_reservations"
    assert cf.json("GET", reservations, host=called)["matching_route"] is True
    elsewhere = cf.send("GET", reservations, params={"host": called, "path": "/no"})
    assert elsewhere.json() == {"matching_route": False}

    where = {"domain_guids": domain["guid"], "hosts": called, "paths": ""}
    assert [one["guid"] for one in cf.all("/v3/routes", **where)] == [route["guid"]]
    destinations = f"/v3/routes/{route['guid']}/destinations"
    cf.json("POST", destinations, {"destinations": [{"app": {"guid": app}}]})
    [shown] = cf.all(f"/v3/apps/{app}/routes")
    assert shown["url"] == f"{called}.{domain['name']}"
    assert cf.all("/v3/apps", guids=app)[0]["name"] == called
    bindings = {"route_guids": route["guid"], "include": "service_instance"}
    assert cf.all("/v3/service_route_bindings", **bindings) == []

    [destination] = cf.json("GET", destinations)["destinations"]
    assert destination["app"] == {"guid": app, "process": {"type": "web"}}
    cf.send("DELETE", f"{destinations}/{destination['guid']}")
    cf.done(cf.send("DELETE", f"/v3/spaces/{cf.space}/routes", params={"unmapped": "true"}))
    assert cf.all("/v3/routes", **where) == []


def test_what_is_not_served_is_an_unknown_request(cf: Any, new_name: Any) -> None:
    # From this text the command line makes its own: that the API has no such endpoint.
    app = cf.create_app(new_name())["guid"]
    for path in ("/v3/deployments", f"/v3/apps/{app}/tasks"):
        with pytest.raises(cf.Refused, match="Unknown request") as refused:
            cf.json("POST", path, {})
        assert refused.value.status == 404


def test_environment_ssh_and_events_of_an_app(cf: Any, new_name: Any) -> None:
    app = cf.create_app(new_name())["guid"]
    variables = f"/v3/apps/{app}/environment_variables"
    assert cf.json("PATCH", variables, {"var": {"A": "1", "B": "2"}})["var"] == {
        "A": "1",
        "B": "2",
    }
    assert cf.json("PATCH", variables, {"var": {"A": None}})["var"] == {"B": "2"}
    assert cf.json("PATCH", f"/v3/apps/{app}/features/ssh", {"enabled": True})["enabled"] is True
    assert cf.json("GET", f"/v3/apps/{app}/ssh_enabled") == {"enabled": True, "reason": ""}
    assert cf.json("GET", f"/v3/apps/{app}/features/revisions")["name"] == "revisions"
    assert cf.all(f"/v3/apps/{app}/revisions", order_by="-created_at") == []
    events = cf.all("/v3/audit_events", target_guids=app, order_by="-created_at")
    assert "audit.app.create" in {one["type"] for one in events}
    assert all(isinstance(one["data"], dict) and one["actor"]["name"] for one in events)


def test_push_several_apps_of_a_manifest(cf: Any, buildpack: str, new_name: Any) -> None:
    first, second = new_name(), new_name()
    manifest = (
        f"version: 1\napplications:\n- name: {first}\n  path: /somewhere\n  random-route: true\n"
        f"  buildpacks: [{buildpack}]\n  env: {{A: 1}}\n  metadata: {{labels: {{a: b}}}}\n"
        "  processes:\n  - type: worker\n    instances: 0\n    memory: 32M\n"
        f"- name: {second}\n  docker: {{image: nobody/nothing}}\n  no-route: true\n"
    )
    spaces, yaml = f"/v3/spaces/{cf.space}", {"Content-Type": "application/x-yaml"}
    path = f"{spaces}/actions/apply_manifest"
    cf.done(cf.send("POST", path, content=manifest, headers=yaml))
    names = f"{first},{second}"
    apps = {one["name"]: one for one in cf.all("/v3/apps", names=names, space_guids=cf.space)}
    assert apps[first]["lifecycle"]["data"]["buildpacks"] == [buildpack]
    assert apps[second]["lifecycle"] == {"type": "docker", "data": {}}
    shown = cf.show_app(first)
    assert {one["type"] for one in shown["processes"]} == {"web", "worker"}
    assert len(shown["routes"]) == 1
    assert cf.show_app(second)["routes"] == []
    accept = {"Accept": "application/x-yaml"}
    answer = cf.send("GET", f"/v3/apps/{apps[first]['guid']}/manifest", headers=accept)
    assert answer.headers["Content-Type"].startswith("application/x-yaml")
    assert f"- name: {first}" in answer.text
