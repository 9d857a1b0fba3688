"""What do the operations of the tag Packages do (behaviour document, chapter 2)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from capi.operations import packages as operations
from cloud_controller.api import error_table as table
from cloud_controller.api import listing, lookup, metadata, package_bits, package_rows
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.domain.messages import packages as messages
from cloud_controller.domain.messages.relationships import guid_of
from cloud_controller.domain.package_states import PackageType
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.packages import package as present
from cloud_controller.store import APPS, PACKAGES, In, clock
from specfoundry.runtime.responses import FileBody, Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Reader, Transaction


class Packages:
    """Implements the generated `PackagesApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_packages(
        self, params: operations.ListPackagesParams, caller: Caller
    ) -> operations.ListPackages200:
        """List the packages that the caller's roles let him see (2.4)."""
        request = listing.ListRequest(
            entity=PACKAGES,
            path="/v3/packages",
            params=params,
            own={
                "states": ("state", params.states),
                "types": ("type", params.types),
                "app_guids": ("app_guid", params.app_guids),
                "space_guids": ("space_guid", params.space_guids),
                "organization_guids": ("organization_guid", params.organization_guids),
            },
        )
        found = await self._context.database.read(
            lambda reader: listing.find(reader, request, caller)
        )
        body = self._context.shown(listing.page(request, found))
        return operations.ListPackages200(body=Json(body))

    async def list_packages_for_app(
        self, params: operations.ListPackagesForAppParams, caller: Caller
    ) -> operations.ListPackagesForApp200:
        """List the packages of one app, if the caller can read it (2.4)."""
        request = listing.ListRequest(
            entity=PACKAGES,
            path=f"/v3/apps/{params.guid}/packages",
            params=params,
            own={"states": ("state", params.states), "types": ("type", params.types)},
            fixed=(In("app_guid", (params.guid,)),),
        )

        def read(reader: Reader) -> listing.Found:
            lookup.record(reader, caller, APPS, params.guid, "App")
            return listing.find(reader, request, caller)

        found = await self._context.database.read(read)
        body = self._context.shown(listing.page(request, found))
        return operations.ListPackagesForApp200(body=Json(body))

    async def get_package(
        self, params: operations.GetPackageParams, caller: Caller
    ) -> operations.GetPackage200:
        """Show one package."""
        document = await self._context.database.read(
            lambda reader: lookup.document(reader, caller, PACKAGES, params.guid, "Package")
        )
        return operations.GetPackage200(body=Json(self._context.shown(document)))

    async def create_package(
        self,
        params: operations.CreatePackageParams,
        body: models.PackageCreate,
        caller: Caller,
    ) -> operations.CreatePackage201:
        """Create a bits or Docker package, or copy one (2.5, 2.6)."""
        sent = raw(body)
        source_guid = (params.source_guid or "").strip()
        if source_guid:
            document = await self._context.database.write(
                lambda transaction: _copy(self._context, transaction, caller, sent, source_guid)
            )
        else:
            refuse(messages.create(sent))
            document = await self._context.database.write(
                lambda transaction: _create(self._context, transaction, caller, sent)
            )
        return operations.CreatePackage201(body=Json(self._context.shown(document)))

    async def create_package_for_app(
        self,
        params: operations.CreatePackageForAppParams,
        body: models.HistoricPackageCreate | None,
        caller: Caller,
    ) -> operations.CreatePackageForApp201:
        """Create or copy a package as clients of 2015 do (2.12)."""
        sent = raw(body)
        source_guid = (params.source_package_guid or "").strip()
        refuse([] if source_guid else messages.create_for_app(sent))

        def write(transaction: Transaction) -> bytes:
            app = lookup.record(transaction, caller, APPS, params.guid, "App")
            package_rows.require_write(transaction, caller, app)
            if not source_guid:
                return package_rows.create(self._context, transaction, caller, app, sent)
            source = package_bits.readable(transaction, caller, source_guid)
            return package_rows.copy(self._context, transaction, caller, app, source)

        document = await self._context.database.write(write)
        return operations.CreatePackageForApp201(body=Json(self._context.shown(document)))

    async def update_package(
        self,
        params: operations.UpdatePackageParams,
        body: models.PackageUpdate | None,
        caller: Caller,
    ) -> operations.UpdatePackage200:
        """Merge metadata and change Docker credentials (2.7)."""
        sent = raw(body)
        refuse(messages.update(sent))
        document = await self._context.database.write(
            lambda transaction: _update(transaction, caller, params.guid, sent)
        )
        return operations.UpdatePackage200(body=Json(self._context.shown(document)))

    async def delete_package(
        self, params: operations.DeletePackageParams, caller: Caller
    ) -> operations.DeletePackage202:
        """Queue the deletion (2.10)."""

        def write(transaction: Transaction) -> str:
            record = package_bits.readable(transaction, caller, params.guid)
            package_rows.require_write(transaction, caller, record)
            package_rows.audit_event(transaction, caller, record, "delete")
            job = NewJob(
                operation="package.delete", resource_type="package", resource_guid=record.guid
            )
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeletePackage202(location=self._context.job_url(job))

    async def upload_package(
        self,
        params: operations.UploadPackageParams,
        body: operations.UploadPackageBody,
        caller: Caller,
    ) -> operations.UploadPackage200:
        """Take bits, fingerprints or both, and process them behind the answer (2.8)."""
        document = await package_bits.accept(self._context, caller, params.guid, body)
        return operations.UploadPackage200(body=Json(self._context.shown(document)))

    async def download_package(
        self, params: operations.DownloadPackageParams, caller: Caller
    ) -> operations.DownloadPackage200:
        """Answer the stored zip (2.9)."""
        blob, name = await package_bits.find(self._context, caller, params.guid)
        return operations.DownloadPackage200(
            body=FileBody(
                path=blob.path, filename=f"{name}.zip", media_type="application/octet-stream"
            )
        )


def _destination(reader: Reader, caller: Caller, sent: Mapping[str, Any]) -> AppRecord:
    guid = guid_of(sent, "app")
    app = reader.record(APPS, guid, visible_to=caller.visible_to) if guid else None
    if app is None:
        raise v3_error(table.UNPROCESSABLE, messages.APP_INVALID)
    package_rows.require_write(reader, caller, app)
    return app


def _create(
    context: Context, transaction: Transaction, caller: Caller, sent: Mapping[str, Any]
) -> bytes:
    app = _destination(transaction, caller, sent)
    return package_rows.create(context, transaction, caller, app, sent)


def _copy(
    context: Context,
    transaction: Transaction,
    caller: Caller,
    sent: Mapping[str, Any],
    source_guid: str,
) -> bytes:
    app = _destination(transaction, caller, sent)
    source = transaction.record(PACKAGES, source_guid, visible_to=caller.visible_to)
    if source is None:
        raise v3_error(table.UNPROCESSABLE, messages.SOURCE_INVALID)
    return package_rows.copy(context, transaction, caller, app, source)


def _update(transaction: Transaction, caller: Caller, guid: str, sent: Mapping[str, Any]) -> bytes:
    record = package_bits.readable(transaction, caller, guid)
    username, password = sent.get("username"), sent.get("password")
    if record.type == PackageType.BITS and (username is not None or password is not None):
        raise v3_error(table.UNPROCESSABLE, messages.NO_CREDENTIALS)
    package_rows.require_write(transaction, caller, record)
    stored = transaction.metadata(PACKAGES, guid)
    labelled = metadata.merged(stored, sent)
    changed = replace(
        record,
        docker_username=record.docker_username if username is None else username,
        docker_password=record.docker_password if password is None else password,
    )
    if changed != record or labelled != stored:
        changed = replace(changed, updated_at=clock.now())
    document = present(changed, labelled)
    transaction.update(PACKAGES, changed, document)
    transaction.set_metadata(PACKAGES, guid, labelled)
    return document
