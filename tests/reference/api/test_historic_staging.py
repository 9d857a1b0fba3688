"""Does staging as clients of 2015 ask for it work as section 2.12 of the behaviour document says?"""

from __future__ import annotations

from typing import Any

import pytest

from cloud_controller.api.build_rows import finish_staged
from cloud_controller.domain.staging import StagedBuildpack, StagedDroplet
from cloud_controller.store import PACKAGES
from cloud_controller.store.entities import BUILDS, DROPLETS

API = "https://api.example.local"


@pytest.fixture
def slow(start: Any) -> Any:
    """A server whose jobs do not begin."""
    return start(job_delay=3600, staging_memory_mb=512, staging_disk_mb=2048)


def ready_package(cloud: Any, app: str) -> str:
    guid: str = cloud.package(app)
    cloud.write(lambda transaction: transaction.set_columns(PACKAGES, guid, state="READY"))
    return guid


def test_a_package_links_to_where_it_is_staged(slow: Any) -> None:
    place = slow.place()
    package = ready_package(slow, place.app)
    link = slow.admin.get(f"/v3/packages/{package}").json()["links"]["stage"]
    developer = slow.with_role("space_developer", place)
    body = {
        "memory_limit": 7,
        "disk_limit": 8,
        "environment_variables": {"SECRET": "value"},
        "lifecycle": {"type": "buildpack", "data": {"buildpack": None, "stack": "cflinuxfs4"}},
    }
    answer = developer.send(link["method"], link["href"].removeprefix(API), json=body)
    droplet = answer.json()

    assert answer.status_code == 201
    assert droplet["state"] == "STAGING"
    assert (droplet["memory_limit"], droplet["disk_limit"]) == (7, 8)
    assert droplet["environment_variables"] == {"SECRET": "value"}
    assert droplet["result"] is None
    assert droplet["links"]["package"] == {"href": f"{API}/v3/packages/{package}"}
    (build,) = developer.get(f"/v3/builds?package_guids={package}").json()["resources"]
    assert (build["state"], build["staging_memory_in_mb"]) == ("STAGING", 7)
    assert developer.get("/v3/droplets").json()["resources"] == []


def test_its_end_is_shown_in_the_members_of_that_time_and_of_today(slow: Any) -> None:
    place = slow.place()
    package = ready_package(slow, place.app)
    guid = slow.admin.post(f"/v3/packages/{package}/droplets").json()["guid"]
    (build,) = slow.admin.get(f"/v3/apps/{place.app}/builds").json()["resources"]
    made = StagedDroplet(
        tarball=slow.server.settings.data / "d.tgz",
        sha1="a" * 40,
        sha256="b" * 64,
        size=1,
        buildpacks=(StagedBuildpack("ruby_buildpack", "ruby 3", "ruby", "1.2"),),
        process_types={"web": "run"},
        execution_metadata="{}",
    )
    assert slow.write(lambda t: finish_staged(t, t.referenced(BUILDS, build["guid"]), made, keep=5))
    droplet = slow.admin.get(f"/v3/droplets/{guid}").json()

    assert droplet["state"] == "STAGED"
    assert droplet["buildpacks"] == [
        {
            "name": "ruby_buildpack",
            "detect_output": "ruby 3",
            "buildpack_name": "ruby",
            "version": "1.2",
        }
    ]
    assert droplet["checksum"] == {"type": "sha256", "value": "b" * 64}
    assert droplet["result"] == {
        "buildpack": "ruby_buildpack",
        "stack": "cflinuxfs4",
        "process_types": {"web": "run"},
        "hash": {"type": "sha1", "value": "a" * 40},
        "execution_metadata": "{}",
    }
    assert (droplet["memory_limit"], droplet["disk_limit"]) == (512, 2048)
    ended = slow.admin.get(f"/v3/builds/{build['guid']}").json()
    assert (ended["state"], ended["droplet"]) == ("STAGED", {"guid": guid})
    for path in (f"/v3/packages/{package}/droplets", f"/v3/apps/{place.app}/droplets"):
        (listed,) = slow.admin.get(path).json()["resources"]
        assert listed["guid"] == guid
        assert "run" not in str(listed)
    auditor = slow.with_role("space_auditor", place).get(f"/v3/droplets/{guid}").json()
    assert auditor["result"]["process_types"] == {"redacted_message": "[PRIVATE DATA HIDDEN]"}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"x": 1}, "Unknown field(s): 'x'"),
        ({"memory_limit": "x"}, "Memory limit is not a number"),
        ({"disk_limit": 0}, "Disk limit must be greater than 0"),
        ({"environment_variables": {"PORT": 1}}, "Environment variables cannot set PORT"),
        ({"lifecycle": 5}, "Lifecycle must be an object"),
        (
            {"lifecycle": {"type": "buildpack", "data": {"buildpacks": []}}},
            "Lifecycle Unknown field(s): 'buildpacks'",
        ),
        (
            {"lifecycle": {"type": "buildpack", "data": {"buildpack": 5}}},
            "Lifecycle Buildpack must be a string",
        ),
    ],
)
def test_the_body_is_checked_before_the_package_is_looked_up(
    cloud: Any, body: Any, error: str
) -> None:
    answer = cloud.admin.post("/v3/packages/missing/droplets", json=body)

    assert cloud.detail(answer) == f"422 10008 {error}"


def test_refusals_are_those_of_2015(slow: Any) -> None:
    place = slow.place()
    waiting = slow.package(place.app)
    package = ready_package(slow, place.app)
    path = f"/v3/packages/{package}/droplets"

    def refused(answer: Any) -> str:
        return str(slow.detail(answer))

    assert refused(slow.admin.post("/v3/packages/missing/droplets")) == (
        "404 10010 Package not found"
    )
    assert refused(slow.user().post(path)) == "404 10010 Package not found"
    assert slow.with_role("space_auditor", place).post(path).status_code == 403
    assert refused(slow.admin.post(f"/v3/packages/{waiting}/droplets")) == (
        "400 10004 The request is invalid"
    )
    assert refused(slow.admin.post(path, json={"disk_limit": 10_241})) == (
        "400 10009 Staging request could not be completed: disk limit exceeded"
    )
    assert slow.admin.post(path).status_code == 201
    assert refused(slow.admin.post(path)).startswith("422 170017 ")


def test_a_package_whose_droplet_was_deleted_while_staging_fails_its_build(slow: Any) -> None:
    app = slow.place().app
    package = ready_package(slow, app)
    guid = slow.admin.post(f"/v3/packages/{package}/droplets").json()["guid"]
    (build,) = slow.admin.get(f"/v3/apps/{app}/builds").json()["resources"]
    slow.write(lambda t: t.delete(DROPLETS, guid))
    made = StagedDroplet(tarball=slow.server.settings.data / "d.tgz")
    assert not slow.write(
        lambda t: finish_staged(t, t.referenced(BUILDS, build["guid"]), made, keep=5)
    )
    ended = slow.admin.get(f"/v3/builds/{build['guid']}").json()

    assert (ended["state"], ended["droplet"]) == ("FAILED", None)
    assert ended["error"] == "StagingError - Staging error: the droplet was deleted"
