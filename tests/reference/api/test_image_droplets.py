"""Do Docker packages become droplets that name the image (sections 5.4 and 5.5)?"""

from __future__ import annotations

from typing import Any

import pytest

IMAGE = "registry.example.local/team/image:1.0"
DOCKER = {"lifecycle": {"type": "docker", "data": {}}}


@pytest.fixture
def app(cloud: Any, place: Any) -> str:
    guid: str = cloud.app(place.space, **DOCKER)
    return guid


def package(cloud: Any, app: str) -> str:
    guid: str = cloud.package(app, type="docker", data={"image": IMAGE})
    return guid


def staged(cloud: Any, app: str) -> Any:
    """The droplet of a build, once that has ended."""
    guid = cloud.create("builds", {"package": {"guid": package(cloud, app)}})

    def ended() -> Any:
        build = cloud.admin.get(f"/v3/builds/{guid}").json()
        return None if build["state"] == "STAGING" else build

    build = cloud.eventually(ended)
    assert build["state"] == "STAGED", build["error"]
    assert build["lifecycle"] == {"type": "docker", "data": {}}
    return cloud.admin.get(f"/v3/droplets/{build['droplet']['guid']}").json()


def test_the_droplet_names_the_image_and_has_no_bits(cloud: Any, app: str) -> None:
    droplet = staged(cloud, app)

    assert (droplet["state"], droplet["image"]) == ("STAGED", IMAGE)
    assert droplet["lifecycle"] == {"type": "docker", "data": {}}
    assert [droplet[name] for name in ("buildpacks", "stack", "checksum")] == [None, None, None]
    assert list(droplet["links"]) == ["self", "app", "assign_current_droplet", "package"]
    assert cloud.detail(cloud.admin.get(f"/v3/droplets/{droplet['guid']}/download")) == (
        "422 10008 Cannot download droplets with 'docker' lifecycle."
    )


def test_a_copy_of_an_image_is_staged_at_once(cloud: Any, place: Any, app: str) -> None:
    source = staged(cloud, app)["guid"]
    body = cloud.related("app", cloud.app(place.space, **DOCKER))
    copy = cloud.admin.post(f"/v3/droplets?source_guid={source}", json=body).json()

    assert (copy["state"], copy["image"]) == ("STAGED", IMAGE)
    assert "package" not in copy["links"]


def test_images_can_be_switched_off(start: Any) -> None:
    cloud = start()
    place = cloud.place()
    found = package(cloud, cloud.app(place.space, **DOCKER))
    switched = cloud.admin.patch("/v3/feature_flags/diego_docker", json={"enabled": False})
    assert switched.status_code == 200
    refused = "403 330002 Feature Disabled: diego_docker"

    answer = cloud.admin.post("/v3/builds", json={"package": {"guid": found}})
    assert cloud.detail(answer) == refused
    assert cloud.detail(cloud.admin.post(f"/v3/packages/{found}/droplets")) == refused


def test_clients_of_2015_stage_bits_only(cloud: Any, app: str) -> None:
    answer = cloud.admin.post(f"/v3/packages/{package(cloud, app)}/droplets")

    assert cloud.detail(answer) == "400 10004 The request is invalid"


def test_a_stack_can_forbid_staging(start: Any) -> None:
    cloud = start(job_delay=3600)
    place = cloud.place()
    stack = cloud.create("stacks", {"name": "old"})
    cloud.admin.patch(
        f"/v3/stacks/{stack}", json={"state": "DISABLED", "state_reason": "Use another."}
    )
    lifecycle = {"type": "buildpack", "data": {"stack": "old"}}
    body = {"package": {"guid": cloud.package(place.app)}, "lifecycle": lifecycle}

    assert cloud.detail(cloud.admin.post("/v3/builds", json=body)) == (
        "422 250004 ERROR: Staging failed. The stack 'old' is 'DISABLED' and cannot be used for "
        "staging. Use another."
    )
