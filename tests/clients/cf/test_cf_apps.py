"""Do apps, packages, staging and pushes work as the `cf` command line uses them?"""

from __future__ import annotations

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
