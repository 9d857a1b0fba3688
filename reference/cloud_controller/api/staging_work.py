"""How does a build become STAGED or FAILED behind the requests?

The job `build.stage` may be run again after a crash: it begins with an empty directory each time,
and what an earlier attempt started has ended with the server that started it.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cloud_controller.api import build_rows, staging_orders
from cloud_controller.api.app_log import API
from cloud_controller.api.staging_log import StagingLog
from cloud_controller.blobs import BlobKey
from cloud_controller.domain.buildpack_addresses import without_credentials
from cloud_controller.domain.droplet_states import BuildState
from cloud_controller.domain.package_states import PackageType
from cloud_controller.domain.staging import (
    BuildpackSource,
    StagedDroplet,
    StagingErrorId,
    StagingFailedError,
    StagingRequest,
)
from cloud_controller.jobs import Outcome, about
from cloud_controller.staging import cache, discard, stage
from cloud_controller.store.entities import BUILDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cloud_controller.api.context import Context
    from cloud_controller.api.staging_orders import StagingOrder
    from cloud_controller.blobs import Namespace
    from cloud_controller.jobs import ApiErrorObject, JobHandler
    from cloud_controller.staging import Confinement
    from cloud_controller.store import BuildpackRecord, Transaction
    from cloud_controller.store.records import BuildRecord, JobRecord

LOG: Final = logging.getLogger("cloud_controller.staging")

STAGE: Final = "build.stage"
OPERATIONS: Final = (STAGE,)
"""What wants a job runner for itself."""

_LOOK_SECONDS: Final = 0.5
_FAILED: Final = "staging failed"


class _GoneError(Exception):
    """The build was deleted or ended by somebody else."""


@dataclass(frozen=True, slots=True)
class StagingWork:
    """The job handlers for staging.

    Attributes:
        context: The stores and settings.
        confinement: What holds buildpacks' scripts, or the reason why there is nothing.

    """

    context: Context
    confinement: Confinement | str

    def handlers(self) -> Mapping[str, JobHandler]:
        """Return the handlers by operation."""
        database = self.context.database
        handler = about(
            database, BUILDS, self._run, failed=_given_up, abandoned=self._forget_droplet
        )
        return {STAGE: handler}

    async def _run(self, job: JobRecord, build: BuildRecord) -> Outcome[BuildRecord]:
        log = StagingLog(self.context.database, build.app_guid)
        async with log.storing():
            try:
                droplet = await self._unless_gone(build, log)
                await self._keep(build, droplet, log)
            except _GoneError:
                return Outcome()
            except StagingFailedError as failure:
                log.line("ERR", f"Failed to stage build: {_reason(failure)}".encode(), API)
                return self._failure(job, failure)
            finally:
                await discard(self._work_directory(build.guid))
        return self._success(job, droplet)

    async def _unless_gone(self, build: BuildRecord, log: StagingLog) -> StagedDroplet:
        """Stage, but stop when the app or the build goes away meanwhile."""
        order = await self.context.database.read(
            lambda reader: staging_orders.read(reader, self.context.settings, build)
        )
        staging = asyncio.create_task(self._stage(order, log))
        try:
            while await self._is_wanted(build.guid):
                done, _ = await asyncio.wait([staging], timeout=_LOOK_SECONDS)
                if done:
                    return staging.result()
            raise _GoneError
        finally:
            staging.cancel()
            with suppress(asyncio.CancelledError, StagingFailedError):
                await staging

    async def _is_wanted(self, guid: str) -> bool:
        build = await self.context.database.read(lambda reader: reader.record(BUILDS, guid))
        return build is not None and build.state == BuildState.STAGING

    async def _stage(self, order: StagingOrder, log: StagingLog) -> StagedDroplet:
        package, build = order.package, order.build
        if package is None:
            log.line("ERR", b"The package is gone")
            raise StagingFailedError(StagingErrorId.STAGING_ERROR, _FAILED)
        if package.type == PackageType.DOCKER:
            # Nothing is fetched from a registry: what the image would start is not known.
            log.line("OUT", b"Staging process started ...")
            log.line("OUT", b"Staging process finished")
            return StagedDroplet(None, image=package.docker_image, process_types={"web": ""})
        if build.lifecycle_type != "buildpack":
            log.line("ERR", b"Only the lifecycles buildpack and docker can be staged here")
            raise StagingFailedError(StagingErrorId.STAGING_ERROR, _FAILED)
        if isinstance(self.confinement, str):
            raise StagingFailedError(StagingErrorId.STAGER_ERROR, self.confinement)
        if build.staging_memory_in_mb > self.context.settings.max_staging_memory_mb:
            raise StagingFailedError(StagingErrorId.INSUFFICIENT_RESOURCES)
        request = await self._request(order, log)
        return await stage(request, self.confinement, log.line)

    async def _request(self, order: StagingOrder, log: StagingLog) -> StagingRequest:
        settings, build = self.context.settings, order.build
        try:
            used = await self.context.database.read(
                lambda reader: staging_orders.buildpacks(reader, order)
            )
        except LookupError as error:
            name = without_credentials(str(error.args[0]))
            log.line("ERR", f"Buildpack {name} is not installed here, and none is fetched".encode())
            raise StagingFailedError(StagingErrorId.STAGING_ERROR, _FAILED) from error
        return StagingRequest(
            build_guid=build.guid,
            package=await self._bits("packages", order.package.blob if order.package else None),
            buildpacks=tuple([await self._source(record) for record in used]),
            skip_detect=bool(build.lifecycle_data.get("buildpacks")),
            stack=order.stack,
            work_dir=self._work_directory(build.guid),
            cache_dir=cache.directory(settings.buildpack_caches, build.app_guid, order.stack),
            environment=order.environment,
            memory_mb=build.staging_memory_in_mb,
            disk_mb=build.staging_disk_in_mb,
            timeout_seconds=settings.staging_timeout,
        )

    async def _source(self, record: BuildpackRecord) -> BuildpackSource:
        return BuildpackSource(
            record.name, record.guid, await self._bits("buildpacks", record.blob)
        )

    async def _bits(self, namespace: Namespace, name: str | None) -> Path:
        found = await self.context.blobs.find(BlobKey(namespace, name)) if name else None
        if found is None:
            raise StagingFailedError(
                StagingErrorId.STAGER_ERROR, f"bits of {namespace} are missing"
            )
        return found.path

    async def _keep(self, build: BuildRecord, droplet: StagedDroplet, log: StagingLog) -> None:
        """Store the tarball; that of a build which meanwhile went away is forgotten again later."""
        if droplet.tarball is not None and build.droplet_guid is not None:
            log.line("OUT", b"Uploading droplet...")
            await self.context.blobs.put(BlobKey("droplets", build.droplet_guid), droplet.tarball)
            log.line("OUT", f"Uploaded droplet ({_size(droplet.size or 0)})".encode())

    def _success(self, job: JobRecord, droplet: StagedDroplet) -> Outcome[BuildRecord]:
        taken = False

        def commit(transaction: Transaction, build: BuildRecord) -> None:
            nonlocal taken
            keep = self.context.settings.max_staged_droplets_stored
            taken = build_rows.finish_staged(transaction, build, droplet, keep=keep)

        async def after() -> None:
            if not taken:
                await self._forget_droplet(job)

        return Outcome(commit=commit, after=after)

    def _failure(self, job: JobRecord, failure: StagingFailedError) -> Outcome[BuildRecord]:
        def commit(transaction: Transaction, build: BuildRecord) -> None:
            build_rows.finish_failed(transaction, build, failure)

        # An attempt that was killed may have stored its tarball.
        return Outcome(commit=commit, after=lambda: self._forget_droplet(job))

    async def _forget_droplet(self, job: JobRecord) -> None:
        await self.context.blobs.delete(BlobKey("droplets", job.payload["droplet"]))

    def _work_directory(self, build_guid: str) -> Path:
        return self.context.settings.stagings / build_guid


def _given_up(transaction: Transaction, build: BuildRecord, _: tuple[ApiErrorObject, ...]) -> None:
    failure = StagingFailedError(StagingErrorId.STAGING_ERROR, _FAILED)
    build_rows.finish_failed(transaction, build, failure)


def _reason(failure: StagingFailedError) -> str:
    """Return what the real log says behind a failure: of buildpacks only that they failed."""
    general = failure.error_id in (StagingErrorId.STAGER_ERROR, StagingErrorId.NO_BUILDPACKS)
    return failure.text if general else _FAILED


def _size(number: int) -> str:
    size = float(number)
    for unit in ("B", "K", "M"):
        if size < 1024:
            return f"{size:.0f}{unit}" if unit == "B" else f"{size:.1f}{unit}"
        size /= 1024
    return f"{size:.1f}G"
