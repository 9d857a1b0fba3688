"""Is a client of 2015 served that creates packages below the app (2.12)?"""

from __future__ import annotations

from typing import Any

import pytest

SAME = "422 10008 Source and destination app cannot be the same"


def test_bits_are_created_uploaded_and_copied_below_the_app(cloud: Any, place: Any) -> None:
    developer = cloud.with_role("space_developer", place)
    created = developer.post(f"/v3/apps/{place.app}/packages", json={"type": "bits"})
    assert created.status_code == 201
    package = created.json()
    assert package["state"] == "AWAITING_UPLOAD"
    assert package["relationships"]["app"]["data"]["guid"] == place.app
    assert cloud.upload(package["guid"], cloud.zipped(a=b"1"))["state"] == "READY"

    other = cloud.app(place.space)
    path = f"/v3/apps/{other}/packages?source_package_guid={package['guid']}"
    copied = developer.post(path)
    assert (copied.status_code, copied.json()["state"]) == (201, "COPYING")
    assert cloud.settled(copied.json()["guid"])["state"] == "READY"
    assert developer.post(path, json={}).status_code == 201


def test_docker_credentials_of_2015_are_kept_and_hidden(cloud: Any, place: Any) -> None:
    app = cloud.app(place.space, lifecycle={"type": "docker", "data": {}})
    credentials = {"user": "u", "password": "s3cret", "email": "e", "login_server": "l"}
    data = {"image": "i", "credentials": credentials, "store_image": True}
    answer = cloud.admin.post(f"/v3/apps/{app}/packages", json={"type": "docker", "data": data})

    assert answer.status_code == 201
    shown = answer.json()["data"]
    assert (shown["image"], shown["username"], shown["password"]) == ("i", "u", "***")
    assert "s3cret" not in answer.text


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (None, "Type must be one of 'bits, docker'"),
        ({}, "Type must be one of 'bits, docker'"),
        ({"type": "zip"}, "Type must be one of 'bits, docker'"),
        ({"type": "bits", "extra": 1}, "Unknown field(s): 'extra'"),
        ({"type": "bits", "data": {"a": 1}}, "Data Data must be empty if provided for bits"),
        ({"type": "docker"}, "Data Image must be a string, Data Image required"),
        ({"type": "docker", "data": {"image": "i", "x": 1}}, "Data Unknown field(s): 'x'"),
        (
            {"type": "docker", "data": {"image": "i", "credentials": 5, "store_image": "no"}},
            "Data Credentials must be an object, Data Store image must be a boolean",
        ),
        (
            {"type": "docker", "data": {"image": "i", "credentials": {"password": "p" * 5001}}},
            "docker_password can be up to 5,000 characters",
        ),
        ([], "Unknown field(s): '_json', Type must be one of"),
    ],
)
def test_the_body_is_checked_before_the_app_is_looked_up(cloud: Any, body: Any, error: str) -> None:
    options = {} if body is None else {"json": body}
    answer = cloud.admin.post("/v3/apps/missing/packages", **options)

    assert cloud.detail(answer).startswith(f"422 10008 {error}")


def test_what_is_not_there_or_hidden_is_not_found(cloud: Any, place: Any) -> None:
    package = cloud.package(place.app)
    developer = cloud.with_role("space_developer", place)
    path = f"/v3/apps/{place.app}/packages"
    bits = {"type": "bits"}

    assert cloud.detail(cloud.user().post(path, json=bits)) == "404 10010 App not found"
    missing = developer.post(f"{path}?source_package_guid=missing")
    assert cloud.detail(missing) == "404 10010 Package not found"
    assert cloud.detail(developer.post(f"{path}?source_package_guid={package}")) == SAME
    auditor = cloud.with_role("space_auditor", place)
    assert cloud.detail(auditor.post(path, json=bits)).startswith("403 10003 ")
    assert cloud.detail(auditor.post(f"{path}?source_package_guid={package}")).startswith("403 ")


def test_a_source_must_be_writable_too(cloud: Any, place: Any) -> None:
    elsewhere = cloud.place()
    developer = cloud.with_role("space_developer", place)
    cloud.grant(developer, "space_auditor", elsewhere)
    source = cloud.package(elsewhere.app)
    answer = developer.post(f"/v3/apps/{place.app}/packages?source_package_guid={source}")

    assert cloud.detail(answer).startswith("403 10003 ")


def test_a_blank_source_is_none_and_lifecycles_still_count(cloud: Any, place: Any) -> None:
    path = f"/v3/apps/{place.app}/packages"
    assert cloud.admin.post(f"{path}?source_package_guid=%20", json={"type": "bits"}).json()["data"]
    docker = {"type": "docker", "data": {"image": "i"}}

    assert cloud.detail(cloud.admin.post(path, json=docker)) == (
        "422 10008 Cannot create Docker package for a buildpack app."
    )
