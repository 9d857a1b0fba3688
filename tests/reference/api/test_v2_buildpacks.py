"""Do v2 buildpacks behave as chapter 3 says, with the additions of 2014?"""

from __future__ import annotations

import hashlib
import io
import uuid
import zipfile
from typing import Any

import pytest

from cloud_controller.blobs import BlobKey
from cloud_controller.store import BUILDPACKS

INVALID = "400 290003 Buildpack is invalid: "
PARSE = "400 1001 Request invalid due to parse error: "
UPLOAD = "400 290002 The buildpack upload is invalid: "


@pytest.fixture(autouse=True)
def _no_buildpacks(cloud: Any) -> None:
    """Begin without buildpacks: all of a server share one list of positions."""
    for one in cloud.admin.get("/v2/buildpacks?results-per-page=100").json()["resources"]:
        assert cloud.admin.delete(one["metadata"]["url"]).status_code == 204


def create(cloud: Any, **members: Any) -> dict[str, Any]:
    body = {"name": f"b-{uuid.uuid4()}", **members}
    answer = cloud.admin.post("/v2/buildpacks", json=body)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def positions(cloud: Any) -> dict[str, int]:
    resources = cloud.admin.get("/v2/buildpacks").json()["resources"]
    return {one["entity"]["name"]: one["entity"]["position"] for one in resources}


def buildpack_zip(manifest: str | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("bin/compile", b"#!/bin/sh\n")
        if manifest is not None:
            archive.writestr("manifest.yml", manifest)
    return buffer.getvalue()


def upload(session: Any, guid: str, data: bytes, name: str = "ruby.zip") -> Any:
    return session.put(f"/v2/buildpacks/{guid}/bits", files={"buildpack": (name, data)})


def test_a_new_buildpack_comes_first_and_has_the_documented_members(cloud: Any) -> None:
    create(cloud, name="older")
    answer = cloud.admin.post("/v2/buildpacks", json={"name": "ruby_buildpack"})
    shown = answer.json()
    guid = shown["metadata"]["guid"]

    assert answer.headers["location"] == f"/v2/buildpacks/{guid}"
    assert list(shown["metadata"]) == ["guid", "url", "created_at", "updated_at"]
    assert shown["metadata"]["url"] == f"/v2/buildpacks/{guid}"
    assert shown["entity"] == {
        "name": "ruby_buildpack",
        "stack": None,
        "position": 1,
        "enabled": True,
        "locked": False,
        "filename": None,
        "lifecycle": "buildpack",
    }
    assert positions(cloud) == {"older": 2, "ruby_buildpack": 1}
    assert cloud.admin.get(f"/v2/buildpacks/{guid}").json() == shown


def test_moving_and_deleting_keep_positions_dense(cloud: Any) -> None:
    guids = {n: create(cloud, name=n, position=99)["metadata"]["guid"] for n in ("a", "b", "c")}
    assert positions(cloud) == {"a": 1, "b": 2, "c": 3}

    moved = cloud.admin.put(f"/v2/buildpacks/{guids['c']}", json={"position": 0})
    assert (moved.status_code, moved.json()["entity"]["position"]) == (201, 1)
    assert positions(cloud) == {"a": 2, "b": 3, "c": 1}
    deleted = cloud.admin.delete(f"/v2/buildpacks/{guids['a']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert positions(cloud) == {"b": 2, "c": 1}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("{", PARSE),
        ("null", PARSE + "Decoded JSON cannot be nil"),
        ("{}", PARSE + "Field: name, Error: Missing field name"),
        ('{"name": null}', PARSE + "Field: name, Error: Missing field name"),
        (
            '{"name": "n", "position": "1"}',
            PARSE + "Field: position, Error: Expected instance of Integer, "
            "given an instance of String",
        ),
        (
            '{"name": "n", "enabled": "yes"}',
            PARSE + "Field: enabled, Error: Expected instance of true or false, given yes",
        ),
        ('{"name": "a b"}', INVALID + "name can only contain alphanumeric characters"),
        ('{"name": "n", "stack": "x"}', INVALID + "stack buildpack_stack_does_not_exist"),
        ('{"name": "n", "lifecycle": "x"}', INVALID + "lifecycle is invalid"),
    ],
)
def test_a_bad_body_gets_the_documented_text(cloud: Any, body: str, error: str) -> None:
    assert cloud.v2_detail(cloud.admin.post("/v2/buildpacks", content=body)).startswith(error)


def test_a_name_is_taken_per_stack_and_lifecycle(cloud: Any) -> None:
    create(cloud, name="ruby")
    again = cloud.admin.post("/v2/buildpacks", json={"name": "ruby"})
    assert cloud.v2_detail(again) == INVALID + "stack unique"

    create(cloud, name="ruby", stack="cflinuxfs4")
    again = cloud.admin.post("/v2/buildpacks", json={"name": "ruby", "stack": "cflinuxfs4"})
    assert cloud.v2_detail(again) == (
        "422 290000 The buildpack name ruby is already in use for the stack cflinuxfs4 and the "
        "lifecycle "
    )
    create(cloud, name="ruby", stack="cflinuxfs4", lifecycle="cnb")


def test_the_role_is_checked_after_the_model_on_create_and_before_it_on_update(
    cloud: Any,
) -> None:
    guid = create(cloud, name="ruby")["metadata"]["guid"]
    user = cloud.user()
    not_authorized = "403 10003 You are not authorized to perform the requested action"

    duplicate = user.post("/v2/buildpacks", json={"name": "ruby"})
    assert cloud.v2_detail(duplicate) == INVALID + "stack unique"
    assert cloud.v2_detail(user.post("/v2/buildpacks", json={"name": "x"})) == not_authorized
    assert cloud.v2_detail(user.put(f"/v2/buildpacks/{guid}", json={})) == not_authorized
    assert cloud.v2_detail(user.delete(f"/v2/buildpacks/{guid}")) == not_authorized
    assert cloud.v2_detail(upload(user, guid, b"x")) == (
        "403 10007 Your token lacks the necessary scopes to access this resource."
    )
    reader = cloud.user(scopes=("cloud_controller.read",))
    assert reader.get(f"/v2/buildpacks/{guid}").status_code == 200
    assert cloud.v2_detail(reader.delete(f"/v2/buildpacks/{guid}")).startswith("403 10007 ")


def test_an_update_changes_what_is_sent_and_not_null(cloud: Any) -> None:
    guid = create(cloud, name="ruby")["metadata"]["guid"]
    change = {"enabled": False, "locked": None, "filename": "x", "lifecycle": "cnb"}
    entity = cloud.admin.put(f"/v2/buildpacks/{guid}", json=change).json()["entity"]

    assert (entity["enabled"], entity["locked"]) == (False, False)
    assert (entity["filename"], entity["lifecycle"]) == (None, "buildpack")
    unchanged = cloud.admin.put(f"/v2/buildpacks/{guid}", json={})
    assert (unchanged.status_code, unchanged.json()["entity"]) == (201, entity)


def test_a_stack_is_set_once(cloud: Any) -> None:
    guid = create(cloud, name="ruby")["metadata"]["guid"]
    set_once = cloud.admin.put(f"/v2/buildpacks/{guid}", json={"stack": "cflinuxfs4"})
    assert set_once.json()["entity"]["stack"] == "cflinuxfs4"

    other = cloud.admin.put(f"/v2/buildpacks/{guid}", json={"stack": "other"})
    assert cloud.v2_detail(other) == INVALID + "stack buildpack_cant_change_stacks"


def test_an_unknown_buildpack_is_an_unknown_request(cloud: Any) -> None:
    unknown = "404 10000 Unknown request"
    admin = cloud.admin

    assert cloud.v2_detail(admin.get("/v2/buildpacks/x")) == unknown
    assert cloud.v2_detail(admin.put("/v2/buildpacks/x", json={})) == unknown
    assert cloud.v2_detail(admin.delete("/v2/buildpacks/x")) == unknown
    assert cloud.v2_detail(upload(admin, "x", b"")) == unknown


def test_a_deletion_can_be_a_job(cloud: Any) -> None:
    guid = create(cloud)["metadata"]["guid"]
    answer = cloud.admin.delete(f"/v2/buildpacks/{guid}?async=true")
    job = answer.json()

    assert answer.status_code == 202
    assert job["entity"] == {"guid": job["metadata"]["guid"], "status": "queued"}

    def finished() -> Any:
        shown = cloud.admin.get(job["metadata"]["url"])
        return shown.json() if shown.json()["entity"]["status"] == "finished" else None

    assert cloud.eventually(finished) == {
        "metadata": {"guid": "0", "created_at": "1970-01-01T00:00:00Z", "url": "/v2/jobs/0"},
        "entity": {"guid": "0", "status": "finished"},
    }
    assert cloud.admin.get(f"/v2/buildpacks/{guid}").status_code == 404
    assert cloud.admin.get("/v2/jobs/unknown").json()["entity"]["status"] == "finished"


def test_bits_set_file_name_and_stack_and_are_recognised_again(cloud: Any) -> None:
    guid = create(cloud, name="ruby")["metadata"]["guid"]
    data = buildpack_zip("stack: cflinuxfs4\nlanguage: ruby\n")
    first = upload(cloud.admin, guid, data, "C:\\dir\\ruby-1.zip")

    assert first.status_code == 201
    assert first.json()["entity"]["filename"] == "ruby-1.zip"
    assert first.json()["entity"]["stack"] == "cflinuxfs4"
    again = upload(cloud.admin, guid, data, "ruby-1.zip")
    assert (again.status_code, again.content) == (204, b"")
    assert upload(cloud.admin, guid, data, "ruby-2.zip").status_code == 201


def test_a_buildpack_with_bits_can_be_named_by_apps(cloud: Any) -> None:
    guid = create(cloud, name="ruby")["metadata"]["guid"]
    space = cloud.place().space
    body = {
        "name": "a",
        "lifecycle": {"type": "buildpack", "data": {"buildpacks": ["ruby"]}},
        **cloud.related("space", space),
    }
    assert cloud.detail(cloud.admin.post("/v3/apps", json=body)) == (
        '422 10008 "ruby" must be in ready state'
    )

    upload(cloud.admin, guid, buildpack_zip())
    assert cloud.admin.post("/v3/apps", json=body).status_code == 201


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("ruby.tgz", buildpack_zip(), UPLOAD + "only zip files allowed"),
        ("ruby.ZIP", buildpack_zip(), UPLOAD + "only zip files allowed"),
        ("a.zip", b"x", "422 390013 Buildpack zip error: buildpack zipfile is not valid"),
        (
            "a.zip",
            buildpack_zip("- a list"),
            "422 390013 Buildpack zip error: buildpack manifest is not valid",
        ),
        (
            "a.zip",
            buildpack_zip("[" * 100_000),
            "422 390013 Buildpack zip error: buildpack manifest is not valid",
        ),
        (
            "a.zip",
            buildpack_zip("#" * (1024 * 1024 + 1)),
            "422 390013 Buildpack zip error: buildpack manifest is too large",
        ),
        (
            "a.zip",
            buildpack_zip("stack: nope"),
            "422 390012 Uploaded buildpack stack (nope) does not exist",
        ),
    ],
)
def test_bad_bits_get_the_documented_text(cloud: Any, name: str, data: bytes, error: str) -> None:
    guid = create(cloud)["metadata"]["guid"]

    assert cloud.v2_detail(upload(cloud.admin, guid, data, name)) == error


def test_a_form_without_a_file_lacks_a_file_name(cloud: Any) -> None:
    guid = create(cloud)["metadata"]["guid"]
    answer = cloud.admin.put(f"/v2/buildpacks/{guid}/bits", files={"x": (None, "y")})

    assert cloud.v2_detail(answer) == UPLOAD + "a filename must be specified"


def test_a_locked_buildpack_refuses_bits_but_not_changes(cloud: Any) -> None:
    guid = create(cloud, locked=True)["metadata"]["guid"]

    locked = upload(cloud.admin, guid, buildpack_zip())
    assert cloud.v2_detail(locked) == "409 290005 The buildpack is locked"
    assert cloud.admin.put(f"/v2/buildpacks/{guid}", json={"name": "n"}).status_code == 201
    assert cloud.admin.delete(f"/v2/buildpacks/{guid}").status_code == 204


def test_the_list_pages_with_paths_and_tells_the_true_total(cloud: Any) -> None:
    for name in ("a", "b", "c"):
        create(cloud, name=name, position=99)
    page = cloud.admin.get("/v2/buildpacks?results-per-page=2&q=name%20IN%20a,b,c").json()

    assert list(page) == ["total_results", "total_pages", "prev_url", "next_url", "resources"]
    assert (page["total_results"], page["total_pages"], page["prev_url"]) == (3, 2, None)
    assert page["next_url"] == (
        "/v2/buildpacks?order-direction=asc&page=2&q=name%20IN%20a,b,c&results-per-page=2"
    )
    last = cloud.admin.get(page["next_url"]).json()
    assert [one["entity"]["name"] for one in last["resources"]] == ["c"]
    beyond = cloud.admin.get("/v2/buildpacks?page=9").json()
    assert (beyond["total_results"], beyond["resources"]) == (3, [])
    assert beyond["prev_url"].startswith("/v2/buildpacks?order-direction=asc&page=8")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["c", "a", "b"]),
        ("order-direction=desc", ["b", "a", "c"]),
        ("order=desc", ["b", "a", "c"]),
        ("order-by=name", ["a", "b", "c"]),
        ("order-by=name&order-direction=desc", ["c", "b", "a"]),
        ("order-by=position", ["b", "a", "c"]),
        ("q=name:a", ["a"]),
        ("q=name:a;stack:x", []),
        ("q=name%3Ea", ["c", "b"]),
        ("q=stack", ["c", "a", "b"]),
        ("q=stack:", []),
        ("q=name:a&q=name:b", []),
        ("pretty=true", ["c", "a", "b"]),
        ("inline-relations-depth=1&unknown=x", ["c", "a", "b"]),
    ],
)
def test_the_list_filters_and_sorts(cloud: Any, query: str, names: list[str]) -> None:
    for name in ("c", "a", "b"):
        create(cloud, name=name)
    page = cloud.admin.get(f"/v2/buildpacks?{query}").json()

    assert [one["entity"]["name"] for one in page["resources"]] == names


def test_pretty_spreads_the_answer_over_lines(cloud: Any) -> None:
    create(cloud)

    assert b"\n  " in cloud.admin.get("/v2/buildpacks?pretty=true").content
    assert b"\n" not in cloud.admin.get("/v2/buildpacks").content


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("results-per-page=101", "results_per_page must be <= 100"),
        ("page=0", "page must be a positive integer"),
        ("page=abc", "page must be a positive integer"),
        ("inline-relations-depth=4", "inline_relations_depth must be <= 3"),
        ("order-direction=up", "order_direction must be 'asc' or 'desc' but was 'up'"),
        ("q=color:red", "color"),
        ("order-by=color", "Cannot order by: color"),
    ],
)
def test_a_bad_query_gets_the_documented_text(cloud: Any, query: str, text: str) -> None:
    answer = cloud.admin.get(f"/v2/buildpacks?{query}")

    assert cloud.v2_detail(answer) == f"400 10005 The query parameter is invalid: {text}"


def test_old_bits_go_when_new_ones_come(cloud: Any) -> None:
    guid = create(cloud)["metadata"]["guid"]
    upload(cloud.admin, guid, buildpack_zip())
    old = cloud.write(lambda transaction: transaction.record(BUILDPACKS, guid)).blob
    upload(cloud.admin, guid, buildpack_zip("language: ruby\n"))
    new = cloud.write(lambda transaction: transaction.record(BUILDPACKS, guid))

    def is_gone() -> bool | None:
        find = cloud.server.context.blobs.find
        return cloud.http.portal.call(find, BlobKey("buildpacks", old)) is None or None

    assert cloud.eventually(is_gone)
    kept = cloud.http.portal.call(cloud.server.context.blobs.find, BlobKey("buildpacks", new.blob))
    assert hashlib.sha256(kept.path.read_bytes()).hexdigest() == new.sha256
