"""Do packages come into being, change and go as chapter 2 of the behaviour document says?"""

from __future__ import annotations

from typing import Any

import pytest

SHA = {"type": "sha256", "value": None}


def test_a_new_bits_package_has_todays_members_and_those_of_2015(cloud: Any, place: Any) -> None:
    body = {"type": "bits", **cloud.related("app", place.app), "data": None}
    package = cloud.admin.post("/v3/packages", json=body).json()
    path = f"https://api.example.local/v3/packages/{package['guid']}"

    assert list(package) == [
        *("guid", "created_at", "updated_at", "type", "data", "state", "relationships"),
        *("metadata", "links"),
    ]
    assert package["state"] == "AWAITING_UPLOAD"
    assert package["data"] == {
        "error": None,
        "checksum": SHA,
        "hash": {"type": "sha1", "value": None},
    }
    assert package["relationships"] == {"app": {"data": {"guid": place.app}}}
    assert package["metadata"] == {"labels": {}, "annotations": {}}
    assert package["updated_at"] == package["created_at"]
    assert package["links"] == {
        "self": {"href": path, "method": "GET"},
        "upload": {"href": f"{path}/upload", "method": "POST"},
        "download": {"href": f"{path}/download", "method": "GET"},
        "stage": {"href": f"{path}/droplets", "method": "POST"},
        "app": {"href": f"https://api.example.local/v3/apps/{place.app}", "method": "GET"},
    }
    assert cloud.admin.get(f"/v3/packages/{package['guid']}").json() == package


@pytest.fixture
def docker_app(cloud: Any, place: Any) -> str:
    """An app that takes packages of both types."""
    guid: str = cloud.app(place.space, lifecycle={"type": "cnb", "data": {}})
    return guid


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"image": "i"}, {"image": "i", "username": None, "password": None}),
        (
            {"image": "i", "username": "u", "password": "p"},
            {"image": "i", "username": "u", "password": "***"},
        ),
        ({"image": "i", "username": "u"}, {"image": "i", "username": "u", "password": "***"}),
        ({"image": "i", "password": "p"}, {"image": "i", "username": None, "password": None}),
    ],
)
def test_a_docker_package_is_ready_at_once_and_hides_its_password(
    cloud: Any, docker_app: str, data: Any, shown: Any
) -> None:
    body = {"type": "docker", "data": data, **cloud.related("app", docker_app)}
    package = cloud.admin.post("/v3/packages", json=body).json()

    assert package["state"] == "READY"
    assert package["data"] == {
        **shown,
        "hash": {"type": "sha1", "value": None},
        "error": None,
        "credentials": {},
        "store_image": False,
    }
    assert list(package["links"]) == ["self", "app"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("null", "422 10008 Relationships 'relationships' is not an object, Type must be one of"),
        ('{"type":"bits","relationships":{"app":{"data":null}}}', "422 10008 App is invalid. En"),
        ("{", "400 1001 Request invalid due to parse error: invalid request body"),
        ("", "400 1001 Request invalid due to parse error: invalid request body"),
        ("[]", "400 1001 Request invalid due to parse error: invalid request body"),
        ("5", "400 1001 Request invalid due to parse error: invalid request body"),
    ],
)
def test_a_body_that_is_no_object_is_refused(cloud: Any, body: str, error: str) -> None:
    assert cloud.detail(cloud.admin.post("/v3/packages", content=body)).startswith(error)


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"unexpected": 1, "extra": 2}, "Unknown field(s): 'unexpected', 'extra'"),
        ({"type": "zip"}, "Type must be one of 'bits, docker'"),
        ({"data": {"a": 1}}, "Data Data must be empty if provided for bits packages"),
        ({"type": "docker"}, "Data Image must be a string, Data Image required"),
        ({"type": "docker", "data": {"image": " "}}, "Data Image required"),
        ({"relationships": None}, "Relationships 'relationships' is not an object"),
        ({"metadata": None}, "Metadata must be an object"),
        (
            {"metadata": {"labels": {"a/b": "c"}}},
            "Metadata label key error: prefix 'a' must be in valid dns format",
        ),
        (
            {"metadata": {"labels": {f"k{n}": "v" for n in range(51)}}},
            "Failed to add 51 labels because it would exceed maximum of 50",
        ),
        (
            {"type": "docker", "data": {"image": "i", "password": "p" * 5001}},
            "docker_password can be up to 5,000 characters",
        ),
    ],
)
def test_a_package_to_create_gets_the_documented_text(
    cloud: Any, docker_app: str, members: Any, error: str
) -> None:
    body = {"type": "bits", **cloud.related("app", docker_app), **members}

    assert cloud.detail(cloud.admin.post("/v3/packages", json=body)).split(" ", 2)[2] == error


def test_a_docker_package_does_not_fit_a_buildpack_app(cloud: Any, place: Any) -> None:
    body = {"type": "docker", "data": {"image": "i"}, **cloud.related("app", place.app)}

    assert cloud.detail(cloud.admin.post("/v3/packages", json=body)) == (
        "422 10008 Cannot create Docker package for a buildpack app."
    )


def test_a_bits_package_does_not_fit_a_docker_app(cloud: Any, place: Any) -> None:
    app = cloud.app(place.space, lifecycle={"type": "docker", "data": {}})
    body = {"type": "bits", **cloud.related("app", app)}

    assert cloud.detail(cloud.admin.post("/v3/packages", json=body)) == (
        "422 10008 Cannot create bits package for a Docker app."
    )


def test_a_copy_takes_the_bits_and_checksums_but_not_the_metadata(cloud: Any, place: Any) -> None:
    source = cloud.package(place.app, metadata={"labels": {"a": "b"}})
    ready = cloud.upload(source, cloud.zipped(a=b"1"))
    body = {**cloud.related("app", cloud.app(place.space)), "type": "nonsense", "data": 5}
    answer = cloud.admin.post(f"/v3/packages?source_guid={source}", json=body)

    assert answer.status_code == 201
    assert answer.json()["state"] == "COPYING"
    copy = cloud.settled(answer.json()["guid"])
    assert copy["state"] == "READY"
    assert copy["data"] == ready["data"]
    assert copy["metadata"] == {"labels": {}, "annotations": {}}
    downloads = [cloud.admin.get(f"/v3/packages/{p}/download") for p in (source, copy["guid"])]
    assert downloads[0].content == downloads[1].content


def test_a_copy_of_nothing_fails_later(cloud: Any, place: Any) -> None:
    source = cloud.package(place.app)
    body = cloud.related("app", cloud.app(place.space))
    answer = cloud.admin.post(f"/v3/packages?source_guid={source}", json=body)
    copy = cloud.settled(answer.json()["guid"])

    assert copy["state"] == "FAILED"
    assert copy["data"]["error"] == f"failed to copy - Could not find object '{source}'"


def test_copies_are_checked_in_the_documented_order(cloud: Any, place: Any) -> None:
    source = cloud.package(place.app)
    path = f"/v3/packages?source_guid={source}"
    hidden = "422 10008 App is invalid. Ensure it exists and you have access to it."

    assert cloud.detail(cloud.admin.post(path, json=cloud.related("app", "missing"))) == hidden
    assert cloud.detail(cloud.admin.post(path, json={"x": 1})) == hidden
    missing = cloud.admin.post("/v3/packages?source_guid=x", json=cloud.related("app", place.app))
    assert cloud.detail(missing) == (
        "422 10008 Source package is invalid. Ensure it exists and you have access to it."
    )
    same = cloud.admin.post(path, json=cloud.related("app", place.app))
    assert cloud.detail(same) == "422 10008 Source and destination app cannot be the same"


def test_metadata_is_merged_key_by_key(cloud: Any, place: Any) -> None:
    package = cloud.package(
        place.app, metadata={"labels": {"a": "1", "b": "2"}, "annotations": {"x": "y"}}
    )
    change = {"metadata": {"labels": {"a": None, "c": 3, "gone": None}, "annotations": None}}
    answer = cloud.admin.patch(f"/v3/packages/{package}", json=change)

    assert answer.status_code == 200
    assert answer.json()["metadata"] == {
        "labels": {"b": "2", "c": "3"},
        "annotations": {"x": "y"},
    }


def test_credentials_belong_to_docker_packages(cloud: Any, place: Any, docker_app: str) -> None:
    bits = cloud.package(place.app)
    reader = cloud.with_role("space_auditor", place)
    answer = reader.patch(f"/v3/packages/{bits}", json={"username": "u"})
    assert cloud.detail(answer) == (
        "422 10008 Cannot update Docker credentials for a buildpack app."
    )

    docker = cloud.package(docker_app, type="docker", data={"image": "i"})
    changed = cloud.admin.patch(f"/v3/packages/{docker}", json={"username": "u", "password": "p"})
    assert changed.json()["data"]["username"] == "u"
    assert changed.json()["data"]["password"] == "***"
    kept = cloud.admin.patch(f"/v3/packages/{docker}", json={"username": None})
    assert kept.json()["data"]["username"] == "u"


def test_an_update_refuses_unknown_members_and_takes_an_empty_body(cloud: Any, place: Any) -> None:
    package = cloud.package(place.app)

    assert cloud.admin.patch(f"/v3/packages/{package}").status_code == 200
    answer = cloud.admin.patch(f"/v3/packages/{package}", json={"type": "docker"})
    assert cloud.detail(answer) == "422 10008 Unknown field(s): 'type'"
    listed = cloud.admin.patch(f"/v3/packages/{package}", json=[1])
    assert cloud.detail(listed) == "422 10008 Unknown field(s): '_json'"


def test_a_deletion_is_a_job_that_ends_with_the_package_gone(cloud: Any, place: Any) -> None:
    package = cloud.package(place.app)
    answer = cloud.admin.delete(f"/v3/packages/{package}")

    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["location"].startswith("https://api.example.local/v3/jobs/")
    job = cloud.job(answer)
    assert (job["operation"], job["state"]) == ("package.delete", "COMPLETE")
    assert list(job["links"]) == ["self"]
    assert job["errors"] == []
    assert cloud.detail(cloud.admin.get(f"/v3/packages/{package}")) == "404 10010 Package not found"
    assert cloud.admin.delete(f"/v3/packages/{package}").status_code == 404


def test_an_unfinished_job_links_to_its_package(start: Any) -> None:
    slow = start(job_delay=3600)
    package = slow.package(slow.place().app)
    answer = slow.admin.delete(f"/v3/packages/{package}")
    job = slow.admin.get(answer.headers["location"].removeprefix("https://api.example.local"))

    assert job.json()["state"] == "PROCESSING"
    assert list(job.json()["links"]) == ["self", "package"]
    assert slow.admin.get(f"/v3/packages/{package}").status_code == 200


def test_finished_packages_beyond_the_limit_expire(start: Any) -> None:
    cloud = start(max_valid_packages_stored=2)
    app = cloud.place().app
    packages = []
    for number in range(3):
        packages.append(cloud.package(app))
        assert cloud.upload(packages[-1], cloud.zipped(a=str(number).encode()))["state"] == "READY"

    def expired() -> Any:
        oldest = cloud.admin.get(f"/v3/packages/{packages[0]}").json()
        is_bare = oldest["data"]["checksum"]["value"] is None
        return oldest if oldest["state"] == "EXPIRED" and is_bare else None

    oldest = cloud.eventually(expired)
    assert oldest["data"]["hash"]["value"] is None
    assert cloud.detail(cloud.admin.get(f"/v3/packages/{packages[0]}/download")) == (
        "422 10008 Package has no bits to download."
    )
    states = [cloud.admin.get(f"/v3/packages/{p}").json()["state"] for p in packages[1:]]
    assert states == ["READY", "READY"]
