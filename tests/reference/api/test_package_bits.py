"""Do bits come in, get checked and go out as sections 2.8 and 2.9 say?"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cloud_controller.api.package_work import PackageWork
from cloud_controller.blobs import BlobKey
from cloud_controller.store import PACKAGES
from cloud_controller.store.entities import FEATURE_FLAGS, JOBS
from cloud_controller.store.records import FeatureFlagRecord


def sha1(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def test_an_upload_answers_at_once_and_ends_ready_with_both_checksums(
    cloud: Any, place: Any
) -> None:
    package = cloud.package(place.app)
    data = cloud.zipped(app=b"puts 1")
    answer = cloud.admin.post(f"/v3/packages/{package}/upload", files={"bits": ("a", data)})

    assert answer.status_code == 200
    assert answer.json()["state"] == "PROCESSING_UPLOAD"
    assert "location" not in answer.headers
    ready = cloud.settled(package)
    assert ready["state"] == "READY"
    assert ready["data"]["checksum"]["value"] == hashlib.sha256(data).hexdigest()
    assert ready["data"]["hash"]["value"] == sha1(data)
    assert cloud.admin.get(f"/v3/packages/{package}/download").content == data


def test_the_checksums_are_those_of_the_stored_zip(cloud: Any, place: Any) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("dir/", b"")
        archive.writestr("dir/a", b"1")
    package = cloud.package(place.app)
    ready = cloud.upload(package, buffer.getvalue())
    stored = cloud.admin.get(f"/v3/packages/{package}/download").content

    assert ready["data"]["checksum"]["value"] == hashlib.sha256(stored).hexdigest()
    assert zipfile.ZipFile(io.BytesIO(stored)).namelist() == ["dir/a"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"garbage", "The app upload is invalid: Invalid zip archive."),
        (b"", "The app upload is invalid: Invalid zip archive."),
        (
            b"PK\x05\x06" + bytes(18),
            "The app upload is invalid: Invalid zip archive (zipfile is empty).",
        ),
    ],
)
def test_a_bad_archive_fails_after_the_answer(
    cloud: Any, place: Any, data: bytes, error: str
) -> None:
    failed = cloud.upload(cloud.package(place.app), data)

    assert (failed["state"], failed["data"]["error"]) == ("FAILED", error)
    assert failed["data"]["checksum"] == {"type": "sha256", "value": None}


def test_a_package_may_not_be_larger_than_the_limit_uncompressed(start: Any) -> None:
    cloud = start(max_package_size=1000)
    failed = cloud.upload(cloud.package(cloud.place().app), cloud.zipped(a=bytes(1001)))

    assert failed["data"]["error"] == (
        "The app package is invalid: Package may not be larger than 1000 bytes"
    )


def test_bits_are_taken_once(cloud: Any, place: Any) -> None:
    package = cloud.package(place.app)
    cloud.upload(package, b"garbage")
    again = cloud.admin.post(f"/v3/packages/{package}/upload", files={"bits": ("a", b"x")})

    assert cloud.detail(again) == (
        "400 150004 Bits may be uploaded only once. Create a new package to upload different bits."
    )


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "422 10008 Upload must include either resources or bits"),
        ({"files": {"resources": (None, "[]")}}, "422 10008 Upload must include either resou"),
        ({"files": {"resources": (None, "{")}}, "422 10008 Resources must be valid JSON."),
        ({"files": {"resources": (None, "5")}}, "422 10008 Resources must be valid JSON."),
        (
            {"files": {"bits": ("a.zip", b"x"), "x": (None, "1")}},
            "422 10008 Unknown field(s): 'x'",
        ),
        ({"files": {"bits": ("a.zip", b"x")}}, "404 10010 Package not found"),
    ],
)
def test_the_form_is_checked_before_the_package_is_looked_up(
    cloud: Any, form: Any, error: str
) -> None:
    answer = cloud.admin.post("/v3/packages/missing/upload", **form)

    assert cloud.detail(answer).startswith(error)


def test_known_files_are_taken_from_the_cache(cloud: Any, place: Any) -> None:
    big = bytes(range(256)) * 400
    cloud.upload(cloud.package(place.app), cloud.zipped(big=big))
    package = cloud.package(place.app)
    known = [
        {"checksum": {"value": sha1(big)}, "size_in_bytes": len(big), "path": "a/b", "mode": "644"}
    ]
    form = {"resources": (None, json.dumps(known)), "bits": ("x.zip", cloud.zipped(c=b"1"))}
    assert cloud.admin.post(f"/v3/packages/{package}/upload", files=form).status_code == 200

    assert cloud.settled(package)["data"]["error"] is None
    stored = zipfile.ZipFile(
        io.BytesIO(cloud.admin.get(f"/v3/packages/{package}/download").content)
    )
    assert sorted(stored.namelist()) == ["a/b", "c"]
    assert stored.read("a/b") == big
    assert stored.getinfo("a/b").external_attr >> 16 == 0o100644


@pytest.mark.parametrize(
    ("fingerprint", "error"),
    [
        ({"sha1": "0" * 40, "size": 1, "fn": "a"}, f"Could not find object '{'0' * 40}'"),
        (
            {"sha1": "0" * 40, "size": 1, "fn": "a", "mode": "123"},
            (
                "The resource file mode is invalid: File mode '123' with path 'a' is invalid. "
                "Minimum file mode is '0600'"
            ),
        ),
        (
            {"sha1": "0" * 40, "size": 1, "fn": "../a"},
            "The resource file path is invalid: File path '../a' is not safe.",
        ),
    ],
)
def test_a_fingerprint_that_cannot_be_used_fails_the_package(
    cloud: Any, place: Any, fingerprint: Any, error: str
) -> None:
    package = cloud.package(place.app)
    form = {"resources": (None, json.dumps([fingerprint]))}
    assert cloud.admin.post(f"/v3/packages/{package}/upload", files=form).status_code == 200

    assert cloud.settled(package)["data"]["error"] == error


def test_uploads_can_be_switched_off_for_everybody_but_admins(start: Any) -> None:
    cloud = start()
    place = cloud.place()
    flag = FeatureFlagRecord(guid="app_bits_upload", created_at=0, updated_at=0, enabled=False)
    cloud.write(lambda transaction: transaction.insert(FEATURE_FLAGS, flag))
    developer = cloud.with_role("space_developer", place)
    package = cloud.package(place.app)
    off = "403 330002 Feature Disabled: app_bits_upload"

    assert cloud.detail(developer.post(f"/v3/packages/{package}/upload")) == off
    bits = {"bits": ("a", b"x")}
    assert cloud.detail(developer.post(f"/v3/packages/{package}/upload", files=bits)) == off
    assert cloud.admin.post(f"/v3/packages/{package}/upload", files=bits).status_code == 200


def test_a_part_of_the_bits_can_be_downloaded(cloud: Any, place: Any) -> None:
    package = cloud.package(place.app)
    data = cloud.zipped(a=b"1")
    cloud.upload(package, data)
    path = f"/v3/packages/{package}/download"
    part = cloud.admin.get(path, headers={"Range": "bytes=2-5"})

    assert part.status_code == 206
    assert part.content == data[2:6]
    assert part.headers["content-range"] == f"bytes 2-5/{len(data)}"
    assert part.headers["content-type"] == "application/octet-stream"
    behind = cloud.admin.get(path, headers={"Range": f"bytes={len(data)}-"})
    assert behind.status_code == 416


def test_there_is_nothing_to_download_before_the_package_is_ready(cloud: Any, place: Any) -> None:
    package = cloud.package(place.app)

    assert cloud.detail(cloud.admin.get(f"/v3/packages/{package}/download")) == (
        "422 10008 Package has no bits to download."
    )


def test_lost_bits_answer_as_an_unavailable_blobstore(cloud: Any, place: Any) -> None:
    package = cloud.package(place.app)
    cloud.upload(package, cloud.zipped(a=b"1"))
    cloud.http.portal.call(cloud.server.context.blobs.delete, BlobKey("packages", package))

    assert cloud.detail(cloud.admin.get(f"/v3/packages/{package}/download")) == (
        "502 150006 Failed to perform operation due to blobstore unavailability."
    )


def test_of_racing_uploads_only_one_is_taken(cloud: Any, place: Any) -> None:
    package = cloud.package(place.app)

    def upload(number: int) -> int:
        bits = {"bits": ("a.zip", cloud.zipped(a=str(number).encode()))}
        status: int = cloud.admin.post(f"/v3/packages/{package}/upload", files=bits).status_code
        return status

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(upload, range(4)))

    assert statuses == [200, 400, 400, 400]
    assert cloud.settled(package)["state"] == "READY"


def processing(cloud: Any, data: bytes) -> tuple[str, Any]:
    """A package whose job has not begun, and that job."""
    package = cloud.package(cloud.place().app)
    bits = {"bits": ("a.zip", data)}
    assert cloud.admin.post(f"/v3/packages/{package}/upload", files=bits).status_code == 200
    jobs = cloud.write(lambda transaction: transaction.all(JOBS, resource_guid=package))
    return package, jobs[0]


def test_processing_goes_on_after_a_crash_at_any_point(start: Any) -> None:
    cloud = start(job_delay=3600)
    data = cloud.zipped(a=b"1")
    package, job = processing(cloud, data)
    process = PackageWork(cloud.server.context).handlers()["package.process"].run
    cloud.http.portal.call(process, job)  # died before its result was committed
    again = cloud.http.portal.call(process, job)
    cloud.write(again.commit)

    found = cloud.admin.get(f"/v3/packages/{package}").json()
    assert (found["state"], found["data"]["error"]) == ("READY", None)
    assert found["data"]["checksum"]["value"] == hashlib.sha256(data).hexdigest()
    assert cloud.admin.get(f"/v3/packages/{package}/download").content == data


def test_bits_of_a_package_that_was_deleted_meanwhile_go_too(start: Any) -> None:
    cloud = start(job_delay=3600)
    package, job = processing(cloud, cloud.zipped(a=b"1"))
    process = PackageWork(cloud.server.context).handlers()["package.process"].run
    result = cloud.http.portal.call(process, job)
    cloud.write(lambda transaction: transaction.delete(PACKAGES, package))
    cloud.write(result.commit)
    cloud.http.portal.call(result.after)

    find = cloud.server.context.blobs.find
    for namespace in ("packages", "uploads"):
        assert cloud.http.portal.call(find, BlobKey(namespace, package)) is None


def test_a_package_whose_bits_cannot_be_stored_still_awaits_them(start: Any) -> None:
    cloud = start()
    package = cloud.package(cloud.place().app)
    folder = cloud.server.settings.data / "blobs" / "uploads"
    folder.write_text("in the way")
    bits = {"bits": ("a.zip", cloud.zipped(a=b"1"))}
    refused = cloud.admin.post(f"/v3/packages/{package}/upload", files=bits)

    assert cloud.detail(refused).startswith("502 150006 ")
    assert cloud.admin.get(f"/v3/packages/{package}").json()["state"] == "AWAITING_UPLOAD"
    folder.unlink()
    assert cloud.upload(package, cloud.zipped(a=b"1"))["state"] == "READY"
