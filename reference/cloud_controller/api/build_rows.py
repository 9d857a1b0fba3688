"""How does a build begin, and how does it end, as a row (behaviour document, 5.4)?

Whoever stages calls `create_build` in one transaction and, when the job `build.stage` is done,
`finish_staged` or `finish_failed` in another one. Both ends are no-ops for a build that ended already.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cloud_controller.api import audit, droplet_rows
from cloud_controller.auth import Caller
from cloud_controller.domain.buildpack_addresses import without_credentials
from cloud_controller.domain.droplet_states import BuildState, DropletState
from cloud_controller.domain.staging import StagingErrorId, StagingFailedError
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.builds import build as present
from cloud_controller.store import Metadata, clock
from cloud_controller.store.entities import BUILDS, DROPLETS
from cloud_controller.store.records import BuildRecord

if TYPE_CHECKING:
    from cloud_controller.api.app_lifecycles import Lifecycle
    from cloud_controller.domain.staging import StagedDroplet
    from cloud_controller.store import AppRecord, PackageRecord, Transaction
    from cloud_controller.store.records import DropletRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """How a package is to be staged; sizes in MiB, the log rate in bytes per second.

    `historic` is what the droplet of a staging request of 2015 shows of it (2.12).
    """

    lifecycle: Lifecycle
    memory_mb: int
    disk_mb: int
    log_rate_limit: int = -1
    environment_variables: dict[str, Any] = field(default_factory=dict)
    labelled: Metadata = field(default_factory=Metadata)
    historic: dict[str, Any] = field(default_factory=dict)


def create_build(
    transaction: Transaction,
    caller: Caller,
    package: PackageRecord,
    app: AppRecord,
    request: BuildRequest,
) -> BuildRecord:
    """Store a build in `STAGING` with its droplet and put down the job that stages it."""
    lifecycle = request.lifecycle
    guid = str(uuid4())
    droplet = droplet_rows.new(
        app,
        DropletState.STAGING,
        package_guid=package.guid,
        build_guid=guid,
        lifecycle_type=lifecycle.type,
        stack=lifecycle.stack,
        image=package.docker_image,
        historic=request.historic,
    )
    record = _new(caller, guid, package, droplet, request)
    transaction.insert(BUILDS, record, present(record, request.labelled))
    transaction.set_metadata(BUILDS, record.guid, request.labelled)
    droplet_rows.insert(transaction, droplet)
    _audit_build(transaction, caller, record, app)
    job = NewJob(
        operation="build.stage",
        resource_type="build",
        resource_guid=record.guid,
        pollable=False,
        payload={"droplet": droplet.guid},
    )
    enqueue(transaction, job)
    return record


def _new(
    caller: Caller,
    guid: str,
    package: PackageRecord,
    droplet: DropletRecord,
    request: BuildRequest,
) -> BuildRecord:
    """Return the build that is to make a droplet of a package."""
    return BuildRecord(
        guid=guid,
        created_at=droplet.created_at,
        updated_at=droplet.created_at,
        app_guid=droplet.app_guid,
        space_guid=droplet.space_guid,
        organization_guid=droplet.organization_guid,
        package_guid=package.guid,
        droplet_guid=droplet.guid,
        lifecycle_type=droplet.lifecycle_type,
        lifecycle_data=request.lifecycle.data,
        stack=droplet.stack,
        staging_memory_in_mb=request.memory_mb,
        staging_disk_in_mb=request.disk_mb,
        staging_log_rate_limit=request.log_rate_limit,
        environment_variables=request.environment_variables,
        created_by_guid=caller.user_guid,
        created_by_name=caller.user_name or None,
        created_by_email=caller.email or None,
    )


def finish_staged(
    transaction: Transaction,
    record: BuildRecord,
    staged: StagedDroplet,
    *,
    keep: int,
) -> bool:
    """End a build well: it and its droplet become `STAGED`.

    Args:
        transaction: That of the job which staged.
        record: The build.
        staged: What staging made.
        keep: How many staged droplets the app keeps (`max_staged_droplets_stored`).

    Returns:
        Whether the droplet was taken; if not, its bits are to be forgotten.

    """
    if record.state != BuildState.STAGING:
        return False
    droplet = transaction.record(DROPLETS, record.droplet_guid)
    if droplet is None:  # deleted meanwhile; there is nothing that could become staged
        failure = StagingFailedError(StagingErrorId.STAGING_ERROR, "the droplet was deleted")
        finish_failed(transaction, record, failure)
        return False
    droplet_rows.mark_staged(
        transaction,
        droplet,
        keep=keep,
        **_made_of(droplet, staged),
        execution_metadata=staged.execution_metadata,
        process_types=dict(staged.process_types),
        sha1=staged.sha1,
        sha256=staged.sha256,
        size=staged.size,
        blob=droplet.guid if staged.tarball is not None else None,
    )
    _end(transaction, record, BuildState.STAGED, None)
    droplet_rows.audit_event(
        transaction, _creator(record), droplet, "create", package_guid=record.package_guid
    )
    return True


def finish_failed(
    transaction: Transaction, record: BuildRecord, failure: StagingFailedError
) -> None:
    """End a build badly: it and its droplet become `FAILED`, if it is staging still."""
    if record.state != BuildState.STAGING:
        return
    error = str(failure)
    droplet = transaction.record(DROPLETS, record.droplet_guid)
    if droplet is not None:
        droplet_rows.change(transaction, droplet, DropletState.FAILED, error=error)
    _end(transaction, record, BuildState.FAILED, error)


def _end(
    transaction: Transaction, record: BuildRecord, state: BuildState, error: str | None
) -> None:
    ended = replace(record, state=state.value, error=error, updated_at=clock.now())
    if transaction.record(DROPLETS, record.droplet_guid) is None:
        ended = replace(ended, droplet_guid=None)
    transaction.update(BUILDS, ended, present(ended, transaction.metadata(BUILDS, record.guid)))


def _made_of(droplet: DropletRecord, staged: StagedDroplet) -> dict[str, Any]:
    """Return what tells an image from an archive, whatever the build's lifecycle was."""
    if staged.tarball is None:
        image = staged.image or droplet.image
        return {"lifecycle_type": "docker", "stack": None, "image": image, "buildpacks": None}
    found = [
        {
            "name": without_credentials(one.name),
            "detect_output": one.detect_output,
            "buildpack_name": one.buildpack_name,
            "version": one.version,
        }
        for one in staged.buildpacks
    ]
    return {"buildpacks": found}


def _creator(record: BuildRecord) -> Caller:
    return Caller(
        user_guid=record.created_by_guid or "",
        user_name=record.created_by_name or "",
        email=record.created_by_email or "",
    )


def _audit_build(
    transaction: Transaction, caller: Caller, record: BuildRecord, app: AppRecord
) -> None:
    audit.record(
        transaction,
        caller,
        "audit.app.build.create",
        target=audit.Target(app.guid, "app", app.name),
        space_guid=app.space_guid,
        organization_guid=app.organization_guid,
        data={"build_guid": record.guid, "package_guid": record.package_guid},
    )
