"""Which oracles are there, and what do they say of a server?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specfoundry.fuzz.oracles.deletion import deletions
from specfoundry.fuzz.oracles.echo import echoes
from specfoundry.fuzz.oracles.filtering import filters
from specfoundry.fuzz.oracles.merging import merges
from specfoundry.fuzz.oracles.ordering import orders
from specfoundry.fuzz.oracles.paging import pages
from specfoundry.fuzz.oracles.queries import strict_queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from specfoundry.fuzz.oracles.ground import Complaint, Ground, Oracle

ORACLES: Final[Mapping[str, Oracle]] = {
    "echo": echoes,
    "filter": filters,
    "order": orders,
    "pagination": pages,
    "merge-patch": merges,
    "strict-query": strict_queries,
    "deletion": deletions,
}
"""By the name of the check, in the order in which they are asked: what destroys comes last."""


def examine(
    ground: Ground, listen: Callable[[str], None] = lambda _name: None
) -> Iterator[Complaint]:
    """Ask every oracle in turn; each complaint comes once.

    Args:
        ground: The live server.
        listen: Told the name of each oracle as it begins.
    """
    seen: set[tuple[str, str, str]] = set()
    for name, oracle in ORACLES.items():
        listen(name)
        for complaint in oracle(ground):
            key = (complaint.check, complaint.operation, complaint.message)
            if key not in seen:
                seen.add(key)
                yield complaint
