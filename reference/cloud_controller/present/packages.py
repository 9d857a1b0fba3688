"""How does a package look (behaviour document, 2.2 and 7.1)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi import models
from cloud_controller.present.rendering import action, render, to_one
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import Metadata, PackageRecord


def package(record: PackageRecord, metadata: Metadata) -> bytes:
    """Return the package's document: today's members and those of 2015 beside them."""
    is_bits = record.type == "bits"
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "type": record.type,
        "data": _bits_data(record) if is_bits else _docker_data(record),
        "state": record.state,
        "relationships": {"app": to_one(record.app_guid)},
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": _links(record, is_bits=is_bits),
    }
    return render(models.BitsPackage if is_bits else models.DockerPackage, document)


def _bits_data(record: PackageRecord) -> dict[str, Any]:
    by_sha1_only = record.sha1 is not None and record.sha256 is None
    return {
        "error": record.error,
        "checksum": {
            "type": "sha1" if by_sha1_only else "sha256",
            "value": record.sha1 if by_sha1_only else record.sha256,
        },
        "hash": {"type": "sha1", "value": record.sha1},
    }


def _docker_data(record: PackageRecord) -> dict[str, Any]:
    return {
        "image": record.docker_image,
        "username": record.docker_username,
        # Stars only say that there is a user; the password itself is never presented (S40).
        "password": None if record.docker_username is None else "***",
        "hash": {"type": "sha1", "value": None},
        "error": None,
        "credentials": {},
        "store_image": False,
    }


def _links(record: PackageRecord, *, is_bits: bool) -> dict[str, Any]:
    path = f"/v3/packages/{record.guid}"
    # One of the five documents shows the method on every link, so every link has it.
    own = {"self": action(path, "GET")}
    if is_bits:
        own["upload"] = action(f"{path}/upload")
        own["download"] = action(f"{path}/download", "GET")
        own["stage"] = action(f"{path}/droplets")
    return {**own, "app": action(f"/v3/apps/{record.app_guid}", "GET")}
