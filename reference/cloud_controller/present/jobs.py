"""How does a job look to version 3 and to version 2 (behaviour document, 5.6 and 3.7)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi import models
from cloud_controller.present.rendering import link, render
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store.records import JobRecord

_USE_DETAILS = "Use of entity>error is deprecated in favor of entity>error_details."


def job(record: JobRecord, *, resource_exists: bool) -> bytes:
    """Return the job's document; it links to its resource only while that is there."""
    links = {"self": link(f"/v3/jobs/{record.guid}")}
    if resource_exists and record.resource_type and record.resource_guid:
        links[record.resource_type] = link(f"/v3/{record.resource_type}s/{record.resource_guid}")
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "operation": record.operation,
        "state": record.state,
        "errors": record.errors if record.state == "FAILED" else [],
        "warnings": record.warnings,
        "links": links,
    }
    return render(models.Job, document)


def v2_job(record: JobRecord | None) -> bytes:
    """Return the v2 document; finished and unknown jobs look alike (S77)."""
    if record is None or record.state == "COMPLETE":
        return _v2_document("0", 0, {"guid": "0", "status": "finished"})
    entity: dict[str, Any] = {"guid": record.guid, "status": _v2_status(record)}
    if record.state == "FAILED":
        entity["error"] = _USE_DETAILS
        entity["error_details"] = _v2_error(record.errors)
    return _v2_document(record.guid, record.created_at, entity)


def _v2_status(record: JobRecord) -> str:
    if record.state == "FAILED":
        return "failed"
    return "running" if record.leased_by else "queued"


def _v2_error(errors: list[dict[str, Any]]) -> dict[str, Any]:
    unknown = {"title": "UnknownError", "detail": "An unknown error occurred.", "code": 10001}
    first = errors[0] if errors else unknown
    return {
        "error_code": first["title"],
        "description": first["detail"],
        "code": first["code"],
    }


def _v2_document(guid: str, created_at: int, entity: dict[str, Any]) -> bytes:
    metadata = {"guid": guid, "created_at": clock.text(created_at), "url": f"/v2/jobs/{guid}"}
    return render(models.V2Job, {"metadata": metadata, "entity": entity})
