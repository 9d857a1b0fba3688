"""How does an app get the routes that its manifest asks for?"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from cloud_controller.api import access, domain_sight, route_creation, route_destinations
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import detail_of, v3_error
from cloud_controller.domain import manifest_routes
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import destinations
from cloud_controller.domain.messages import manifests as messages
from cloud_controller.store import SPACES, Metadata
from cloud_controller.store.entities import DOMAINS, ROUTE_DESTINATIONS, ROUTES
from specfoundry.runtime.responses import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cloud_controller.auth import Caller
    from cloud_controller.domain.manifest_routes import ManifestRoute
    from cloud_controller.store import AppRecord, Transaction
    from cloud_controller.store.records import DomainRecord, RouteRecord

_MOODS: Final = ("brave", "calm", "eager", "fancy", "lively", "quick", "shiny", "sunny")
_ANIMALS: Final = ("badger", "crane", "gecko", "heron", "lynx", "otter", "raven", "wombat")


def update(
    transaction: Transaction, caller: Caller, app: AppRecord, sent: Mapping[str, Any]
) -> None:
    """Map and unmap routes; `sent` are an app's checked members.

    Raises 422 for a route that cannot be, 403 for one that may not be.
    """
    present = transaction.all(ROUTE_DESTINATIONS, app_guid=app.guid)
    if sent.get("no_route"):
        for destination in present:
            route = transaction.referenced(ROUTES, destination.route_guid)
            route_destinations.Change(transaction, caller, route, True).remove(destination)
        return
    routes = sent.get("routes")
    if routes is None and not present:
        routes = _made_up(transaction, app, sent)
    if routes:
        _map(transaction, caller, app, routes)


def _made_up(
    transaction: Transaction, app: AppRecord, sent: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the route that `random-route` or `default-route` stands for, if one is asked for."""
    if not (sent.get("random_route") or sent.get("default_route")):
        return []
    domain = domain_sight.default_domain(transaction, app.organization_guid)
    if domain is None:
        raise v3_error(table.UNPROCESSABLE, messages.NO_DOMAIN)
    host = app.name
    if sent.get("random_route"):
        host = f"{host}-{secrets.choice(_MOODS)}-{secrets.choice(_ANIMALS)}-{secrets.token_hex(1)}"
    return [{"route": f"{host}.{domain.name}"}]


def _map(
    transaction: Transaction,
    caller: Caller,
    app: AppRecord,
    routes: Sequence[Mapping[str, Any]],
) -> None:
    """Find or make all routes first, then map them."""
    found = [(_route(transaction, caller, app, one["route"]), one) for one in routes]
    for route, one in found:
        protocol = one.get("protocol")
        change = route_destinations.Change(transaction, caller, route, True)
        mapped = transaction.first(
            ROUTE_DESTINATIONS, route_guid=route.guid, app_guid=app.guid, process_type="web"
        )
        try:
            if protocol == "tcp":
                raise v3_error(table.UNPROCESSABLE, destinations.NO_TCP)
            if mapped is None:
                wanted = route_destinations.Wanted(app.guid, protocol=protocol or "http1")
                change.add([wanted])
            elif protocol not in (None, mapped.protocol):
                change.set_protocol(mapped, protocol)
        except ApiError as error:
            raise _about(one["route"], error) from error


def _about(written: str, error: ApiError) -> ApiError:
    return v3_error(table.UNPROCESSABLE, f"For route '{written}': {detail_of(error)}")


def _route(transaction: Transaction, caller: Caller, app: AppRecord, written: str) -> RouteRecord:
    wanted = manifest_routes.parse(written)
    for host, name in wanted.candidates() if wanted else ():
        domain = transaction.first(DOMAINS, name=name)
        if domain is None or wanted is None:
            continue
        return _in_domain(transaction, caller, app, wanted, (host, domain))
    raise v3_error(table.UNPROCESSABLE, messages.no_domain(written))


def _in_domain(
    transaction: Transaction,
    caller: Caller,
    app: AppRecord,
    wanted: ManifestRoute,
    address: tuple[str, DomainRecord],
) -> RouteRecord:
    host, domain = address
    found = transaction.first(
        ROUTES, domain_guid=domain.guid, host=host, path=wanted.path, port=wanted.port
    )
    if found is None:
        return _create(transaction, caller, app, wanted, address)
    if found.space_guid != app.space_guid:
        raise v3_error(table.UNPROCESSABLE, messages.OTHER_SPACE)
    return found


def _create(
    transaction: Transaction,
    caller: Caller,
    app: AppRecord,
    wanted: ManifestRoute,
    address: tuple[str, DomainRecord],
) -> RouteRecord:
    host, domain = address
    access.require_feature_for_all(transaction, FeatureFlag.ROUTE_CREATION)
    if host == manifest_routes.WILDCARD and domain.organization_guid is None:
        raise v3_error(table.NOT_AUTHORIZED)
    new = route_creation.NewRoute(
        domain=domain,
        space=transaction.referenced(SPACES, app.space_guid),
        host=host,
        path=wanted.path,
        port=wanted.port,
        manifest_triggered=True,
    )
    try:
        return route_creation.create(transaction, caller, new, Metadata())
    except ApiError as error:
        raise _about(wanted.written, error) from error
