"""How does a process come into being and change as a row?

Every app has a process `web` from the beginning; the others come with droplets and manifests.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from cloud_controller.api import audit
from cloud_controller.present.processes import documents
from cloud_controller.store import Metadata, clock
from cloud_controller.store.entities import DROPLETS, PROCESSES
from cloud_controller.store.records import ProcessRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Reader, Transaction

WEB: Final = "web"
_NO_DATA: Final = {"timeout": None, "invocation_timeout": None, "interval": None}
_NO_READINESS_DATA: Final = {"invocation_timeout": None, "interval": None}


def create_web_process(transaction: Transaction, app: AppRecord) -> ProcessRecord:
    """Store the process `web` of a new app; it has the app's guid and one instance."""
    return create_process(transaction, app, WEB)


def create_process(
    transaction: Transaction, app: AppRecord, kind: str, **columns: Any
) -> ProcessRecord:
    """Store a process of a type that the app does not have yet.

    `columns` differ from the defaults: one instance and a check by port for `web`, no instance and
    a check of the process for every other type.
    """
    is_web = kind == WEB
    moment = clock.now()
    record = ProcessRecord(
        guid=app.guid if is_web else str(uuid4()),
        created_at=moment,
        updated_at=moment,
        app_guid=app.guid,
        space_guid=app.space_guid,
        organization_guid=app.organization_guid,
        type=kind,
        instances=1 if is_web else 0,
        health_check={"type": "port" if is_web else "process", "data": dict(_NO_DATA)},
        readiness_health_check={"type": "process", "data": dict(_NO_READINESS_DATA)},
    )
    record = replace(record, **columns)
    full, listed = documents(record, Metadata(), detected_command(transaction, app, kind))
    transaction.insert(PROCESSES, record, full, listed_document=listed)
    return record


def ensure_processes(
    transaction: Transaction,
    app: AppRecord,
    process_types: Mapping[str, str],
    caller: Caller | None = None,
) -> None:
    """Create the processes of these types that the app lacks, and show all with what staging found.

    Call it after the app's current droplet changed, with the app as it is now.
    """
    present = {record.type: record for record in transaction.all(PROCESSES, app_guid=app.guid)}
    for kind in process_types:
        if kind not in present:
            record = create_process(transaction, app, kind)
            audit_event(transaction, caller, app, record, "create")
    for record in present.values():
        _store(transaction, app, record, transaction.metadata(PROCESSES, record.guid))


def update_process(
    transaction: Transaction,
    app: AppRecord,
    record: ProcessRecord,
    labelled: Metadata | None = None,
    **changes: Any,
) -> bytes:
    """Change columns, labels and annotations of a process; return its full document."""
    stored = transaction.metadata(PROCESSES, record.guid)
    now = stored if labelled is None else labelled
    changed = replace(record, **changes)
    if changed != record or now != stored:
        changed = replace(changed, updated_at=clock.now())
    transaction.set_metadata(PROCESSES, record.guid, now)
    return _store(transaction, app, changed, now)


def detected_command(reader: Reader, app: AppRecord, kind: str) -> str | None:
    """Return the command that staging found for a process type of the app's current droplet."""
    if app.current_droplet_guid is None:
        return None
    droplet = reader.record(DROPLETS, app.current_droplet_guid)
    return droplet.process_types.get(kind) if droplet else None


def audit_event(
    transaction: Transaction,
    caller: Caller | None,
    app: AppRecord,
    record: ProcessRecord,
    what: str,
    **more: Any,
) -> None:
    """Tell of what was done to a process; the target of the event is its app."""
    audit.record(
        transaction,
        caller,
        f"audit.app.process.{what}",
        target=audit.Target(app.guid, "app", app.name),
        space_guid=app.space_guid,
        organization_guid=app.organization_guid,
        data={"process_guid": record.guid, "process_type": record.type, **more},
    )


def _store(
    transaction: Transaction, app: AppRecord, record: ProcessRecord, labelled: Metadata
) -> bytes:
    full, listed = documents(record, labelled, detected_command(transaction, app, record.type))
    transaction.update(PROCESSES, record, full, listed_document=listed)
    return full
