"""Which domains can a caller see, and which one does an organization use if nothing is said?"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from cloud_controller.domain.roles import OrganizationRole
from cloud_controller.store import SPACES, In
from cloud_controller.store.entities import DOMAINS, ROLES

if TYPE_CHECKING:
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader
    from cloud_controller.store.records import DomainRecord

# The document itself is not parsed: its addresses are only put in when it is sent.
_SHARING: Final = re.compile(rb'"shared_organizations":\{"data":(\[[^\]]+\])')
_READERS: Final = frozenset({OrganizationRole.MANAGER.value, OrganizationRole.AUDITOR.value})


def organizations_read(reader: Reader, caller: Caller) -> frozenset[str] | None:
    """Return the organizations whose content the caller can read, `None` for all of them.

    Any role in a space of an organization counts, and of the roles in the organization itself
    manager and auditor (permissions.rb, `readable_org_guids_for_domains_query`).
    """
    if caller.reads_all:
        return None
    found = set()
    for role in reader.all(ROLES, user_guid=caller.user_guid):
        if role.space_guid is not None:
            found.add(reader.referenced(SPACES, role.space_guid).organization_guid)
        elif role.organization_guid is not None and role.type in _READERS:
            found.add(role.organization_guid)
    return frozenset(found)


def is_seen(domain: DomainRecord, organizations: frozenset[str] | None) -> bool:
    """Return whether one who reads these organizations sees the domain; shared ones all do."""
    if organizations is None or domain.organization_guid is None:
        return True
    return not organizations.isdisjoint(
        {domain.organization_guid, *domain.shared_organization_guids}
    )


def as_seen(document: bytes, organizations: frozenset[str] | None) -> bytes:
    """Return a domain's document with only those sharing organizations that the caller can read."""
    match = None if organizations is None else _SHARING.search(document)
    if match is None or organizations is None:
        return document
    shared = [one for one in json.loads(match[1]) if one["guid"] in organizations]
    shown = json.dumps(shared, separators=(",", ":")).encode()
    return document[: match.start(1)] + shown + document[match.end(1) :]


def seen(reader: Reader, caller: Caller) -> list[In]:
    """Return what a list of domains must be narrowed by so that it shows only what is seen."""
    organizations = organizations_read(reader, caller)
    if organizations is None:
        return []
    guids = [one.guid for one in reader.all(DOMAINS) if is_seen(one, organizations)]
    return [In("guid", tuple(guids))]


def find(reader: Reader, caller: Caller, guid: str) -> DomainRecord | None:
    """Return a domain that the caller sees, or `None`."""
    domain = reader.record(DOMAINS, guid)
    if domain is None or not is_seen(domain, organizations_read(reader, caller)):
        return None
    return domain


def is_usable(domain: DomainRecord, organization_guid: str) -> bool:
    """Return whether routes of the organization can be in the domain."""
    owner = domain.organization_guid
    return owner in (None, organization_guid) or (
        organization_guid in domain.shared_organization_guids
    )


def default_domain(reader: Reader, organization_guid: str) -> DomainRecord | None:
    """Return the oldest shared domain that is not internal, else the organization's oldest."""
    shared = reader.first(DOMAINS, organization_guid=None, internal=False)
    return shared or reader.first(DOMAINS, organization_guid=organization_guid)
