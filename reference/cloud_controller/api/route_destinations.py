"""How do routes come to lead to apps, and to lead there no more?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import uuid4

from cloud_controller.api import audit, route_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.messages import destinations as messages
from cloud_controller.store import APPS, clock
from cloud_controller.store.entities import ROUTE_DESTINATIONS
from cloud_controller.store.records import RouteDestinationRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.records import RouteRecord

PORT: Final = 8080


class Wanted(NamedTuple):
    """A destination that a route is to have; the same one is never there twice."""

    app_guid: str
    process_type: str = "web"
    port: int = PORT
    protocol: str = "http1"
    weight: int | None = None


def wanted(entries: Iterable[Mapping[str, Any]]) -> list[Wanted]:
    """Read the destinations of a checked body."""
    return [
        Wanted(
            app_guid=entry["app"]["guid"],
            process_type=(entry["app"].get("process") or {}).get("type") or "web",
            port=entry.get("port") or PORT,
            protocol=entry.get("protocol") or "http1",
            weight=entry.get("weight"),
        )
        for entry in entries
    ]


def require_apps(
    reader: Reader, caller: Caller, route: RouteRecord, sent: Sequence[Wanted]
) -> None:
    """Raise 422 unless all apps exist, can be read and are in the route's space."""
    guids = list(dict.fromkeys(one.app_guid for one in sent))
    apps = {guid: reader.record(APPS, guid) for guid in guids}
    missing = [guid for guid, app in apps.items() if app is None]
    if missing:
        raise v3_error(table.UNPROCESSABLE, messages.apps_unknown(missing))
    hidden = [g for g in guids if not reader.record(APPS, g, visible_to=caller.visible_to)]
    if hidden:
        raise v3_error(table.UNPROCESSABLE, messages.apps_hidden(hidden))
    if any(app is not None and app.space_guid != route.space_guid for app in apps.values()):
        raise v3_error(table.UNPROCESSABLE, messages.OTHER_SPACE)
    if any(one.protocol == "tcp" for one in sent):
        raise v3_error(table.UNPROCESSABLE, messages.NO_TCP)


class Change(NamedTuple):
    """Who changes the destinations of which route."""

    transaction: Transaction
    caller: Caller | None
    route: RouteRecord
    manifest_triggered: bool = False

    def add(self, sent: Sequence[Wanted]) -> None:
        """Add destinations; those that are there stay as they are."""
        present = route_rows.destinations_of(self.transaction, self.route.guid)
        if any(one.weight is not None for one in present):
            raise v3_error(table.UNPROCESSABLE, messages.WEIGHTED)
        self._change(_unique(sent), present, remove=False)

    def replace(self, sent: Sequence[Wanted]) -> None:
        """Make these the destinations; those that stay keep their guid."""
        present = route_rows.destinations_of(self.transaction, self.route.guid)
        self._change(_unique(sent), present, remove=True)

    def remove(self, destination: RouteDestinationRecord) -> None:
        """Remove one destination."""
        if destination.weight is not None:
            raise v3_error(table.UNPROCESSABLE, messages.WEIGHTED_DELETE)
        self._remove(destination)
        route_rows.refresh(self.transaction, self.route)

    def set_protocol(
        self, destination: RouteDestinationRecord, protocol: str | None
    ) -> RouteDestinationRecord:
        """Change how the router speaks to the app."""
        if protocol == "tcp":
            raise v3_error(table.UNPROCESSABLE, messages.NO_TCP)
        changed = replace(destination, protocol=protocol or "http1", updated_at=clock.now())
        self.transaction.update(ROUTE_DESTINATIONS, changed)
        route_rows.refresh(self.transaction, self.route)
        return changed

    def _change(
        self, sent: Sequence[Wanted], present: Sequence[RouteDestinationRecord], *, remove: bool
    ) -> None:
        known = {_key(one): one for one in present}
        obsolete = [one for key, one in known.items() if remove and key not in sent]
        fresh = [one for one in sent if one not in known]
        for destination in obsolete:
            self._remove(destination)
        for one in fresh:
            self._insert(one)
        if obsolete or fresh:
            route_rows.refresh(self.transaction, self.route)

    def _insert(self, one: Wanted) -> None:
        moment = clock.now()
        record = RouteDestinationRecord(
            guid=str(uuid4()),
            created_at=moment,
            updated_at=moment,
            route_guid=self.route.guid,
            **one._asdict(),
        )
        self.transaction.insert(ROUTE_DESTINATIONS, record)
        self._tell("audit.app.map-route", record)

    def _remove(self, destination: RouteDestinationRecord) -> None:
        self.transaction.delete(ROUTE_DESTINATIONS, destination.guid)
        self._tell("audit.app.unmap-route", destination)

    def _tell(self, event: str, destination: RouteDestinationRecord) -> None:
        data: dict[str, object] = {
            "route_guid": destination.route_guid,
            "app_port": destination.port,
            "route_mapping_guid": destination.guid,
            "destination_guid": destination.guid,
            "process_type": destination.process_type,
            "weight": destination.weight,
            "protocol": destination.protocol,
        }
        if self.manifest_triggered:
            data["manifest_triggered"] = True
        audit.record(
            self.transaction,
            self.caller,
            event,
            target=audit.app_target(self.transaction, destination.app_guid),
            space_guid=self.route.space_guid,
            organization_guid=self.route.organization_guid,
            data=data,
        )


def _key(record: RouteDestinationRecord) -> Wanted:
    return Wanted(
        record.app_guid, record.process_type, record.port or PORT, record.protocol, record.weight
    )


def _unique(sent: Sequence[Wanted]) -> Sequence[Wanted]:
    if len(set(sent)) < len(sent):
        raise v3_error(table.UNPROCESSABLE, messages.DUPLICATE)
    return sent
