"""What do the operations of the tags OrganizationQuotas and SpaceQuotas do?

One quota, which limits nothing, applies to all organizations; spaces have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi.operations import organization_quotas as operations
from capi.operations import space_quotas as space_operations
from cloud_controller.api import error_table as table
from cloud_controller.api import short_lists
from cloud_controller.api.errors import v3_error
from cloud_controller.api.organizations import DEFAULT_QUOTA
from cloud_controller.present.quotas import organization_quota as present
from cloud_controller.store import ORGANIZATIONS, VisibleTo
from cloud_controller.store.entities import CLIENTS
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader

DEFAULT_QUOTA_NAME = "default"


class OrganizationQuotas:
    """Implements the generated `OrganizationQuotasApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_organization_quotas(
        self, params: operations.ListOrganizationQuotasParams, caller: Caller
    ) -> operations.ListOrganizationQuotas200:
        """List the one quota, if the filters let it through."""

        def read(reader: Reader) -> list[bytes]:
            organizations = _organizations(reader, caller)
            if not _passes(params, organizations, _since(reader)):
                return []
            return [_document(reader, organizations)]

        documents = await self._context.database.read(read)
        body = short_lists.page(
            "/v3/organization_quotas",
            params,
            documents,
            names=params.names,
            organization_guids=params.organization_guids,
        )
        return operations.ListOrganizationQuotas200(body=Json(self._context.shown(body)))

    async def get_organization_quota(
        self, params: operations.GetOrganizationQuotaParams, caller: Caller
    ) -> operations.GetOrganizationQuota200:
        """Show the one quota with the organizations that the caller sees."""
        if params.guid != DEFAULT_QUOTA:
            raise v3_error(table.RESOURCE_NOT_FOUND, "Organization quota")
        document = await self._context.database.read(
            lambda reader: _document(reader, _organizations(reader, caller))
        )
        return operations.GetOrganizationQuota200(body=Json(self._context.shown(document)))


class SpaceQuotas:
    """Implements the generated `SpaceQuotasApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_space_quotas(
        self,
        params: space_operations.ListSpaceQuotasParams,
        caller: Caller,  # noqa: ARG002 -- there is nothing to hide
    ) -> space_operations.ListSpaceQuotas200:
        """List no quota."""
        body = short_lists.page(
            "/v3/space_quotas",
            params,
            names=params.names,
            organization_guids=params.organization_guids,
            space_guids=params.space_guids,
        )
        return space_operations.ListSpaceQuotas200(body=Json(self._context.shown(body)))


def _organizations(reader: Reader, caller: Caller) -> list[str]:
    visible = () if caller.visible_to is None else (VisibleTo(caller.visible_to),)
    return [guid for (guid,) in reader.columns(ORGANIZATIONS, ("guid",), *visible)]


def _since(reader: Reader) -> int:
    """Return when the data directory was made: the quota has existed since then."""
    client = reader.first(CLIENTS)
    return 0 if client is None else client.created_at


def _document(reader: Reader, organizations: list[str]) -> bytes:
    return present(DEFAULT_QUOTA, DEFAULT_QUOTA_NAME, _since(reader), organizations)


def _passes(
    params: operations.ListOrganizationQuotasParams, organizations: list[str], since: int
) -> bool:
    wanted = params.organization_guids
    return (
        (params.guids is None or DEFAULT_QUOTA in params.guids)
        and (params.names is None or DEFAULT_QUOTA_NAME in params.names)
        and (wanted is None or not set(wanted).isdisjoint(organizations))
        and short_lists.lies_within(params, "created_ats", since)
        and short_lists.lies_within(params, "updated_ats", since)
    )
