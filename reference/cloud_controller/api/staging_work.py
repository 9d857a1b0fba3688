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
from cloud_controller.domain.package_states import PackageType
from cloud_controller.domain.staging import (
    BuildpackSource,
    StagedDroplet,
    StagingErrorId,
    StagingFailedError,
    StagingRequest,
)
from cloud_controller.jobs import JobHandler, JobResult
from cloud_controller.staging import cache, discard, stage
from cloud_controller.store.entities import BUILDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cloud_controller.api.context import Context
    from cloud_controller.api.staging_orders import StagingOrder
    from cloud_controller.blobs import Namespace
    from cloud_controller.jobs import ApiErrorObject
    from cloud_controller.staging import Confinement
    from cloud_controller.store import BuildpackRecord, Transaction
    from cloud_controller.store.records import JobRecord

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
        return {STAGE: JobHandler(self._run, self._given_up)}

    async def _run(self, job: JobRecord) -> JobResult:
        guid = job.resource
        settings = self.context.settings
        order = await self.context.database.read(
            lambda reader: staging_orders.read(reader, settings, guid)
        )
        if order is None:
            return JobResult(after=lambda: discard(self._work_directory(guid)))
        log = StagingLog(self.context.database, order.build.app_guid)
        async with log.storing():
            try:
                droplet = await self._unless_gone(order, log)
                await self._keep(order, droplet, log)
            except _GoneError:
                return JobResult()
            except StagingFailedError as failure:
                log.line("ERR", f"Failed to stage build: {_reason(failure)}".encode(), API)
                return self._failure(order, failure)
            finally:
                await discard(self._work_directory(guid))
        return self._success(order, droplet)

    async def _unless_gone(self, order: StagingOrder, log: StagingLog) -> StagedDroplet:
        """Stage, but stop when the app or the build goes away meanwhile."""
        staging = asyncio.create_task(self._stage(order, log))
        try:
            while True:
                done, _ = await asyncio.wait([staging], timeout=_LOOK_SECONDS)
                if done:
                    return staging.result()
                build = await self.context.database.read(
                    lambda reader: reader.record(BUILDS, order.build.guid)
                )
                if build is None or build.state != "STAGING":
                    raise _GoneError
        finally:
            staging.cancel()
            with suppress(asyncio.CancelledError, StagingFailedError):
                await staging

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

    async def _keep(self, order: StagingOrder, droplet: StagedDroplet, log: StagingLog) -> None:
        """Store the tarball; that of a build which meanwhile went away is forgotten again later."""
        if droplet.tarball is not None and order.build.droplet_guid is not None:
            log.line("OUT", b"Uploading droplet...")
            key = BlobKey("droplets", order.build.droplet_guid)
            await self.context.blobs.put(key, droplet.tarball)
            log.line("OUT", f"Uploaded droplet ({_size(droplet.size or 0)})".encode())

    def _success(self, order: StagingOrder, droplet: StagedDroplet) -> JobResult:
        guid = order.build.droplet_guid
        blob = guid if droplet.tarball is not None else None
        taken = False

        def commit(transaction: Transaction) -> None:
            nonlocal taken
            keep = self.context.settings.max_staged_droplets_stored
            taken = build_rows.finish_staged(
                transaction, order.build.guid, droplet, blob=blob, keep=keep
            )

        async def after() -> None:
            if blob is not None and not taken:
                await self.context.blobs.delete(BlobKey("droplets", blob))

        return JobResult(commit=commit, after=after)

    def _failure(self, order: StagingOrder, failure: StagingFailedError) -> JobResult:
        def commit(transaction: Transaction) -> None:
            build_rows.finish_failed(transaction, order.build.guid, failure.error_id, failure.text)

        async def after() -> None:  # an attempt that was killed may have stored its tarball
            if order.build.droplet_guid is not None:
                await self.context.blobs.delete(BlobKey("droplets", order.build.droplet_guid))

        return JobResult(commit=commit, after=after)

    def _given_up(
        self, transaction: Transaction, job: JobRecord, _: tuple[ApiErrorObject, ...]
    ) -> None:
        failure = StagingFailedError(StagingErrorId.STAGING_ERROR, _FAILED)
        build_rows.finish_failed(transaction, job.resource, failure.error_id, failure.text)

    def _work_directory(self, build_guid: str) -> Path:
        return self.context.settings.stagings / build_guid


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
