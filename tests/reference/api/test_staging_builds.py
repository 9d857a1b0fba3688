"""What becomes of a build, and what of it can be read in the logs?"""

from __future__ import annotations

import base64
import io
import tarfile
import uuid
import zipfile
from typing import Any

import pytest

from cloud_controller.staging import ConfinementError, bubblewrap

FAILED = "StagingError - Staging error: staging failed"


@pytest.fixture(scope="module", autouse=True)
def _sandbox(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        bubblewrap(network=False, hidden=tmp_path_factory.mktemp("hidden"))
    except ConfinementError as error:
        pytest.skip(str(error))


@pytest.fixture
def staging(start: Any) -> Any:
    """A server of its own: buildpacks are tried for every app."""
    return start()


def buildpack(**scripts: str) -> bytes:
    bodies = {
        "detect": "exit 0",
        "compile": ":",
        "release": "echo 'default_process_types: {web: serve}'",
        **scripts,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in bodies.items():
            entry = zipfile.ZipInfo(f"bin/{name}")
            entry.create_system = 3
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, f"#!/bin/bash\nset -e\n{body}\n")
    return buffer.getvalue()


def install(cloud: Any, name: str, **scripts: str) -> str:
    answer = cloud.admin.post("/v2/buildpacks", json={"name": name})
    guid: str = answer.json()["metadata"]["guid"]
    put(cloud, guid, **scripts)
    return guid


def put(cloud: Any, guid: str, **scripts: str) -> None:
    files = {"buildpack": (f"{uuid.uuid4()}.zip", buildpack(**scripts))}
    answer = cloud.admin.put(f"/v2/buildpacks/{guid}/bits", files=files)
    assert answer.status_code == 201, answer.text


def package(cloud: Any, app: str, **files: bytes) -> str:
    guid: str = cloud.package(app)
    cloud.upload(guid, cloud.zipped(**(files or {"index.html": b"hello"})))
    return guid


def build(cloud: Any, app: str, **members: Any) -> dict[str, Any]:
    """Stage an app and return the build once it ended."""
    body = {"package": {"guid": package(cloud, app)}, **members}
    return ended(cloud, cloud.create("builds", body))


def ended(cloud: Any, guid: str) -> dict[str, Any]:
    def found() -> dict[str, Any] | None:
        shown: dict[str, Any] = cloud.admin.get(f"/v3/builds/{guid}").json()
        return None if shown["state"] == "STAGING" else shown

    shown: dict[str, Any] = cloud.eventually(found)
    return shown


def lines(cloud: Any, app: str, query: str = "limit=1000") -> list[str]:
    answer = cloud.admin.get(f"/api/v1/read/{app}?{query}")
    assert answer.status_code == 200, answer.text
    batch = answer.json()["envelopes"]["batch"]
    return [base64.b64decode(entry["log"]["payload"]).decode() for entry in batch]


def test_a_package_becomes_a_droplet(staging: Any) -> None:
    install(staging, "never", detect="exit 1")
    install(staging, "mine", detect="echo Mine", compile="echo compiling; echo $FROM_APP > $1/x")
    place = staging.place()
    staging.admin.patch(
        f"/v3/apps/{place.app}/environment_variables", json={"var": {"FROM_APP": "yes"}}
    )
    done = build(staging, place.app)
    assert (done["state"], done["error"]) == ("STAGED", None)
    droplet = staging.admin.get(f"/v3/droplets/{done['droplet']['guid']}").json()
    assert droplet["state"] == "STAGED"
    assert droplet["buildpacks"] == [
        {"name": "mine", "detect_output": "Mine", "buildpack_name": None, "version": None}
    ]
    assert droplet["process_types"] == {"web": "serve"}
    bits = staging.admin.get(f"/v3/droplets/{droplet['guid']}/download")
    with tarfile.open(fileobj=io.BytesIO(bits.content)) as archive:
        found = archive.extractfile("./app/x")
        assert found is not None
        assert found.read() == b"yes\n"
    assert "compiling" in lines(staging, place.app)
    assert not list(staging.server.settings.stagings.iterdir())


def test_only_enabled_buildpacks_are_tried_in_the_order_of_their_positions(staging: Any) -> None:
    for name in ("off", "last", "first"):
        install(staging, name)
    listed = staging.admin.get("/v2/buildpacks").json()["resources"]
    guids = {entry["entity"]["name"]: entry["metadata"]["guid"] for entry in listed}
    staging.admin.put(f"/v2/buildpacks/{guids['first']}", json={"position": 1})
    staging.admin.put(f"/v2/buildpacks/{guids['off']}", json={"enabled": False, "position": 1})
    done = build(staging, staging.place().app)
    droplet = staging.admin.get(f"/v3/droplets/{done['droplet']['guid']}").json()
    assert [used["name"] for used in droplet["buildpacks"]] == ["first"]


def test_named_buildpacks_work_together(staging: Any) -> None:
    install(staging, "tools", detect="exit 1", supply="echo tool > $3/$4/tool")
    install(staging, "final", detect="exit 1", finalize="cat $3/0/tool", compile="exit 1")
    lifecycle = {"type": "buildpack", "data": {"buildpacks": ["tools", "final"]}}
    app = staging.place().app
    done = build(staging, app, lifecycle=lifecycle)
    assert done["error"] is None
    droplet = staging.admin.get(f"/v3/droplets/{done['droplet']['guid']}").json()
    assert [used["name"] for used in droplet["buildpacks"]] == ["tools", "final"]
    assert "tool" in lines(staging, app)


@pytest.mark.parametrize(
    ("scripts", "expected"),
    [
        (None, "NoBuildpacksFound - There are no buildpacks available"),
        (
            {"detect": "exit 1"},
            "NoAppDetectedError - An app was not successfully detected by any available buildpack",
        ),
        (
            {"compile": "exit 1"},
            "BuildpackCompileFailed - App staging failed in the buildpack compile phase",
        ),
        (
            {"release": "exit 1"},
            "BuildpackReleaseFailed - App staging failed in the buildpack release phase",
        ),
        (
            {"release": "echo"},
            "StagingError - Staging error: No process types returned from stager",
        ),
    ],
)
def test_a_failure_ends_the_build_with_the_real_error(
    staging: Any, scripts: dict[str, str] | None, expected: str
) -> None:
    if scripts is not None:
        install(staging, "mine", **scripts)
    app = staging.place().app
    done = build(staging, app)
    assert (done["state"], done["error"]) == ("FAILED", expected)
    assert any(line.startswith("Failed to stage build: ") for line in lines(staging, app))
    assert build(staging, app)["error"] == expected, "the app can be staged again"


def test_a_buildpack_that_is_only_an_address_is_not_fetched(staging: Any) -> None:
    url = "https://someone:secret@git.example.com/buildpack.git"
    lifecycle = {"type": "buildpack", "data": {"buildpacks": [url]}}
    app = staging.place().app
    assert build(staging, app, lifecycle=lifecycle)["error"] == FAILED
    text = "\n".join(lines(staging, app))
    assert "is not installed here" in text
    assert "secret" not in text


def test_more_memory_than_there_may_be_is_not_given(staging: Any) -> None:
    install(staging, "mine")
    done = build(staging, staging.place().app, staging_memory_in_mb=100_000)
    assert done["error"] == "InsufficientResources - Insufficient resources"


def test_an_image_is_staged_without_a_buildpack(staging: Any) -> None:
    staging.admin.patch("/v3/feature_flags/diego_docker", json={"enabled": True})
    place = staging.place()
    app = staging.app(place.space, lifecycle={"type": "docker", "data": {}})
    guid = staging.package(app, type="docker", data={"image": "registry.example.com/a:1"})
    done = ended(staging, staging.create("builds", {"package": {"guid": guid}}))
    droplet = staging.admin.get(f"/v3/droplets/{done['droplet']['guid']}").json()
    assert droplet["image"] == "registry.example.com/a:1"
    assert droplet["process_types"] == {"web": ""}
    assert droplet["buildpacks"] is None


def test_a_switched_off_staging_says_so(start: Any) -> None:
    server = start(staging="off")
    install(server, "mine")
    assert build(server, server.place().app)["error"] == (
        "StagerError - Stager error: staging with buildpacks is switched off (--staging off)"
    )


def test_staging_without_a_sandbox_must_be_wanted(start: Any) -> None:
    server = start(staging="unsandboxed")
    install(server, "mine", compile="echo $1")
    app = server.place().app
    assert build(server, app)["state"] == "STAGED"
    assert any(str(server.server.settings.stagings) in line for line in lines(server, app))


def test_a_staging_that_takes_too_long_expires(start: Any) -> None:
    server = start(staging_timeout=1.0)
    install(server, "mine", compile="sleep 1000")
    assert build(server, server.place().app)["error"] == (
        "StagingTimeExpired - Staging time expired: staging failed"
    )


def test_logs_are_there_while_staging_runs_and_deletions_are_not_held_up(staging: Any) -> None:
    install(staging, "mine", compile="echo begun; sleep 1000")
    place = staging.place()
    other = staging.app(place.space)
    guid = package(staging, place.app)
    waiting = staging.create("builds", {"package": {"guid": guid}})
    staging.create("builds", {"package": {"guid": package(staging, other)}})
    staging.eventually(lambda: "begun" in lines(staging, place.app) or None)
    assert staging.admin.get(f"/v3/builds/{waiting}").json()["state"] == "STAGING"
    for app in (place.app, other):
        assert staging.job(staging.admin.delete(f"/v3/apps/{app}"))["state"] == "COMPLETE"
    stagings = staging.server.settings.stagings
    staging.eventually(lambda: not list(stagings.iterdir()) or None)
    assert staging.admin.get(f"/v3/builds/{waiting}").status_code == 404
    assert lines(staging, place.app) == []


def test_what_buildpacks_keep_can_be_cleared_and_goes_with_the_app(staging: Any) -> None:
    install(staging, "mine", compile="cat $2/kept || echo nothing; echo treasure > $2/kept")
    app = staging.place().app
    build(staging, app)
    build(staging, app)
    assert lines(staging, app).count("treasure") == 1
    answer = staging.admin.post(f"/v3/apps/{app}/actions/clear_buildpack_cache")
    assert staging.job(answer)["state"] == "COMPLETE"
    build(staging, app)
    assert lines(staging, app).count("nothing") == 2
    caches = staging.server.settings.buildpack_caches
    assert [path.name for path in caches.iterdir()] == [app]
    staging.job(staging.admin.delete(f"/v3/apps/{app}"))
    staging.eventually(lambda: not list(caches.iterdir()) or None)
