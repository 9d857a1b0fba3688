"""How does an audit event look (documented with `/v3/audit_events`)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi import models
from cloud_controller.present.rendering import link, render
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store.records import AuditEventRecord


def audit_event(record: AuditEventRecord) -> bytes:
    """Return the event's document."""
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "type": record.type,
        "actor": _participant(record.actor_guid, record.actor_type, record.actor_name),
        "target": _participant(record.target_guid, record.target_type, record.target_name),
        "data": record.data,
        "space": _place(record.space_guid),
        "organization": _place(record.organization_guid),
        "links": {"self": link(f"/v3/audit_events/{record.guid}")},
    }
    return render(models.AuditEvent, document)


def _participant(guid: str, kind: str, name: str) -> dict[str, Any]:
    return {"guid": guid, "type": kind, "name": name}


def _place(guid: str | None) -> dict[str, str] | None:
    return None if guid is None else {"guid": guid}
