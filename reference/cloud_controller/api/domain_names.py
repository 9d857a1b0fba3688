"""Is the name of a new domain free?

The rules are those of `Domain#validate` and `PrivateDomain#validate` (app/models/runtime).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_controller.domain.messages import domains as messages
from cloud_controller.store.entities import DOMAINS, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cloud_controller.store import Reader
    from cloud_controller.store.records import DomainRecord


def problem(reader: Reader, name: str, owner: str | None) -> str | None:
    """Return why a domain cannot have this name, `None` if it can.

    Args:
        reader: Knows the domains that are there.
        name: Of the new domain; letter case makes no difference.
        owner: Guid of the organization that it is to belong to, if any.

    """
    present = {one.name.lower(): one for one in reader.all(DOMAINS)}
    above = _and_above(name.lower())
    if above[0] in present:
        return messages.name_taken(name)
    taken = _first_of_another(present, above[1:], owner) or _first_below(present, above[0], owner)
    if taken is not None:
        return messages.name_reserved(name, taken.name, "another domain")
    address = _routed(reader, present, above)
    return messages.name_reserved(name, address, "a route") if address else None


def _and_above(name: str) -> list[str]:
    """Return a name and all names that it ends in, the longest first."""
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _first_of_another(
    present: dict[str, DomainRecord], above: Sequence[str], owner: str | None
) -> DomainRecord | None:
    """Return the domain of another organization in which the new one would be."""
    found = (present[name] for name in above if name in present)
    return next((one for one in found if one.organization_guid not in (None, owner)), None)


def _first_below(
    present: dict[str, DomainRecord], name: str, owner: str | None
) -> DomainRecord | None:
    """Return a domain that an organization's new one would take away from others."""
    if owner is None:
        return None
    below: Iterable[DomainRecord] = (
        one for known, one in present.items() if known.endswith(f".{name}")
    )
    return next((one for one in below if one.organization_guid != owner), None)


def _routed(reader: Reader, present: dict[str, DomainRecord], above: Sequence[str]) -> str | None:
    """Return the address of a route that has the name or a part of it."""
    for address in above:
        host, _, rest = address.partition(".")
        domain = present.get(rest)
        if domain is None:
            continue
        routes = reader.all(ROUTES, domain_guid=domain.guid)
        if any(one.host.lower() == host for one in routes):
            return address
    return None
