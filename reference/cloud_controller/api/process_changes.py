"""How is a process found, scaled and changed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from cloud_controller.api import access, app_rows, lookup, metadata, process_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import processes as messages
from cloud_controller.domain.messages.lists import leading_integer
from cloud_controller.domain.roles import Right
from cloud_controller.store import APPS
from cloud_controller.store.entities import PROCESSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Reader, Transaction
    from cloud_controller.store.records import ProcessRecord

_SCALED: Final = {
    "instances": "instances",
    "memory_in_mb": "memory_in_mb",
    "disk_in_mb": "disk_in_mb",
    "log_rate_limit_in_bytes_per_second": "log_rate_limit",
}


class OfApp(NamedTuple):
    """A process by its app and type."""

    app_guid: str
    type: str


Address: TypeAlias = str | OfApp
"""Where a request finds its process: by guid, or below an app."""


def find(reader: Reader, caller: Caller, address: Address) -> ProcessRecord:
    """Return a process that the caller can read; raise 404 for any other."""
    if isinstance(address, str):
        return lookup.record(reader, caller, PROCESSES, address, "Process")
    app_rows.readable(reader, caller, address.app_guid)
    record = reader.first(PROCESSES, app_guid=address.app_guid, type=address.type)
    if record is None:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Process")
    return record


def changeable(reader: Reader, caller: Caller, address: Address) -> tuple[AppRecord, ProcessRecord]:
    """Return a process that the caller may change, and its app; raise 404 or 403 otherwise."""
    record = find(reader, caller, address)
    app = reader.referenced(APPS, record.app_guid)
    app_rows.require(reader, caller, app, Right.MANAGE_APPS)
    return app, record


def scalable(reader: Reader, caller: Caller, address: Address) -> tuple[AppRecord, ProcessRecord]:
    """Return a process that the caller may scale, and its app; raise 404 or 403 otherwise."""
    found = changeable(reader, caller, address)
    access.require_feature(reader, caller, FeatureFlag.APP_SCALING)
    return found


def scale(
    transaction: Transaction, caller: Caller, address: Address, sent: Mapping[str, Any]
) -> bytes:
    """Change the number of instances and what each gets; return the document."""
    app, record = scalable(transaction, caller, address)
    changes: dict[str, Any] = {
        column: int(sent[name]) for name, column in _SCALED.items() if sent.get(name) is not None
    }
    document = process_rows.update_process(transaction, app, record, **changes)
    process_rows.audit_event(transaction, caller, app, record, "scale", request=dict(sent))
    return document


def update(
    transaction: Transaction, caller: Caller, address: Address, sent: Mapping[str, Any]
) -> bytes:
    """Change command, user, health checks and metadata; return the document."""
    app, record = changeable(transaction, caller, address)
    refuse(messages.update(sent))
    changes = {name: sent[name] for name in ("command", "user") if name in sent}
    for name in ("health_check", "readiness_health_check"):
        if name in sent:
            changes[name] = health_check(getattr(record, name), sent[name])
    timeout = (changes.get("health_check") or record.health_check)["data"].get("timeout")
    refuse([text for text in [messages.timeout_exceeded(timeout)] if text])
    labelled = metadata.merged(transaction.metadata(PROCESSES, record.guid), sent)
    document = process_rows.update_process(transaction, app, record, labelled, **changes)
    request = {**sent, **({"command": "[PRIVATE DATA HIDDEN]"} if "command" in sent else {})}
    process_rows.audit_event(transaction, caller, app, record, "update", request=request)
    return document


def terminate(transaction: Transaction, caller: Caller, address: Address, index: str) -> None:
    """End one instance; none of them runs, so only the number is looked at."""
    app, record = changeable(transaction, caller, address)
    number = leading_integer(index)
    if not 0 <= number < record.instances:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Instance")
    process_rows.audit_event(
        transaction, caller, app, record, "terminate_instance", process_index=number
    )


def health_check(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return a health check after a change; only checks by HTTP have an endpoint."""
    kind = sent.get("type", stored["type"])
    wanted = sent.get("data") or {}
    known = (*(name for name in stored["data"] if name != "endpoint"), "endpoint")
    data = {name: wanted[name] if name in wanted else stored["data"].get(name) for name in known}
    if kind == "http":
        data["endpoint"] = data["endpoint"] or "/"
    else:
        del data["endpoint"]
    return {"type": kind, "data": data}
