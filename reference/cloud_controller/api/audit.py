"""Who did what to which resource, for `/v3/audit_events`?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from sqlalchemy import bindparam, delete

from cloud_controller.api import app_log
from cloud_controller.present.audit_events import audit_event
from cloud_controller.store import clock, tables
from cloud_controller.store.entities import APPS, AUDIT_EVENTS
from cloud_controller.store.records import AuditEventRecord
from cloud_controller.store.statements import compile_statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction

RETENTION_DAYS: Final = 31
"""How long events are kept (`audit_events.cutoff_age_in_days`)."""


@dataclass(frozen=True, slots=True)
class Target:
    """What something was done to: its guid, its kind such as `app`, and its name at that time."""

    guid: str
    type: str
    name: str


def app_target(reader: Reader, guid: str) -> Target:
    """Return an app as the target of an event; what belongs to one is told of under its name."""
    return Target(guid, "app", reader.referenced(APPS, guid).name)


def record(
    transaction: Transaction,
    caller: Caller | None,
    event_type: str,
    *,
    target: Target,
    space_guid: str | None = None,
    organization_guid: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Store an event in the transaction that does what it tells of; the app's log tells of it too.

    Args:
        transaction: Where the change itself is made.
        caller: Who did it; `None` for what the platform does by itself.
        event_type: Such as `audit.app.create`.
        target: To what it was done.
        space_guid: Where it happened; decides who may see the event.
        organization_guid: Where it happened, likewise; also to be given beside a space.
        data: JSON values. Secrets are the caller's to leave out.

    """
    moment = clock.now()
    guid, kind, name = _actor(caller)
    event = AuditEventRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        type=event_type,
        actor_guid=guid,
        actor_type=kind,
        actor_name=name,
        target_guid=target.guid,
        target_type=target.type,
        target_name=target.name,
        data=dict(data or {}),
        space_guid=space_guid,
        organization_guid=organization_guid,
    )
    transaction.insert(AUDIT_EVENTS, event, audit_event(event))
    app_log.tell(transaction, event_type, target.guid)


def prune(transaction: Transaction) -> int:
    """Remove events that are older than 31 days, as the real one does; return how many."""
    limit = clock.now() - RETENTION_DAYS * 24 * 3600 * clock.MICROSECONDS
    return transaction.execute(_PRUNE, {"before": limit})


def _actor(caller: Caller | None) -> tuple[str, str, str]:
    """Return guid, kind and name; the real one puts the email address where one expects a name."""
    if caller is None:
        return "", "system", "system"
    if not caller.user_name and not caller.email:
        return caller.user_guid, "user", caller.client_id
    return caller.user_guid, "user", caller.email or caller.user_name


_C = tables.AUDIT_EVENTS.c
_PRUNE = compile_statement(delete(tables.AUDIT_EVENTS).where(_C.created_at < bindparam("before")))
