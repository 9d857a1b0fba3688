"""What do the operations of the tag Droplets do (behaviour document, 2.12 and 5.5)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi.operations import droplets as operations
from cloud_controller.api import access, app_rows, droplet_bits, droplet_changes, listing
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse
from cloud_controller.api.package_bits import readable as readable_package
from cloud_controller.api.package_staging import stage
from cloud_controller.domain.droplet_states import LISTED
from cloud_controller.domain.messages import droplets as messages
from cloud_controller.domain.roles import Right
from cloud_controller.present.droplets import HIDDEN
from cloud_controller.present.droplets import droplet as present
from cloud_controller.store import In
from cloud_controller.store.entities import DROPLETS, LISTED_DROPLETS
from specfoundry.runtime.responses import FileBody, Json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Filter, Reader

_LISTED = In("state", LISTED)


class Droplets:
    """Implements the generated `DropletsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_droplets(
        self, params: operations.ListDropletsParams, caller: Caller
    ) -> operations.ListDroplets200:
        """List the droplets that the caller's roles let him see."""
        request = listing.ListRequest(
            entity=LISTED_DROPLETS,
            path="/v3/droplets",
            params=params,
            own={**_places(params), "states": ("state", params.states)},
            fixed=(_LISTED,),
        )
        body = await self._page(lambda _: request, caller)
        return operations.ListDroplets200(body=Json(body))

    async def list_droplets_for_app(
        self, params: operations.ListDropletsForAppParams, caller: Caller
    ) -> operations.ListDropletsForApp200:
        """List the droplets of one app, or its current one, if the caller can read it."""

        def request(reader: Reader) -> listing.ListRequest:
            app = app_rows.readable(reader, caller, params.guid)
            return listing.ListRequest(
                entity=LISTED_DROPLETS,
                path=f"/v3/apps/{params.guid}/droplets",
                params=params,
                own={"states": ("state", params.states)},
                fixed=(_LISTED, In("app_guid", (params.guid,)), *_current(app, params.current)),
                repeated={"current": params.current},
            )

        body = await self._page(request, caller)
        return operations.ListDropletsForApp200(body=Json(body))

    async def list_droplets_for_package(
        self, params: operations.ListDropletsForPackageParams, caller: Caller
    ) -> operations.ListDropletsForPackage200:
        """List what was staged of one package, if the caller can read it."""

        def request(reader: Reader) -> listing.ListRequest:
            readable_package(reader, caller, params.guid)
            return listing.ListRequest(
                entity=LISTED_DROPLETS,
                path=f"/v3/packages/{params.guid}/droplets",
                params=params,
                own={**_places(params), "states": ("state", params.states)},
                fixed=(_LISTED, In("package_guid", (params.guid,))),
            )

        body = await self._page(request, caller)
        return operations.ListDropletsForPackage200(body=Json(body))

    async def _page(
        self, request: Callable[[Reader], listing.ListRequest], caller: Caller
    ) -> bytes:
        def read(reader: Reader) -> bytes:
            asked = request(reader)
            return listing.page(asked, listing.find(reader, asked, caller))

        return self._context.shown(await self._context.database.read(read))

    async def get_droplet(
        self, params: operations.GetDropletParams, caller: Caller
    ) -> operations.GetDroplet200:
        """Show one droplet; its secrets only to who may read secrets in its space."""

        def read(reader: Reader) -> bytes:
            record = droplet_bits.readable(reader, caller, params.guid)
            place = {
                "space_guid": record.space_guid,
                "organization_guid": record.organization_guid,
            }
            shows = access.may(reader, caller, Right.READ_SECRETS, **place)
            labelled = reader.metadata(DROPLETS, record.guid)
            return present(record, labelled, redacted=None if shows else HIDDEN)

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetDroplet200(body=Json(body))

    async def create_droplet(
        self,
        params: operations.CreateDropletParams,
        body: models.DropletCreate,
        caller: Caller,
    ) -> operations.CreateDroplet201:
        """Create a droplet to upload, or copy one."""
        sent = raw(body)
        source_guid = (params.source_guid or "").strip()
        refuse(messages.copy(sent) if source_guid else messages.create(sent))
        keep = self._context.settings.max_staged_droplets_stored
        document = await self._context.database.write(
            lambda transaction: (
                droplet_changes.copy(transaction, caller, sent, source_guid, keep=keep)
                if source_guid
                else droplet_changes.create(transaction, caller, sent)
            )
        )
        return operations.CreateDroplet201(body=Json(self._context.shown(document)))

    async def update_droplet(
        self,
        params: operations.UpdateDropletParams,
        body: models.DropletUpdate | None,
        caller: Caller,
    ) -> operations.UpdateDroplet200:
        """Merge metadata, or note another image."""
        sent = raw(body)
        document = await self._context.database.write(
            lambda transaction: droplet_changes.update(transaction, caller, params.guid, sent)
        )
        return operations.UpdateDroplet200(body=Json(self._context.shown(document)))

    async def delete_droplet(
        self, params: operations.DeleteDropletParams, caller: Caller
    ) -> operations.DeleteDroplet202:
        """Queue the deletion of a droplet that no app runs."""
        job = await self._context.database.write(
            lambda transaction: droplet_changes.delete(transaction, caller, params.guid)
        )
        return operations.DeleteDroplet202(location=self._context.job_url(job))

    async def upload_droplet(
        self,
        params: operations.UploadDropletParams,
        body: operations.UploadDropletBody,
        caller: Caller,
    ) -> operations.UploadDroplet202:
        """Take bits and store them behind the answer."""
        document, job = await droplet_bits.accept(self._context, caller, params.guid, body.bits)
        return operations.UploadDroplet202(
            body=Json(self._context.shown(document)), location=self._context.job_url(job)
        )

    async def download_droplet(
        self, params: operations.DownloadDropletParams, caller: Caller
    ) -> operations.DownloadDroplet200:
        """Answer the stored archive."""
        blob = await droplet_bits.find(self._context, caller, params.guid)
        return operations.DownloadDroplet200(
            body=FileBody(
                path=blob.path,
                filename=f"droplet_{params.guid}.tgz",
                media_type="application/octet-stream",
            )
        )

    async def stage_package(
        self,
        params: operations.StagePackageParams,
        body: models.PackageStage | None,
        caller: Caller,
    ) -> operations.StagePackage201:
        """Stage a package as clients of 2015 do."""
        sent = raw(body)
        refuse(messages.stage(sent))
        document = await self._context.database.write(
            lambda transaction: stage(self._context, transaction, caller, params.guid, sent)
        )
        return operations.StagePackage201(body=Json(self._context.shown(document)))


def _places(
    params: operations.ListDropletsParams | operations.ListDropletsForPackageParams,
) -> dict[str, tuple[str, Sequence[str] | None]]:
    return {
        "app_guids": ("app_guid", params.app_guids),
        "space_guids": ("space_guid", params.space_guids),
        "organization_guids": ("organization_guid", params.organization_guids),
    }


def _current(app: AppRecord, wanted: Any) -> tuple[Filter, ...]:
    if wanted is None:
        return ()
    found = () if app.current_droplet_guid is None else (app.current_droplet_guid,)
    return (In("guid", found),)
