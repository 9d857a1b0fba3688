"""What do lists answer of things that apps can have, but none has here?

Nothing creates sidecars, deployments, revisions, tasks or services, yet clients ask for them: the
lists check their parameters and the caller's rights like any other, and are empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi.operations import deployments as deployment_operations
from capi.operations import revisions as revision_operations
from capi.operations import service_credential_bindings as binding_operations
from capi.operations import service_instances as instance_operations
from capi.operations import service_route_bindings as route_binding_operations
from capi.operations import sidecars as sidecar_operations
from capi.operations import tasks as task_operations
from cloud_controller.api import app_rows, listing, short_lists
from cloud_controller.api.process_changes import find
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_controller.api.context import Context
    from cloud_controller.api.listing import PageParams
    from cloud_controller.auth import Caller


class _EmptyLists:
    def __init__(self, context: Context) -> None:
        self._context = context

    def _none(self, path: str, params: PageParams, **own: str | Sequence[str] | None) -> bytes:
        listing.check_labels(params)
        return self._context.shown(short_lists.page(path, params, (), **own))

    async def _require_app(self, caller: Caller, guid: str) -> None:
        await self._context.database.read(lambda reader: app_rows.readable(reader, caller, guid))


class Sidecars(_EmptyLists):
    """Implements the generated `SidecarsApi`."""

    async def list_sidecars_for_app(
        self, params: sidecar_operations.ListSidecarsForAppParams, caller: Caller
    ) -> sidecar_operations.ListSidecarsForApp200:
        """List what runs beside the instances of an app."""
        await self._require_app(caller, params.guid)
        path = f"/v3/apps/{params.guid}/sidecars"
        return sidecar_operations.ListSidecarsForApp200(body=Json(self._none(path, params)))

    async def list_sidecars_for_process(
        self, params: sidecar_operations.ListSidecarsForProcessParams, caller: Caller
    ) -> sidecar_operations.ListSidecarsForProcess200:
        """List what runs beside the instances of a process."""
        await self._context.database.read(lambda reader: find(reader, caller, params.guid))
        path = f"/v3/processes/{params.guid}/sidecars"
        return sidecar_operations.ListSidecarsForProcess200(body=Json(self._none(path, params)))


class Deployments(_EmptyLists):
    """Implements the generated `DeploymentsApi`."""

    async def list_deployments(
        self,
        params: deployment_operations.ListDeploymentsParams,
        caller: Caller,  # noqa: ARG002 -- everybody sees the same
    ) -> deployment_operations.ListDeployments200:
        """List deployments."""
        page = self._none(
            "/v3/deployments",
            params,
            app_guids=params.app_guids,
            states=params.states,
            status_reasons=params.status_reasons,
            status_values=params.status_values,
        )
        return deployment_operations.ListDeployments200(body=Json(page))


class Revisions(_EmptyLists):
    """Implements the generated `RevisionsApi`."""

    async def list_revisions_for_app(
        self, params: revision_operations.ListRevisionsForAppParams, caller: Caller
    ) -> revision_operations.ListRevisionsForApp200:
        """List what an app was at former times."""
        await self._require_app(caller, params.guid)
        path = f"/v3/apps/{params.guid}/revisions"
        page = self._none(path, params, versions=params.versions, deployable=params.deployable)
        return revision_operations.ListRevisionsForApp200(body=Json(page))

    async def list_deployed_revisions_for_app(
        self, params: revision_operations.ListDeployedRevisionsForAppParams, caller: Caller
    ) -> revision_operations.ListDeployedRevisionsForApp200:
        """List the revisions that instances run."""
        await self._require_app(caller, params.guid)
        path = f"/v3/apps/{params.guid}/revisions/deployed"
        page = self._none(path, params, versions=params.versions, deployable=params.deployable)
        return revision_operations.ListDeployedRevisionsForApp200(body=Json(page))


class Tasks(_EmptyLists):
    """Implements the generated `TasksApi`."""

    async def list_tasks(
        self,
        params: task_operations.ListTasksParams,
        caller: Caller,  # noqa: ARG002 -- everybody sees the same
    ) -> task_operations.ListTasks200:
        """List tasks."""
        page = self._none(
            "/v3/tasks",
            params,
            names=params.names,
            states=params.states,
            app_guids=params.app_guids,
            organization_guids=params.organization_guids,
            space_guids=params.space_guids,
        )
        return task_operations.ListTasks200(body=Json(page))

    async def list_tasks_for_app(
        self, params: task_operations.ListTasksForAppParams, caller: Caller
    ) -> task_operations.ListTasksForApp200:
        """List the tasks of an app."""
        await self._require_app(caller, params.guid)
        page = self._none(
            f"/v3/apps/{params.guid}/tasks",
            params,
            names=params.names,
            states=params.states,
            sequence_ids=params.sequence_ids,
        )
        return task_operations.ListTasksForApp200(body=Json(page))


class ServiceCredentialBindings(_EmptyLists):
    """Implements the generated `ServiceCredentialBindingsApi`."""

    async def list_service_credential_bindings(
        self,
        params: binding_operations.ListServiceCredentialBindingsParams,
        caller: Caller,  # noqa: ARG002 -- everybody sees the same
    ) -> binding_operations.ListServiceCredentialBindings200:
        """List credentials of services."""
        listing.check_include(params.include)
        page = self._none(
            "/v3/service_credential_bindings",
            params,
            names=params.names,
            service_instance_guids=params.service_instance_guids,
            service_instance_names=params.service_instance_names,
            app_guids=params.app_guids,
            app_names=params.app_names,
            service_plan_guids=params.service_plan_guids,
            service_plan_names=params.service_plan_names,
            service_offering_guids=params.service_offering_guids,
            service_offering_names=params.service_offering_names,
            type=params.type,
            include=params.include,
        )
        return binding_operations.ListServiceCredentialBindings200(body=Json(page))


class ServiceRouteBindings(_EmptyLists):
    """Implements the generated `ServiceRouteBindingsApi`."""

    async def list_service_route_bindings(
        self,
        params: route_binding_operations.ListServiceRouteBindingsParams,
        caller: Caller,  # noqa: ARG002 -- everybody sees the same
    ) -> route_binding_operations.ListServiceRouteBindings200:
        """List services that the requests to routes go through."""
        listing.check_include(params.include)
        page = self._none(
            "/v3/service_route_bindings",
            params,
            service_instance_guids=params.service_instance_guids,
            service_instance_names=params.service_instance_names,
            route_guids=params.route_guids,
            include=params.include,
        )
        return route_binding_operations.ListServiceRouteBindings200(body=Json(page))


class ServiceInstances(_EmptyLists):
    """Implements the generated `ServiceInstancesApi`."""

    async def list_service_instances(
        self,
        params: instance_operations.ListServiceInstancesParams,
        caller: Caller,  # noqa: ARG002 -- everybody sees the same
    ) -> instance_operations.ListServiceInstances200:
        """List services."""
        own = {
            "names": params.names,
            "space_guids": params.space_guids,
            "organization_guids": params.organization_guids,
            "service_plan_guids": params.service_plan_guids,
            "service_plan_names": params.service_plan_names,
            "type": params.type,
        }
        page = self._none("/v3/service_instances", params, **own, **_fields(params))
        return instance_operations.ListServiceInstances200(body=Json(page))


def _fields(
    params: instance_operations.ListServiceInstancesParams,
) -> dict[str, Sequence[str] | None]:
    offering = "service_plan.service_offering"
    return {
        "fields[space]": params.fields_space,
        "fields[space.organization]": params.fields_space_organization,
        "fields[service_plan]": params.fields_service_plan,
        f"fields[{offering}]": params.fields_service_plan_service_offering,
        f"fields[{offering}.service_broker]": (
            params.fields_service_plan_service_offering_service_broker
        ),
    }
