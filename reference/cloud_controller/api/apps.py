"""What do the operations of the tag Apps do (behaviour document, 5.3)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi import models
from capi.operations import apps as operations
from cloud_controller.api import app_actions, app_changes, app_rows, listing, lookup
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse
from cloud_controller.domain import app_features
from cloud_controller.domain.messages import apps as messages
from cloud_controller.domain.roles import Right
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.pages import with_included
from cloud_controller.store import APPS, ORGANIZATIONS, SPACES, Filter, In
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction


class Apps:
    """Implements the generated `AppsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_apps(
        self, params: operations.ListAppsParams, caller: Caller
    ) -> operations.ListApps200:
        """List the apps that the caller's roles let him see."""
        listing.check_include(params.include)
        request = listing.ListRequest(
            entity=APPS,
            path="/v3/apps",
            params=params,
            own={
                "names": ("name", params.names),
                "space_guids": ("space_guid", params.space_guids),
                "organization_guids": ("organization_guid", params.organization_guids),
            },
            fixed=_lifecycle_filters(params),
            repeated={
                "stacks": params.stacks,
                "lifecycle_type": params.lifecycle_type,
                "include": params.include,
            },
        )

        def read(reader: Reader) -> bytes:
            found = listing.find(reader, request, caller)
            included = _included(reader, found.documents, params.include)
            return listing.page(request, found, included)

        body = self._context.shown(await self._context.database.read(read))
        return operations.ListApps200(body=Json(body))

    async def get_app(
        self, params: operations.GetAppParams, caller: Caller
    ) -> operations.GetApp200:
        """Show one app, with its space and organization if `include` asks for them."""
        listing.check_include(params.include)

        def read(reader: Reader) -> bytes:
            document = lookup.document(reader, caller, APPS, params.guid, "App")
            included = _included(reader, [document], params.include)
            return with_included(document, included) if included is not None else document

        body = self._context.shown(await self._context.database.read(read))
        return operations.GetApp200(body=Json(body))

    async def create_app(self, body: models.AppCreate, caller: Caller) -> operations.CreateApp201:
        """Create a stopped app."""
        sent = raw(body)
        refuse(messages.create(sent))
        settings = self._context.settings
        document = await self._context.database.write(
            lambda transaction: app_changes.create(settings, transaction, caller, sent)
        )
        return operations.CreateApp201(body=Json(self._context.shown(document)))

    async def update_app(
        self, params: operations.UpdateAppParams, body: models.AppUpdate | None, caller: Caller
    ) -> operations.UpdateApp200:
        """Change name, lifecycle and metadata of an app."""
        sent = raw(body)
        refuse(messages.update(sent))
        settings = self._context.settings
        document = await self._context.database.write(
            lambda transaction: app_changes.update(settings, transaction, caller, params.guid, sent)
        )
        return operations.UpdateApp200(body=Json(self._context.shown(document)))

    async def start_app(
        self, params: operations.StartAppParams, caller: Caller
    ) -> operations.StartApp200:
        """Start an app that has a droplet."""
        document = await self._context.database.write(
            lambda transaction: app_actions.start(transaction, caller, params.guid)
        )
        return operations.StartApp200(body=Json(self._context.shown(document)))

    async def stop_app(
        self, params: operations.StopAppParams, caller: Caller
    ) -> operations.StopApp200:
        """Stop an app."""
        document = await self._context.database.write(
            lambda transaction: app_actions.stop(transaction, caller, params.guid)
        )
        return operations.StopApp200(body=Json(self._context.shown(document)))

    async def restart_app(
        self, params: operations.RestartAppParams, caller: Caller
    ) -> operations.RestartApp200:
        """Stop and start an app that has a droplet."""
        document = await self._context.database.write(
            lambda transaction: app_actions.restart(transaction, caller, params.guid)
        )
        return operations.RestartApp200(body=Json(self._context.shown(document)))

    async def clear_app_buildpack_cache(
        self, params: operations.ClearAppBuildpackCacheParams, caller: Caller
    ) -> operations.ClearAppBuildpackCache202:
        """Queue the removal of what buildpacks have cached for an app."""
        job = await self._context.database.write(
            lambda transaction: app_actions.clear_cache(transaction, caller, params.guid)
        )
        return operations.ClearAppBuildpackCache202(location=self._context.job_url(job))

    async def get_app_permissions(
        self, params: operations.GetAppPermissionsParams, caller: Caller
    ) -> operations.GetAppPermissions200:
        """Show what the caller may see of an app."""

        def read(reader: Reader) -> bool:
            app = app_rows.readable(reader, caller, params.guid)
            return app_rows.may(reader, caller, app, Right.READ_SECRETS)

        secrets = await self._context.database.read(read)
        return operations.GetAppPermissions200(
            body=models.AppPermissions(read_basic_data=True, read_sensitive_data=secrets)
        )

    async def get_app_ssh_enabled(
        self, params: operations.GetAppSshEnabledParams, caller: Caller
    ) -> operations.GetAppSshEnabled200:
        """Show whether one could log in to an app."""

        def read(reader: Reader) -> str:
            app = app_rows.readable(reader, caller, params.guid)
            space = reader.referenced(SPACES, app.space_guid)
            if not space.allow_ssh:
                return f"Disabled for space {space.name}"
            return "" if app_features.is_enabled(app, app_features.SSH) else "Disabled for app"

        reason = await self._context.database.read(read)
        return operations.GetAppSshEnabled200(
            body=models.AppSshEnabled(enabled=not reason, reason=reason)
        )

    async def delete_app(
        self, params: operations.DeleteAppParams, caller: Caller
    ) -> operations.DeleteApp202:
        """Queue the deletion of an app and its packages."""

        def write(transaction: Transaction) -> str:
            record = app_rows.readable(transaction, caller, params.guid)
            app_rows.require(transaction, caller, record, Right.WRITE_SPACE)
            app_rows.audit_event(transaction, caller, record, "delete-request", recursive=True)
            job = NewJob(operation="app.delete", resource_type="app", resource_guid=record.guid)
            return enqueue(transaction, job).guid

        job = await self._context.database.write(write)
        return operations.DeleteApp202(location=self._context.job_url(job))


def _lifecycle_filters(params: operations.ListAppsParams) -> list[Filter]:
    filters: list[Filter] = []
    if params.stacks is not None:
        # An empty member also stands for apps without a stack (1.6).
        named = tuple(name for name in params.stacks if name)
        filters.append(In("stack", named, or_null=len(named) < len(params.stacks)))
    if params.lifecycle_type is not None:
        filters.append(In("lifecycle_type", (params.lifecycle_type,)))
    return filters


def _included(
    reader: Reader, documents: Sequence[bytes], include: Sequence[str] | None
) -> dict[str, list[bytes]] | None:
    if not include:
        return None
    spaces = listing.documents_of(reader, SPACES, listing.related(documents, "space"))
    found = {}
    if "space" in include or "space.organization" in include:
        found["spaces"] = spaces
    if "org" in include or "space.organization" in include:
        guids = listing.related(spaces, "organization")
        found["organizations"] = listing.documents_of(reader, ORGANIZATIONS, guids)
    return found
