"""Are files that earlier uploads brought matched, left out and put together again (2.8, 2.11)?"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from cloud_controller.store.entities import FEATURE_FLAGS
from cloud_controller.store.records import FeatureFlagRecord

PATH = "/v3/resource_matches"
SHA = "a9993e364706816aba3e25717850c26c9cd0d89d"
ONE = "422 10008 Resources array contains at least one resource with a"
PARSE_ERROR = "400 1001 Request invalid due to parse error: invalid request body"


def sha1(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def fingerprint(data: bytes, path: str = "some/path", mode: str | None = "644") -> dict[str, Any]:
    return {
        "checksum": {"value": sha1(data)},
        "size_in_bytes": len(data),
        "path": path,
        "mode": mode,
    }


def matched(caller: Any, *resources: Any) -> list[dict[str, Any]]:
    answer = caller.post(PATH, json={"resources": list(resources)})
    assert answer.status_code == 201, answer.text
    found: list[dict[str, Any]] = answer.json()["resources"]
    return found


@pytest.fixture(scope="module")
def known(cloud: Any) -> list[bytes]:
    """Files in the cache: 64 KiB and one byte, and something larger."""
    files = [b"a" * 65537, bytes(range(256)) * 300]
    named = {f"f{number}": data for number, data in enumerate(files)}
    assert cloud.upload(cloud.package(cloud.place().app), cloud.zipped(**named))["state"] == "READY"
    return files


def test_known_files_are_answered_in_the_order_of_the_request(cloud: Any, known: Any) -> None:
    sent = [fingerprint(known[1], "b"), fingerprint(b"new" * 40000), fingerprint(known[0], "a")]
    anybody = cloud.user()

    assert matched(anybody, *sent) == [sent[0], sent[2]]
    assert matched(anybody, sent[0], sent[0]) == [sent[0], sent[0]]
    assert matched(anybody, sent[1]) == []


@pytest.mark.parametrize(
    ("changed", "is_found"),
    [
        ({}, True),
        ({"mode": "0600"}, True),
        ({"mode": "100755"}, True),
        ({"mode": "400"}, False),
        ({"mode": "0"}, False),
        ({"mode": None}, False),
        ({"size_in_bytes": 65536}, False),
        ({"size_in_bytes": 65537}, True),
        ({"size_in_bytes": 536870911}, True),
        ({"size_in_bytes": 536870912}, False),
        ({"size_in_bytes": 10**30}, False),
        ({"path": None}, True),
        ({"unknown": [1]}, True),
        ({"checksum": {"value": "z" * 40}}, False),
        ({"checksum": {"value": "/" * 40}}, False),
    ],
)
def test_a_file_matches_by_digest_size_class_and_mode(
    cloud: Any, known: Any, changed: Any, is_found: bool
) -> None:
    assert len(matched(cloud.admin, {**fingerprint(known[0]), **changed})) == is_found


def test_what_was_not_sent_comes_back_as_null_and_a_digest_as_it_was_written(
    cloud: Any, known: Any
) -> None:
    sent = fingerprint(known[0])
    sent["checksum"]["value"] = sent["checksum"]["value"].upper()
    del sent["path"]

    assert matched(cloud.admin, sent) == [{**sent, "path": None}]


def test_without_a_mode_nothing_matches(cloud: Any, known: Any) -> None:
    sent = fingerprint(known[0])
    del sent["mode"]

    assert matched(cloud.admin, sent) == []


NONE = "Resources must have at least 1 resource"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, f"422 10008 Resources must be an array, {NONE}"),
        ({"resources": None}, f"422 10008 Resources must be an array, {NONE}"),
        ({"resources": 5}, "422 10008 Resources must be an array"),
        ({"resources": "abc"}, "422 10008 Resources must be an array"),
        ({"resources": {"a": 1}}, "422 10008 Resources must be an array"),
        ([], f"422 10008 Resources must be an array, {NONE}"),
        ({"resources": []}, f"422 10008 {NONE}"),
    ],
)
def test_there_must_be_an_array_with_something_in_it(cloud: Any, body: Any, error: str) -> None:
    assert cloud.detail(cloud.admin.post(PATH, json=body)) == error


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"checksum": 5}, f"{ONE} non-object checksum"),
        ({"checksum": None}, f"{ONE} non-object checksum"),
        ({"checksum": [SHA]}, f"{ONE} non-object checksum"),
        ({"checksum": {}}, f"{ONE} non-string checksum value"),
        ({"checksum": {"value": 5}}, f"{ONE} non-string checksum value"),
        ({"checksum": {"value": "abc"}}, f"{ONE} non-SHA1 checksum value"),
        ({"checksum": {"value": SHA * 2}}, f"{ONE} non-SHA1 checksum value"),
        ({"size_in_bytes": None}, f"{ONE} non-integer size_in_bytes"),
        ({"size_in_bytes": "5"}, f"{ONE} non-integer size_in_bytes"),
        ({"size_in_bytes": 5.0}, f"{ONE} non-integer size_in_bytes"),
        ({"size_in_bytes": True}, f"{ONE} non-integer size_in_bytes"),
        ({"size_in_bytes": -1}, f"{ONE} negative size_in_bytes"),
        ({"mode": 644}, f"{ONE} non-string mode"),
        ({"mode": "rw-"}, f"{ONE}n incorrect mode"),
        ({"mode": "888"}, f"{ONE}n incorrect mode"),
        ({"mode": ""}, f"{ONE}n incorrect mode"),
        ({"mode": "644\n"}, f"{ONE}n incorrect mode"),
        ({"path": 5}, f"{ONE} non-string path"),
    ],
)
def test_a_bad_entry_gets_the_documented_text(cloud: Any, changed: Any, error: str) -> None:
    good = fingerprint(b"x")
    answer = cloud.admin.post(PATH, json={"resources": [good, {**good, **changed}]})

    assert cloud.detail(answer) == error


def test_each_text_comes_once_in_the_order_of_the_entries(cloud: Any) -> None:
    bad = [{"checksum": 1, "size_in_bytes": -1}, {"checksum": 1, "size_in_bytes": "x"}, 7]
    array = "Resources array contains at least one resource with a"

    assert cloud.detail(cloud.admin.post(PATH, json={"resources": bad})) == (
        f"422 10008 {array} non-object checksum, {array} negative size_in_bytes, "
        f"{array} non-integer size_in_bytes"
    )


def test_five_thousand_files_may_be_asked_for_at_a_time(cloud: Any, known: Any) -> None:
    many = [fingerprint(known[0], f"path/{number}") for number in range(5001)]

    assert len(matched(cloud.admin, *many[:5000])) == 5000
    assert cloud.detail(cloud.admin.post(PATH, json={"resources": many})) == (
        "422 10008 Resources array can have at most 5000 resources"
    )


def test_unknown_members_are_ignored_and_unreadable_json_is_not(cloud: Any, known: Any) -> None:
    body = {"resources": [fingerprint(known[0])], "more": 1}
    headers = {"Content-Type": "application/json"}

    assert cloud.admin.post(PATH, json=body).status_code == 201
    assert cloud.detail(cloud.admin.post(PATH, content="{", headers=headers)) == PARSE_ERROR


def test_uploads_switched_off_come_before_the_body_but_not_for_admins(start: Any) -> None:
    cloud = start()
    flag = FeatureFlagRecord(guid="app_bits_upload", created_at=0, updated_at=0, enabled=False)
    cloud.write(lambda transaction: transaction.insert(FEATURE_FLAGS, flag))
    off = "403 330002 Feature Disabled: app_bits_upload"

    assert cloud.detail(cloud.user().post(PATH, json={"resources": []})) == off
    assert cloud.detail(cloud.user().post(PATH, json={"resources": [fingerprint(b"")]})) == off
    assert cloud.admin.post(PATH, json={"resources": [fingerprint(b"")]}).status_code == 201
    only_reads = cloud.user(scopes=("cloud_controller.read",))
    assert cloud.detail(only_reads.post(PATH, json={})).startswith("403 10003 ")


def test_with_matching_switched_off_nothing_is_known_or_kept(start: Any) -> None:
    cloud = start()
    flag = FeatureFlagRecord(guid="resource_matching", created_at=0, updated_at=0, enabled=False)
    cloud.write(lambda transaction: transaction.insert(FEATURE_FLAGS, flag))
    big = b"b" * 70000
    cloud.upload(cloud.package(cloud.place().app), cloud.zipped(big=big))

    assert matched(cloud.admin, fingerprint(big)) == []
    cloud.write(lambda transaction: transaction.delete(FEATURE_FLAGS, "resource_matching"))
    assert matched(cloud.admin, fingerprint(big)) == []


def v2(data: bytes, path: str, mode: str | None) -> dict[str, Any]:
    return {"sha1": sha1(data), "size": len(data), "fn": path, "mode": mode}


def test_a_package_is_put_together_from_the_pool_and_the_rest(cloud: Any, known: Any) -> None:
    """What `cf push` does: match, upload the rest with `resources`, in both forms."""
    found = matched(cloud.admin, fingerprint(known[0], "lib/a"), fingerprint(known[1], "bin/b"))
    assert [one["path"] for one in found] == ["lib/a", "bin/b"]
    resources = [found[0], v2(known[1], "bin/b", "755"), v2(known[1], "c", None)]
    rest = cloud.zipped(**{"main.py": b"print()", "lib/a": b"loses"})
    form = {"bits": ("rest.zip", rest), "resources": (None, json.dumps(resources))}
    package = cloud.package(cloud.place().app)
    assert cloud.admin.post(f"/v3/packages/{package}/upload", files=form).status_code == 200
    ready = cloud.settled(package)
    assert (ready["state"], ready["data"]["error"]) == ("READY", None)

    data = cloud.admin.get(f"/v3/packages/{package}/download").content
    assert ready["data"]["checksum"]["value"] == hashlib.sha256(data).hexdigest()
    assert ready["data"]["hash"]["value"] == sha1(data)
    with zipfile.ZipFile(io.BytesIO(data)) as stored:
        contents = {name: stored.read(name) for name in stored.namelist()}
        modes = {one.filename: one.external_attr >> 16 & 0o7777 for one in stored.infolist()}
        assert stored.testzip() is None
    assert contents == {
        "main.py": b"print()",
        "lib/a": known[0],
        "bin/b": known[1],
        "c": known[1],
    }
    assert (modes["lib/a"], modes["bin/b"], modes["c"]) == (0o644, 0o755, 0o744)


def test_a_package_may_consist_of_known_files_alone(cloud: Any, known: Any) -> None:
    package = cloud.package(cloud.place().app)
    form = {"resources": (None, json.dumps([fingerprint(known[0], "only")]))}
    assert cloud.admin.post(f"/v3/packages/{package}/upload", files=form).status_code == 200

    assert cloud.settled(package)["state"] == "READY"
    data = cloud.admin.get(f"/v3/packages/{package}/download").content
    assert zipfile.ZipFile(io.BytesIO(data)).read("only") == known[0]
