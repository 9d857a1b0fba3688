"""How does a droplet come into being, change and expire as a row (behaviour document, 5.5)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from cloud_controller.api import audit
from cloud_controller.domain.droplet_states import DropletState, surplus
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.droplets import documents
from cloud_controller.store import APPS, Metadata, clock
from cloud_controller.store.entities import DROPLETS
from cloud_controller.store.records import DropletRecord

if TYPE_CHECKING:
    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Transaction


def new(app: AppRecord, state: DropletState, **columns: Any) -> DropletRecord:
    """Return a droplet of an app that is not stored yet."""
    moment = clock.now()
    return DropletRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        app_guid=app.guid,
        space_guid=app.space_guid,
        organization_guid=app.organization_guid,
        state=state.value,
        **{"lifecycle_type": app.lifecycle_type, **columns},
    )


def insert(transaction: Transaction, record: DropletRecord) -> bytes:
    """Store a new droplet, which has no metadata; return its full document."""
    shown = documents(record, Metadata())
    transaction.insert(DROPLETS, record, **shown)
    return shown["document"]


def store(transaction: Transaction, record: DropletRecord, labelled: Metadata) -> bytes:
    """Store a changed droplet; return its full document."""
    shown = documents(record, labelled)
    transaction.update(DROPLETS, record, **shown)
    return shown["document"]


def change(
    transaction: Transaction, record: DropletRecord, state: DropletState, **columns: Any
) -> None:
    """Move a droplet to a state."""
    changed = replace(record, state=state.value, updated_at=clock.now(), **columns)
    store(transaction, changed, transaction.metadata(DROPLETS, record.guid))


def mark_staged(
    transaction: Transaction, record: DropletRecord, *, keep: int, **columns: Any
) -> None:
    """Move a droplet to `STAGED`, which may push older ones out."""
    change(transaction, record, DropletState.STAGED, **columns)
    prune(transaction, record.app_guid, keep=keep)


def prune(transaction: Transaction, app_guid: str, *, keep: int) -> None:
    """Let the oldest staged droplets of an app expire beyond `keep`; never the current one."""
    current = transaction.referenced(APPS, app_guid).current_droplet_guid
    staged = transaction.all(DROPLETS, app_guid=app_guid, state=DropletState.STAGED.value)
    staged.sort(key=lambda record: (record.created_at, record.id), reverse=True)
    expiring = surplus([record.guid for record in staged], keep=keep, current=current)
    for record in staged:
        if record.guid in expiring:
            change(transaction, record, DropletState.EXPIRED)
            enqueue(transaction, _expiry(record))


def _expiry(record: DropletRecord) -> NewJob:
    return NewJob(
        operation="droplet.expire",
        resource_type="droplet",
        resource_guid=record.guid,
        pollable=False,
    )


def audit_event(
    transaction: Transaction,
    caller: Caller | None,
    record: DropletRecord,
    what: Literal["create", "upload", "download", "delete"],
    **more: Any,
) -> None:
    """Tell of what was done to a droplet; the target of the event is its app."""
    audit.record(
        transaction,
        caller,
        f"audit.app.droplet.{what}",
        target=audit.app_target(transaction, record.app_guid),
        space_guid=record.space_guid,
        organization_guid=record.organization_guid,
        data={"droplet_guid": record.guid, **more},
    )
