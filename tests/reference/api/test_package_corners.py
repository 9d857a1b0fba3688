"""Do packages behave in the corners of chapter 2 (behaviour document, S25 to S48)?"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from cloud_controller.blobs import BlobKey
from cloud_controller.present.packages import package as present
from cloud_controller.store import APPS, PACKAGES, Metadata, clock
from cloud_controller.store.entities import DROPLETS
from cloud_controller.store.records import DropletRecord, PackageRecord

ONCE = "400 150004 Bits may be uploaded only once. Create a new package to upload different bits."


def put(cloud: Any, record: PackageRecord) -> None:
    document = present(record, Metadata())
    cloud.write(lambda transaction: transaction.update(PACKAGES, record, document))


def in_state(cloud: Any, app: str, state: str, **columns: Any) -> str:
    guid: str = cloud.package(app)
    record = cloud.write(lambda transaction: transaction.record(PACKAGES, guid))
    put(cloud, replace(record, state=state, **columns))
    return guid


@pytest.mark.parametrize("state", ["PROCESSING_UPLOAD", "READY", "FAILED", "COPYING", "EXPIRED"])
def test_bits_are_taken_in_one_state_only_and_given_in_another(
    cloud: Any, place: Any, state: str
) -> None:
    guid = in_state(cloud, place.app, state)
    bits = {"bits": ("a.zip", cloud.zipped(a=b"1"))}

    assert cloud.detail(cloud.admin.post(f"/v3/packages/{guid}/upload", files=bits)) == ONCE
    if state != "READY":
        download = cloud.admin.get(f"/v3/packages/{guid}/download")
        assert cloud.detail(download) == "422 10008 Package has no bits to download."
    links = cloud.admin.get(f"/v3/packages/{guid}").json()["links"]
    assert {"upload", "download"} <= set(links)


@pytest.mark.parametrize("state", ["AWAITING_UPLOAD", "PROCESSING_UPLOAD", "COPYING", "EXPIRED"])
def test_every_state_may_be_deleted(cloud: Any, place: Any, state: str) -> None:
    guid = in_state(cloud, place.app, state)
    first = cloud.admin.delete(f"/v3/packages/{guid}")
    again = cloud.admin.delete(f"/v3/packages/{guid}")

    assert cloud.job(first)["state"] == "COMPLETE"
    if again.status_code == 202:  # the first job had not run yet
        assert cloud.job(again)["state"] == "COMPLETE"
    gone = cloud.admin.delete(f"/v3/packages/{guid}")
    assert cloud.detail(gone) == "404 10010 Package not found"


def test_a_digest_from_before_2017_is_shown_as_sha1(cloud: Any, place: Any) -> None:
    guid = in_state(cloud, place.app, "READY", sha1="ab" * 20)
    shown = cloud.admin.get(f"/v3/packages/{guid}").json()["data"]

    assert shown["checksum"] == {"type": "sha1", "value": "ab" * 20}


def test_the_package_behind_the_current_droplet_neither_counts_nor_expires(start: Any) -> None:
    cloud = start(max_valid_packages_stored=1)
    app = cloud.place().app
    used = cloud.package(app)
    cloud.upload(used, cloud.zipped(a=b"used"))
    moment = clock.now()

    def stage(transaction: Any) -> None:
        record = transaction.record(APPS, app)
        droplet = DropletRecord(
            guid="the-droplet",
            created_at=moment,
            updated_at=moment,
            app_guid=app,
            space_guid=record.space_guid,
            organization_guid=record.organization_guid,
            package_guid=used,
            state="STAGED",
        )
        documents = dict.fromkeys(DROPLETS.documents, b"{}")
        transaction.insert(DROPLETS, droplet, documents.pop("document"), **documents)
        transaction.set_columns(APPS, app, current_droplet_guid="the-droplet")

    cloud.write(stage)
    others = [cloud.package(app) for _ in range(2)]
    for guid in others:
        assert cloud.upload(guid, cloud.zipped(a=guid.encode()))["state"] == "READY"

    states = [cloud.admin.get(f"/v3/packages/{g}").json()["state"] for g in (used, *others)]
    assert states == ["READY", "EXPIRED", "READY"]


def test_credentials_on_bits_are_refused_even_for_a_mere_reader(cloud: Any, place: Any) -> None:
    package = cloud.package(place.app)
    auditor = cloud.with_role("space_auditor", place)
    path = f"/v3/packages/{package}"

    assert cloud.detail(auditor.patch(path, json={"username": "u"})) == (
        "422 10008 Cannot update Docker credentials for a buildpack app."
    )
    assert cloud.detail(auditor.patch(path, json={"username": None})).startswith("403 10003 ")
    assert cloud.detail(cloud.admin.patch("/v3/packages/x", json={"username": "u"})) == (
        "404 10010 Package not found"
    )


def known(data: bytes, path: str) -> dict[str, Any]:
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    return {"checksum": {"value": sha1}, "size_in_bytes": len(data), "path": path, "mode": "644"}


def test_a_damaged_file_of_the_pool_fails_the_package_and_is_forgotten(start: Any) -> None:
    cloud = start()
    app = cloud.place().app
    big = b"big" * 30_000
    cloud.upload(cloud.package(app), cloud.zipped(big=big))
    one = known(big, "a")
    blobs = cloud.server.context.blobs
    blobs.path(BlobKey("resources", one["checksum"]["value"])).write_bytes(b"damaged")
    package = cloud.package(app)
    form = {"resources": (None, json.dumps([one]))}
    assert cloud.admin.post(f"/v3/packages/{package}/upload", files=form).status_code == 200

    failed = cloud.settled(package)
    assert failed["state"] == "FAILED"
    assert failed["data"]["error"] == (
        "One or more cached resources did not match the given checksum. "
        "They have been deleted; please retry package upload."
    )
    matches = cloud.admin.post("/v3/resource_matches", json={"resources": [one]}).json()
    assert matches == {"resources": []}


def test_files_of_the_pool_count_towards_the_size_limit(start: Any) -> None:
    cloud = start(max_package_size=150_000)
    app = cloud.place().app
    big = b"big" * 30_000
    cloud.upload(cloud.package(app), cloud.zipped(big=big))
    package = cloud.package(app)
    form = {"resources": (None, json.dumps([known(big, "a"), known(big, "b")]))}
    assert cloud.admin.post(f"/v3/packages/{package}/upload", files=form).status_code == 200

    assert cloud.settled(package)["data"]["error"] == (
        "The app package is invalid: Package may not be larger than 150000 bytes"
    )


def test_a_path_that_no_zip_can_name_fails_the_package(cloud: Any, place: Any) -> None:
    path = "ä" * 32_768
    big = b"big" * 30_000
    cloud.upload(cloud.package(place.app), cloud.zipped(big=big))
    package = cloud.package(place.app)
    form = {"resources": (None, json.dumps([known(big, path)]))}
    assert cloud.admin.post(f"/v3/packages/{package}/upload", files=form).status_code == 200

    assert cloud.settled(package)["data"]["error"] == (
        f"The resource file path is invalid: File path '{path}' is not safe."
    )


def test_what_was_done_to_packages_is_told_without_secrets(cloud: Any, place: Any) -> None:
    app = cloud.app(place.space, lifecycle={"type": "cnb", "data": {}})
    bits = cloud.package(app)
    cloud.upload(bits, cloud.zipped(a=b"1"))
    cloud.admin.get(f"/v3/packages/{bits}/download")
    cloud.admin.post(f"/v3/packages?source_guid={bits}", json=cloud.related("app", place.app))
    data = {"image": "i", "username": "u", "password": "s3cret"}
    cloud.package(app, type="docker", data=data)
    cloud.job(cloud.admin.delete(f"/v3/packages/{bits}"))
    path = f"/v3/audit_events?target_guids={app},{place.app}&order_by=created_at"
    answer = cloud.admin.get(path)

    events = [one for one in answer.json()["resources"] if ".package." in one["type"]]
    assert [one["type"].removeprefix("audit.app.package.") for one in events] == [
        *("create", "upload", "download", "create", "create", "delete"),
    ]
    assert {one["target"]["type"] for one in events} == {"app"}
    assert events[0]["data"]["package_guid"] == bits
    assert events[3]["data"]["request"] == {"source_package_guid": bits}
    assert events[3]["target"]["guid"] == place.app
    assert events[4]["data"]["request"]["data"] == {**data, "password": "***"}
    assert "s3cret" not in answer.text
