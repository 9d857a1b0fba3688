"""How is a package staged for a client of 2015 (behaviour document, 2.12)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_controller.api import access, build_requests, build_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.api.package_bits import readable
from cloud_controller.domain.messages import builds as messages
from cloud_controller.domain.package_states import PackageType
from cloud_controller.domain.roles import Right
from cloud_controller.store import APPS
from cloud_controller.store.entities import DROPLETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, PackageRecord, Reader, Transaction


def stage(
    context: Context,
    transaction: Transaction,
    caller: Caller,
    guid: str,
    sent: Mapping[str, Any],
) -> bytes:
    """Begin to stage a package; return the document of its droplet, not of the build behind it."""
    package, app = _stageable(transaction, caller, guid)
    chosen = build_requests.lifecycle(transaction, package, app, _modern(sent.get("lifecycle")))
    build_requests.require_idle(transaction, app)
    if not build_requests.is_ready(package) or package.type != PackageType.BITS:
        raise v3_error(table.INVALID_REQUEST)
    build_requests.require_buildpacks(transaction, context.settings, chosen)
    request = build_requests.historic_request(context.settings, chosen, sent)
    if request.disk_mb > context.settings.max_staging_disk_mb:
        raise v3_error(table.UNABLE_TO_PERFORM, "Staging request", messages.DISK_LIMIT)
    build = build_rows.create_build(transaction, caller, package, app, request)
    return transaction.stored_document(DROPLETS, build.droplet_guid)


def _stageable(reader: Reader, caller: Caller, guid: str) -> tuple[PackageRecord, AppRecord]:
    package = readable(reader, caller, guid)
    access.require(
        reader,
        caller,
        Right.MANAGE_APPS,
        space_guid=package.space_guid,
        organization_guid=package.organization_guid,
    )
    build_requests.require_active(reader, caller, package)
    return package, reader.referenced(APPS, package.app_guid)


def _modern(lifecycle: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a lifecycle of 2015, which names one buildpack, as today's."""
    if lifecycle is None:
        return None
    data = lifecycle["data"]
    names = [data["buildpack"]] if data.get("buildpack") else []
    return {"type": lifecycle["type"], "data": {"buildpacks": names, "stack": data.get("stack")}}
