"""May this package be staged, and how will it be (behaviour document, 2.12 and 5.4)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_controller.api import access, app_lifecycles, metadata
from cloud_controller.api import error_table as table
from cloud_controller.api.app_lifecycles import Lifecycle
from cloud_controller.api.build_rows import BuildRequest
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.droplet_states import BuildState
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import builds as messages
from cloud_controller.domain.package_states import PackageState, PackageType
from cloud_controller.domain.roles import Right
from cloud_controller.store import APPS, BUILDPACKS, PACKAGES, STACKS, Metadata
from cloud_controller.store.entities import BUILDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.auth import Caller
    from cloud_controller.settings import Settings
    from cloud_controller.store import AppRecord, PackageRecord, Reader


def stageable(reader: Reader, caller: Caller, guid: str) -> tuple[PackageRecord, AppRecord]:
    """Return a package that the caller may stage, and its app; raise 422 for any other."""
    package = reader.record(PACKAGES, guid, visible_to=caller.visible_to)
    if package is None or not _may_stage(reader, caller, package):
        raise v3_error(table.UNPROCESSABLE, messages.PACKAGE_INVALID)
    require_active(reader, caller, package)
    return package, reader.referenced(APPS, package.app_guid)


def _may_stage(reader: Reader, caller: Caller, package: PackageRecord) -> bool:
    return access.may(
        reader,
        caller,
        Right.MANAGE_APPS,
        space_guid=package.space_guid,
        organization_guid=package.organization_guid,
    )


def require_active(reader: Reader, caller: Caller, package: PackageRecord) -> None:
    """Raise unless nothing is suspended where the package is."""
    access.require_active(
        reader,
        caller,
        space_guid=package.space_guid,
        organization_guid=package.organization_guid,
    )


def lifecycle(
    reader: Reader, package: PackageRecord, app: AppRecord, sent: Mapping[str, Any] | None
) -> Lifecycle:
    """Return how to stage: as was asked for, else as the app says.

    Raises 403 for what is switched off, 422 for unknown buildpacks or a stack that is unknown or
    may not be used.
    """
    if package.type == PackageType.DOCKER:
        access.require_feature_for_all(reader, FeatureFlag.DIEGO_DOCKER)
        if sent is None:
            return Lifecycle("docker")
    chosen = app_lifecycles.resolve(reader, _of_app(app) if sent is None else sent)
    if chosen.stack is not None:
        _require_stack(reader, app, chosen.stack)
    return chosen


def _of_app(app: AppRecord) -> dict[str, Any]:
    return {"type": app.lifecycle_type, "data": {**app.lifecycle_data, "stack": app.stack}}


def _require_stack(reader: Reader, app: AppRecord, name: str) -> None:
    stack = reader.first(STACKS, name=name)
    if stack is None or stack.state in ("ACTIVE", "DEPRECATED"):
        return
    # A restricted stack goes on serving the apps that were staged before.
    if stack.state == "RESTRICTED" and reader.first(BUILDS, app_guid=app.guid) is not None:
        return
    text = messages.stack_forbids(stack.name, stack.state, stack.state_reason)
    raise v3_error(table.STACK_FORBIDS, text)


def require_idle(reader: Reader, app: AppRecord) -> None:
    """Raise 422 while another build of the app is staging."""
    if reader.first(BUILDS, app_guid=app.guid, state=BuildState.STAGING.value) is not None:
        raise v3_error(table.STAGING_IN_PROGRESS)


def is_ready(package: PackageRecord) -> bool:
    """Return whether the package has what staging needs."""
    return package.state == PackageState.READY


def require_buildpacks(reader: Reader, settings: Settings, chosen: Lifecycle) -> None:
    """Raise 400 for a buildpack that is disabled, or for an address when only names are taken."""
    names: list[str] = chosen.data.get("buildpacks") or []
    installed = {
        name: [
            record
            for record in reader.all(BUILDPACKS, name=name, lifecycle=chosen.type)
            if record.stack in (None, chosen.stack)
        ]
        for name in names
    }
    if settings.disable_custom_buildpacks and not all(installed.values()):
        raise v3_error(table.CUSTOM_BUILDPACKS_DISABLED)
    off = [
        name
        for name, records in installed.items()
        if records and not any(record.enabled for record in records)
    ]
    if off:
        raise v3_error(table.BUILDPACK_INVALID, messages.disabled(off))


def request(settings: Settings, chosen: Lifecycle, sent: Mapping[str, Any]) -> BuildRequest:
    """Return what a checked body of `POST /v3/builds` asks for, with the defaults filled in."""
    rate = sent.get("staging_log_rate_limit_bytes_per_second")
    return BuildRequest(
        lifecycle=chosen,
        memory_mb=sent.get("staging_memory_in_mb") or settings.staging_memory_mb,
        disk_mb=sent.get("staging_disk_in_mb") or settings.staging_disk_mb,
        log_rate_limit=-1 if rate is None else rate,
        environment_variables=sent.get("environment_variables") or {},
        labelled=metadata.merged(Metadata(), sent),
    )


def historic_request(
    settings: Settings, chosen: Lifecycle, sent: Mapping[str, Any]
) -> BuildRequest:
    """Return what a checked body of 2015 asks for; its droplet keeps it (2.12)."""
    memory = sent.get("memory_limit") or settings.staging_memory_mb
    disk = sent.get("disk_limit") or settings.staging_disk_mb
    variables = sent.get("environment_variables") or {}
    names = chosen.data.get("buildpacks") or [None]
    return BuildRequest(
        lifecycle=chosen,
        memory_mb=memory,
        disk_mb=disk,
        environment_variables=variables,
        historic={
            "memory_limit": memory,
            "disk_limit": disk,
            "environment_variables": variables,
            "buildpack": names[0],
        },
    )
