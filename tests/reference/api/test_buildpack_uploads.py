"""Do the bits of a buildpack come in through version 3 as section 4.5 says?"""

from __future__ import annotations

import gzip
import io
import tarfile
import uuid
import zipfile
from typing import Any

import pytest

from cloud_controller.blobs import BlobKey
from cloud_controller.store import BUILDPACKS

INVALID = "422 10008 Uploaded buildpack file is invalid: "
NO_FILE = INVALID + "A buildpack zip file must be uploaded as 'bits'"
NO_ZIP = 'is not a zip file. Buildpacks of lifecycle "buildpack" must be valid zip files.'
NO_CNB = (
    'is not a gzip archive or cnb file. Buildpacks of lifecycle "cnb" must be valid gzip '
    "archives or cnb files."
)


@pytest.fixture
def buildpack(cloud: Any) -> str:
    return create(cloud)


def create(cloud: Any, **members: Any) -> str:
    guid: str = cloud.create("buildpacks", {"name": f"b-{uuid.uuid4()}", **members})
    return guid


def show(cloud: Any, guid: str) -> dict[str, Any]:
    shown: dict[str, Any] = cloud.admin.get(f"/v3/buildpacks/{guid}").json()
    return shown


def upload(cloud: Any, guid: str, data: bytes, name: str = "ruby.zip") -> Any:
    return cloud.admin.post(f"/v3/buildpacks/{guid}/upload", files={"bits": (name, data)})


def bits(manifest: str | None = None, **entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("bin/compile", b"#!/bin/sh\n")
        for name, contents in entries.items():
            archive.writestr(name, contents)
        if manifest is not None:
            archive.writestr("manifest.yml", manifest)
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("buildpack.toml"))
    return buffer.getvalue()


def stored(cloud: Any) -> set[str]:
    """The names of all blobs of buildpacks."""
    root = cloud.server.context.blobs.root / "buildpacks"
    return {path.name for path in root.glob("??/??/*")}


def blob(cloud: Any, guid: str) -> bytes:
    name = cloud.write(lambda transaction: transaction.record(BUILDPACKS, guid)).blob
    path = cloud.server.context.blobs.path(BlobKey("buildpacks", name))
    contents: bytes = path.read_bytes()
    return contents


def test_an_upload_is_a_job_and_shows_the_buildpack_as_it_was(cloud: Any, buildpack: str) -> None:
    before = show(cloud, buildpack)
    data = bits("stack: cflinuxfs4\n")
    answer = upload(cloud, buildpack, data, "some folder/ruby-v1.zip")

    assert (answer.status_code, answer.json()) == (202, before)
    assert answer.headers["location"].startswith("https://api.example.local/v3/jobs/")
    job = cloud.job(answer)
    assert (job["operation"], job["state"], job["errors"]) == ("buildpack.upload", "COMPLETE", [])
    link = f"https://api.example.local/v3/buildpacks/{buildpack}"
    assert job["links"]["buildpack"] == {"href": link}
    after = show(cloud, buildpack)
    assert (after["state"], after["filename"], after["stack"]) == (
        "READY",
        "ruby-v1.zip",
        "cflinuxfs4",
    )
    assert blob(cloud, buildpack) == data
    entity = cloud.admin.get(f"/v2/buildpacks/{buildpack}").json()["entity"]
    assert (entity["filename"], entity["stack"]) == ("ruby-v1.zip", "cflinuxfs4")


def test_new_bits_replace_the_old_ones(cloud: Any, buildpack: str) -> None:
    cloud.job(upload(cloud, buildpack, bits(), "one.zip"))
    old = stored(cloud)
    second = bits(more=b"more")
    assert upload(cloud, buildpack, second, "two.zip").json()["filename"] == "one.zip"
    cloud.eventually(lambda: show(cloud, buildpack)["filename"] == "two.zip" or None)
    cloud.eventually(lambda: len(stored(cloud)) == len(old) or None)
    assert blob(cloud, buildpack) == second


def test_the_same_bits_and_name_change_nothing(cloud: Any, buildpack: str) -> None:
    data = bits()
    cloud.job(upload(cloud, buildpack, data))
    before, blobs = show(cloud, buildpack), stored(cloud)
    assert cloud.job(upload(cloud, buildpack, data))["state"] == "COMPLETE"
    assert show(cloud, buildpack) == before
    cloud.eventually(lambda: stored(cloud) == blobs or None)


@pytest.mark.parametrize(
    ("lifecycle", "data", "text"),
    [
        ("buildpack", b"", f"a.zip {NO_ZIP}, a.zip cannot be empty"),
        ("buildpack", b"garbage", f"a.zip {NO_ZIP}"),
        ("buildpack", b"PK\x05\x06" + bytes(18), f"a.zip {NO_ZIP}"),
        ("buildpack", gzip.compress(b"x", mtime=0), f"a.zip {NO_ZIP}"),
        ("cnb", b"", f"a.zip {NO_CNB}, a.zip cannot be empty"),
        ("cnb", bits(), f"a.zip {NO_CNB}"),
    ],
)
def test_what_is_no_archive_of_its_lifecycle_is_refused(
    cloud: Any, lifecycle: str, data: bytes, text: str
) -> None:
    guid = create(cloud, lifecycle=lifecycle)
    assert cloud.detail(upload(cloud, guid, data, "a.zip")) == INVALID + text
    assert show(cloud, guid)["state"] == "AWAITING_UPLOAD"


@pytest.mark.parametrize("data", [gzip.compress(b"x", mtime=0), tarred()])
def test_cloud_native_buildpacks_are_gzip_or_tar(cloud: Any, data: bytes) -> None:
    guid = create(cloud, lifecycle="cnb")
    assert cloud.job(upload(cloud, guid, data, "java.cnb"))["state"] == "COMPLETE"
    after = show(cloud, guid)
    assert (after["state"], after["filename"], after["stack"]) == ("READY", "java.cnb", None)
    assert blob(cloud, guid) == data


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"files": {"x": ("a.zip", b"x")}}, "Unknown field(s): 'x', " + NO_FILE[len(INVALID) :]),
        (
            {"files": {"bits": ("a.zip", bits()), "x": ("a.zip", b"x")}},
            "Unknown field(s): 'x'",
        ),
        ({"files": {"bits": (None, bits())}}, NO_FILE[len(INVALID) :]),
        ({"json": {}}, NO_FILE[len(INVALID) :]),
        ({}, NO_FILE[len(INVALID) :]),
    ],
)
def test_a_form_without_the_file_is_refused(
    cloud: Any, buildpack: str, sent: dict[str, Any], text: str
) -> None:
    answer = cloud.admin.post(f"/v3/buildpacks/{buildpack}/upload", **sent)
    assert cloud.detail(answer) == INVALID + text


def test_a_locked_buildpack_takes_no_bits(cloud: Any) -> None:
    guid = create(cloud, locked=True)
    assert cloud.detail(upload(cloud, guid, bits())) == "422 10008 Buildpack is locked"
    assert cloud.detail(upload(cloud, guid, b"x", "a.zip")) == f"{INVALID}a.zip {NO_ZIP}"


def test_an_archive_that_cannot_be_read_fails_the_job(cloud: Any, buildpack: str) -> None:
    cases = {
        b"PK\x03\x04 and then nonsense": "buildpack zipfile is not valid",
        bits("- just\n- a list\n"): "buildpack manifest is not valid",
        bits("stack: [\n"): "buildpack manifest is not valid",
        bits("#" * (1024 * 1024 + 1)): "buildpack manifest is too large",
    }
    blobs = stored(cloud)
    for data, text in cases.items():
        job = cloud.job(upload(cloud, buildpack, data))
        assert job["state"] == "FAILED"
        assert job["errors"] == [
            {
                "detail": f"Buildpack zip error: {text}",
                "title": "CF-BuildpackZipError",
                "code": 390013,
            }
        ]
    assert show(cloud, buildpack)["state"] == "AWAITING_UPLOAD"
    cloud.eventually(lambda: stored(cloud) == blobs or None)


def failure(cloud: Any, guid: str, manifest: str) -> tuple[int, str]:
    job = cloud.job(upload(cloud, guid, bits(manifest)))
    assert job["state"] == "FAILED"
    (error,) = job["errors"]
    return error["code"], error["detail"]


def test_a_stack_that_does_not_fit_fails_the_job(cloud: Any) -> None:
    name = f"b-{uuid.uuid4()}"
    guid = create(cloud, name=name, stack="cflinuxfs4")
    assert failure(cloud, guid, "stack: missing") == (
        390012,
        "Uploaded buildpack stack (missing) does not exist",
    )
    other = f"stack-{uuid.uuid4()}"
    cloud.create("stacks", {"name": other})
    assert failure(cloud, guid, f"stack: {other}") == (
        390011,
        f"Uploaded buildpack stack ({other}) does not match cflinuxfs4",
    )
    twin = create(cloud, name=name)
    assert failure(cloud, twin, "stack: cflinuxfs4") == (
        290000,
        (
            f"The buildpack name {name} is already in use for the stack cflinuxfs4 "
            "and the lifecycle buildpack"
        ),
    )


def test_a_failed_upload_leaves_the_old_bits(cloud: Any, buildpack: str) -> None:
    cloud.job(upload(cloud, buildpack, bits()))
    before = show(cloud, buildpack)
    assert cloud.job(upload(cloud, buildpack, b"PK\x03\x04", "bad.zip"))["state"] == "FAILED"
    assert show(cloud, buildpack) == before
    assert blob(cloud, buildpack) == bits()


def test_the_bits_go_with_the_buildpack(cloud: Any, buildpack: str) -> None:
    before = stored(cloud)
    cloud.job(upload(cloud, buildpack, bits()))
    assert len(stored(cloud)) == len(before) + 1
    cloud.job(cloud.admin.delete(f"/v3/buildpacks/{buildpack}"))
    cloud.eventually(lambda: stored(cloud) == before or None)


def test_bits_of_a_buildpack_that_is_locked_or_gone_meanwhile_are_dropped(start: Any) -> None:
    slow = start(job_delay=0.3)
    locked, gone = create(slow), create(slow)
    jobs = [upload(slow, guid, bits()) for guid in (locked, gone)]
    slow.admin.patch(f"/v3/buildpacks/{locked}", json={"locked": True})
    assert slow.admin.delete(f"/v2/buildpacks/{gone}").status_code == 204

    assert [slow.job(answer)["state"] for answer in jobs] == ["COMPLETE", "COMPLETE"]
    assert show(slow, locked)["state"] == "AWAITING_UPLOAD"
    slow.eventually(lambda: stored(slow) == set() or None)


def test_changes_are_told_as_events(cloud: Any, buildpack: str) -> None:
    cloud.admin.patch(f"/v3/buildpacks/{buildpack}", json={"enabled": False})
    cloud.job(upload(cloud, buildpack, b"PK\x03\x04", "bad.zip"))
    cloud.job(upload(cloud, buildpack, bits(), "good.zip"))
    cloud.job(cloud.admin.delete(f"/v3/buildpacks/{buildpack}"))

    answer = cloud.admin.get(f"/v3/audit_events?target_guids={buildpack}")
    events = answer.json()["resources"]
    assert [event["type"] for event in events] == [
        "audit.buildpack.create",
        "audit.buildpack.update",
        "audit.buildpack.upload",
        "audit.buildpack.delete",
    ]
    assert {event["actor"]["guid"] for event in events} == {cloud.admin.guid}
    assert {event["target"]["type"] for event in events} == {"buildpack"}
    assert events[1]["data"] == {"request": {"enabled": False}}
    assert (events[0]["space"], events[0]["organization"]) == (None, None)
