"""How do organizations come to share a domain of another one, and to share it no more?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from capi.operations import domain_sharing as operations
from cloud_controller.api import access, domain_sight
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.messages import domains as messages
from cloud_controller.domain.roles import Right
from cloud_controller.present.domains import domain as present
from cloud_controller.store import ORGANIZATIONS, clock
from cloud_controller.store.entities import DOMAINS, ROUTES
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.records import DomainRecord, OrganizationRecord


class DomainSharing:
    """Implements the generated `DomainSharingApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def share_domain(
        self,
        params: operations.ShareDomainParams,
        body: models.SharedOrganizations,
        caller: Caller,
    ) -> operations.ShareDomain200:
        """Let more organizations use a domain."""
        sent = raw(body)
        wanted = [one["guid"] for one in sent["data"]]
        shown = await self._context.database.write(
            lambda transaction: _share(transaction, caller, params.guid, wanted)
        )
        return operations.ShareDomain200(body=Json(shown))

    async def unshare_domain(
        self, params: operations.UnshareDomainParams, caller: Caller
    ) -> operations.UnshareDomain204:
        """Let an organization use a domain no more."""
        await self._context.database.write(
            lambda transaction: _unshare(transaction, caller, params.guid, params.org_guid)
        )
        return operations.UnshareDomain204()


def require_sharers(
    reader: Reader, caller: Caller, guids: Iterable[str], *, owner: str | None
) -> list[str]:
    """Return the organizations to share a domain with, each once.

    Raises 422 for the first that the caller may not let have it, or that owns it.
    """
    wanted = list(dict.fromkeys(guids))
    found = {guid: reader.record(ORGANIZATIONS, guid) for guid in wanted}
    for guid, organization in found.items():
        if organization is None:
            raise v3_error(table.UNPROCESSABLE, messages.sharer_unknown(guid))
    for organization in found.values():
        if organization is not None:
            _require_sharer(reader, caller, organization)
    if owner in found:
        raise v3_error(table.UNPROCESSABLE, messages.SHARED_WITH_OWNER)
    return wanted


def _require_sharer(reader: Reader, caller: Caller, organization: OrganizationRecord) -> None:
    guid = organization.guid
    if not _reads(reader, caller, guid):
        raise v3_error(table.UNPROCESSABLE, messages.sharer_hidden(guid))
    if not _manages(reader, caller, guid):
        raise v3_error(table.UNPROCESSABLE, messages.sharer_forbidden(organization.name))
    if organization.suspended and not caller.is_admin:
        raise v3_error(table.UNPROCESSABLE, messages.sharer_suspended(organization.name))


def _share(transaction: Transaction, caller: Caller, guid: str, wanted: Sequence[str]) -> bytes:
    domain = _domain(transaction, caller, guid)
    owner = domain.organization_guid
    if owner is not None:
        access.require(transaction, caller, Right.WRITE_ORGANIZATION, organization_guid=owner)
        access.require_active(transaction, caller, organization_guid=owner)
    elif not caller.is_admin:
        raise v3_error(table.NOT_AUTHORIZED)
    more = require_sharers(transaction, caller, wanted, owner=owner)
    if owner is None:
        raise v3_error(table.UNPROCESSABLE, messages.NOT_OF_AN_ORGANIZATION)
    sharing = list(dict.fromkeys([*domain.shared_organization_guids, *more]))
    if sharing != domain.shared_organization_guids:
        _store(transaction, domain, sharing)
    shown = [{"guid": one} for one in sharing if _reads(transaction, caller, one)]
    return json.dumps({"data": shown}, separators=(",", ":")).encode()


def _unshare(transaction: Transaction, caller: Caller, guid: str, sharer: str) -> None:
    domain = _domain(transaction, caller, guid)
    organization = transaction.record(ORGANIZATIONS, sharer)
    if organization is None:
        raise v3_error(table.UNPROCESSABLE, messages.organization_invalid(sharer))
    _require_unsharing(transaction, caller, domain, sharer)
    if not _reads(transaction, caller, sharer):
        raise v3_error(table.UNPROCESSABLE, messages.organization_invalid(sharer))
    if sharer not in domain.shared_organization_guids:
        raise v3_error(table.UNPROCESSABLE, messages.not_shared(organization.name))
    if transaction.first(ROUTES, domain_guid=guid, organization_guid=sharer) is not None:
        raise v3_error(table.UNPROCESSABLE, messages.SHARER_HAS_ROUTES)
    kept = [one for one in domain.shared_organization_guids if one != sharer]
    _store(transaction, domain, kept)


def _require_unsharing(reader: Reader, caller: Caller, domain: DomainRecord, sharer: str) -> None:
    """Raise 403 unless the caller manages the owner or the sharer and that one is active."""
    if caller.is_admin:
        return
    sides = [guid for guid in (domain.organization_guid, sharer) if guid is not None]
    managed = [guid for guid in sides if _manages(reader, caller, guid)]
    if not managed:
        raise v3_error(table.NOT_AUTHORIZED)
    if all(reader.referenced(ORGANIZATIONS, guid).suspended for guid in managed):
        raise v3_error(table.ORG_SUSPENDED)


def _domain(reader: Reader, caller: Caller, guid: str) -> DomainRecord:
    domain = domain_sight.find(reader, caller, guid)
    if domain is None:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Domain")
    return domain


def _reads(reader: Reader, caller: Caller, guid: str) -> bool:
    return reader.record(ORGANIZATIONS, guid, visible_to=caller.visible_to) is not None


def _manages(reader: Reader, caller: Caller, guid: str) -> bool:
    return access.may(reader, caller, Right.WRITE_ORGANIZATION, organization_guid=guid)


def _store(transaction: Transaction, domain: DomainRecord, sharing: list[str]) -> None:
    changed = replace(domain, shared_organization_guids=sharing, updated_at=clock.now())
    transaction.update(
        DOMAINS, changed, present(changed, transaction.metadata(DOMAINS, domain.guid))
    )
