"""How does a package come into being, new or as a copy, and what is told of it afterwards?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from cloud_controller.api import access, audit, metadata
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.api.package_work import prune
from cloud_controller.domain import package_states
from cloud_controller.domain.messages import packages as messages
from cloud_controller.domain.package_states import PackageType
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.packages import package as present
from cloud_controller.store import PACKAGES, Metadata, PackageRecord, clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Reader, Transaction


def require_write(reader: Reader, caller: Caller, place: PackageRecord | AppRecord) -> None:
    """Raise unless the caller may write where the package or app is and nothing is suspended."""
    access.require_space_write(
        reader, caller, space_guid=place.space_guid, organization_guid=place.organization_guid
    )


def create(
    context: Context,
    transaction: Transaction,
    caller: Caller,
    app: AppRecord,
    sent: Mapping[str, Any],
) -> bytes:
    """Store a new package of an app and return its document (2.5, steps 7 to 9)."""
    kind = PackageType(sent["type"])
    if app.lifecycle_type == "docker" and kind is not PackageType.DOCKER:
        raise v3_error(table.UNPROCESSABLE, messages.BITS_FOR_DOCKER_APP)
    if app.lifecycle_type == "buildpack" and kind is not PackageType.BITS:
        raise v3_error(table.UNPROCESSABLE, messages.DOCKER_FOR_BUILDPACK_APP)
    data = messages.docker_data(sent)
    refuse(messages.credentials(data))
    record = replace(
        _new(app, kind, copied=False),
        docker_image=data.get("image"),
        docker_username=data.get("username"),
        docker_password=data.get("password"),
    )
    document = _insert(context, transaction, record, metadata.merged(Metadata(), sent))
    audit_event(transaction, caller, record, "create", request=messages.without_secrets(sent))
    return document


def copy(
    context: Context,
    transaction: Transaction,
    caller: Caller,
    app: AppRecord,
    source: PackageRecord,
) -> bytes:
    """Store a copy of `source` for another app and return its document (2.6, from step 4)."""
    require_write(transaction, caller, source)
    if source.app_guid == app.guid:
        raise v3_error(table.UNPROCESSABLE, messages.SAME_APP)
    record = replace(
        _new(app, PackageType(source.type), copied=True), docker_image=source.docker_image
    )
    document = _insert(context, transaction, record, Metadata())
    if record.type == PackageType.BITS:
        job = NewJob(
            operation="package.copy",
            resource_type="package",
            resource_guid=record.guid,
            pollable=False,
            payload={"source": source.guid},
        )
        enqueue(transaction, job)
    request = {"source_package_guid": source.guid}
    audit_event(transaction, caller, record, "create", request=request)
    return document


def audit_event(
    transaction: Transaction,
    caller: Caller,
    record: PackageRecord,
    what: Literal["create", "upload", "download", "delete"],
    **more: Any,
) -> None:
    """Tell of what was done to a package; the target of the event is its app."""
    audit.record(
        transaction,
        caller,
        f"audit.app.package.{what}",
        target=audit.app_target(transaction, record.app_guid),
        space_guid=record.space_guid,
        organization_guid=record.organization_guid,
        data={"package_guid": record.guid, **more},
    )


def _new(app: AppRecord, kind: PackageType, *, copied: bool) -> PackageRecord:
    moment = clock.now()
    return PackageRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        app_guid=app.guid,
        space_guid=app.space_guid,
        organization_guid=app.organization_guid,
        type=kind.value,
        state=package_states.initial_state(kind, copied=copied).value,
    )


def _insert(
    context: Context, transaction: Transaction, record: PackageRecord, labelled: Metadata
) -> bytes:
    document = present(record, labelled)
    transaction.insert(PACKAGES, record, document)
    transaction.set_metadata(PACKAGES, record.guid, labelled)
    if record.type == PackageType.DOCKER:  # it is READY at once, which may push others out
        prune(transaction, record.app_guid, keep=context.settings.max_valid_packages_stored)
    return document
