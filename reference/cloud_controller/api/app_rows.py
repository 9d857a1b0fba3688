"""How does an app change as a row, and what is told of it?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cloud_controller.api import access, audit, lookup, route_rows
from cloud_controller.present.apps import app as present
from cloud_controller.store import APPS, clock
from cloud_controller.store.entities import ROUTE_DESTINATIONS, ROUTES

if TYPE_CHECKING:
    from cloud_controller.auth import Caller
    from cloud_controller.domain.roles import Right
    from cloud_controller.store import AppRecord, Metadata, Reader, Transaction


def update_app(
    transaction: Transaction,
    record: AppRecord,
    labelled: Metadata | None = None,
    **changes: Any,
) -> bytes:
    """Change columns, labels and annotations of an app; return its document.

    `updated_at` moves only when something is different. Raises `DuplicateError` for a name that is
    taken in the space.
    """
    stored = transaction.metadata(APPS, record.guid)
    now = stored if labelled is None else labelled
    changed = replace(record, **changes)
    if changed != record or now != stored:
        changed = replace(changed, updated_at=clock.now())
    document = present(changed, now)
    transaction.update(APPS, changed, document)
    transaction.set_metadata(APPS, record.guid, now)
    return document


def readable(reader: Reader, caller: Caller, guid: str) -> AppRecord:
    """Return an app that the caller can read; raise 404 `App not found` for any other."""
    return lookup.record(reader, caller, APPS, guid, "App")


def stored(reader: Reader, app: AppRecord) -> AppRecord:
    """Return an app as it is now, after a change in the same transaction."""
    return reader.referenced(APPS, app.guid)


def uris(reader: Reader, app: AppRecord) -> list[str]:
    """Return the addresses that lead to an app."""
    return [
        route_rows.address_of(reader, reader.referenced(ROUTES, destination.route_guid))
        for destination in reader.all(ROUTE_DESTINATIONS, app_guid=app.guid)
    ]


def may(reader: Reader, caller: Caller, app: AppRecord, right: Right) -> bool:
    """Return whether the caller has the right in the app's space."""
    return access.may(
        reader,
        caller,
        right,
        space_guid=app.space_guid,
        organization_guid=app.organization_guid,
    )


def require(reader: Reader, caller: Caller, app: AppRecord, right: Right) -> None:
    """Raise unless the caller has the right in the app's space and nothing is suspended there."""
    place = {"space_guid": app.space_guid, "organization_guid": app.organization_guid}
    access.require(reader, caller, right, **place)
    access.require_active(reader, caller, **place)


def audit_event(
    transaction: Transaction, caller: Caller | None, app: AppRecord, what: str, **data: Any
) -> None:
    """Tell of what was done to an app, such as `update` or `droplet.mapped`."""
    audit.record(
        transaction,
        caller,
        f"audit.app.{what}",
        target=audit.Target(app.guid, "app", app.name),
        space_guid=app.space_guid,
        organization_guid=app.organization_guid,
        data=data,
    )
