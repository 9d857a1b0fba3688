"""How is a droplet created, copied, changed and deleted at a caller's request (5.5)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cloud_controller.api import access, app_rows, droplet_rows, metadata
from cloud_controller.api import error_table as table
from cloud_controller.api.droplet_bits import readable
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.domain.droplet_states import DropletState
from cloud_controller.domain.messages import droplets as messages
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.droplets import droplet as present
from cloud_controller.store import APPS, Metadata, clock
from cloud_controller.store.entities import DROPLETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Reader, Transaction
    from cloud_controller.store.records import DropletRecord


def create(transaction: Transaction, caller: Caller, sent: Mapping[str, Any]) -> bytes:
    """Store a droplet that awaits its bits; return its document."""
    guid: str = sent["relationships"]["app"]["data"]["guid"]
    app = transaction.record(APPS, guid, visible_to=caller.visible_to)
    if app is None:
        raise v3_error(table.UNPROCESSABLE, messages.no_such_app(guid))
    require_write(transaction, caller, app)
    if app.lifecycle_type == "docker":
        raise v3_error(table.UNPROCESSABLE, messages.NOT_FOR_DOCKER)
    types = sent.get("process_types", {"web": ""})
    record = droplet_rows.new(
        app, DropletState.AWAITING_UPLOAD, stack=app.stack, process_types=types
    )
    document = droplet_rows.insert(transaction, record)
    droplet_rows.audit_event(transaction, caller, record, "create")
    return document


def copy(
    transaction: Transaction,
    caller: Caller,
    sent: Mapping[str, Any],
    source_guid: str,
    *,
    keep: int,
) -> bytes:
    """Store a copy of a staged droplet for the app that the body names; return its document.

    An image is staged at once, which may push out older droplets beyond `keep`.
    """
    source = readable(transaction, caller, source_guid)
    app = app_rows.readable(transaction, caller, sent["relationships"]["app"]["data"]["guid"])
    require_write(transaction, caller, app)
    if source.state != DropletState.STAGED:
        raise v3_error(table.UNPROCESSABLE, messages.SOURCE_NOT_STAGED)
    if source.lifecycle_type != app.lifecycle_type:
        raise v3_error(table.UNPROCESSABLE, messages.LIFECYCLES_DIFFER)
    record = _copying(source, app)
    droplet_rows.insert(transaction, record)
    droplet_rows.audit_event(
        transaction, caller, record, "create", request={"source_droplet_guid": source.guid}
    )
    if source.lifecycle_type == "docker":  # it has no bits that would have to be copied
        droplet_rows.mark_staged(transaction, record, keep=keep)
    else:
        enqueue(transaction, _copy_job(source, record))
    return present(transaction.referenced(DROPLETS, record.guid), Metadata())


def _copying(source: DropletRecord, app: AppRecord) -> DropletRecord:
    return droplet_rows.new(
        app,
        DropletState.COPYING,
        stack=source.stack,
        image=source.image,
        buildpacks=source.buildpacks,
        execution_metadata=source.execution_metadata,
        process_types=source.process_types,
    )


def _copy_job(source: DropletRecord, record: DropletRecord) -> NewJob:
    return NewJob(
        operation="droplet.copy",
        resource_type="droplet",
        resource_guid=record.guid,
        pollable=False,
        payload={"source": source.guid},
    )


def require_write(reader: Reader, caller: Caller, place: DropletRecord | AppRecord) -> None:
    """Raise unless the caller may write where the droplet or app is and nothing is suspended."""
    access.require_space_write(
        reader, caller, space_guid=place.space_guid, organization_guid=place.organization_guid
    )


def require_update(
    reader: Reader, caller: Caller, guid: str, sent: Mapping[str, Any]
) -> DropletRecord:
    """Return the droplet that a body may change; raise 404 or 403 before it is looked at closely."""
    visible_to = None if caller.updates_build_state else caller.visible_to
    record = reader.record(DROPLETS, guid, visible_to=visible_to)
    if record is None:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Droplet")
    if "image" not in sent:
        require_write(reader, caller, record)
    elif not (caller.updates_build_state or caller.is_admin):
        raise v3_error(table.NOT_AUTHORIZED)
    return record


def update(transaction: Transaction, caller: Caller, guid: str, sent: Mapping[str, Any]) -> bytes:
    """Merge metadata and change the image; return the droplet's document."""
    record = require_update(transaction, caller, guid, sent)
    refuse(messages.update(sent))
    stored = transaction.metadata(DROPLETS, guid)
    labelled = metadata.merged(stored, sent)
    changed = replace(record, image=sent.get("image") or record.image)
    if changed != record or labelled != stored:
        changed = replace(changed, updated_at=clock.now())
    transaction.set_metadata(DROPLETS, guid, labelled)
    return droplet_rows.store(transaction, changed, labelled)


def delete(transaction: Transaction, caller: Caller, guid: str) -> str:
    """Queue the deletion of a droplet; return the guid of the job."""
    record = readable(transaction, caller, guid)
    require_write(transaction, caller, record)
    app = transaction.referenced(APPS, record.app_guid)
    if app.current_droplet_guid == guid:
        raise v3_error(table.UNPROCESSABLE, messages.in_use(app.guid))
    droplet_rows.audit_event(transaction, caller, record, "delete")
    job = NewJob(operation="droplet.delete", resource_type="droplet", resource_guid=guid)
    return enqueue(transaction, job).guid
