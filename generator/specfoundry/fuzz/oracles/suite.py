"""Which oracles are there, and what do they say of a server?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specfoundry.fuzz.oracles.addresses import addresses
from specfoundry.fuzz.oracles.belonging import belongings
from specfoundry.fuzz.oracles.blobs import blobs
from specfoundry.fuzz.oracles.bodies import bodies
from specfoundry.fuzz.oracles.cascades import cascades
from specfoundry.fuzz.oracles.cases import cases
from specfoundry.fuzz.oracles.concurrency import races
from specfoundry.fuzz.oracles.deletion import deletions
from specfoundry.fuzz.oracles.durability import survivals
from specfoundry.fuzz.oracles.echo import echoes
from specfoundry.fuzz.oracles.filtering import filters
from specfoundry.fuzz.oracles.including import inclusions
from specfoundry.fuzz.oracles.merging import merges
from specfoundry.fuzz.oracles.moments import moments
from specfoundry.fuzz.oracles.ordering import orders
from specfoundry.fuzz.oracles.paging import pages
from specfoundry.fuzz.oracles.positions import numbered
from specfoundry.fuzz.oracles.protocol import protocol
from specfoundry.fuzz.oracles.queries import queries
from specfoundry.fuzz.oracles.raw_bodies import raw_bodies
from specfoundry.fuzz.oracles.rights import permissions
from specfoundry.fuzz.oracles.shortage import shortages
from specfoundry.fuzz.oracles.sight import sights
from specfoundry.fuzz.oracles.texts import texts
from specfoundry.fuzz.oracles.tokens import tokens
from specfoundry.fuzz.oracles.uniqueness import twins
from specfoundry.fuzz.server.session import StopRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground, Oracle
    from specfoundry.fuzz.live.trial import Complaint

ORACLES: Final[Mapping[str, Oracle]] = {
    "list": belongings,
    "order": orders,
    "include": inclusions,
    "pagination": pages,
    "echo": echoes,
    "text": texts,
    "address": addresses,
    "unique": twins,
    "position": numbered,
    "sight": sights,
    "blob": blobs,
    "merge-patch": merges,
    "time": moments,
    "query": queries,
    "filter": filters,
    "tokens": tokens,
    "rights": permissions,
    "protocol": protocol,
    "raw-body": raw_bodies,
    "bodies": bodies,
    "case": cases,
    "deletion": deletions,
    "cascade": cascades,
    "concurrency": races,
    "shortage": shortages,
    "durability": survivals,
}
"""By the name of the check, in the order in which they are asked: the cheap before the dear, and what
destroys last."""


def examine(
    ground: Ground,
    judge: Sequence[Complaint] = (),
    names: Sequence[str] = tuple(ORACLES),
    listen: Callable[[str], None] = lambda _name: None,
    crashed: Callable[[str, Exception], None] | None = None,
) -> Iterator[Complaint]:
    """Ask oracles in turn; each complaint comes once, as soon as it is known.

    Args:
        ground: The live server.
        judge: A list that grows by the judge's complaints about every answer (`Judge.watch`).
        names: Which oracles.
        listen: Told the name of each oracle as it begins.
        crashed: Told the name of an oracle that failed by our own fault, and why, before the next
            one is asked; None: the failure is raised.

    Raises:
        GoneError: The server has stopped answering.
    """
    seen: set[tuple[str, str, str]] = set()
    told = 0
    for complaint in _asked(ground, names, listen, crashed):
        while told < len(judge):
            yield from _once(judge[told], seen)
            told += 1
        if isinstance(complaint, StopRunError):
            raise complaint
        if complaint is not None:
            yield from _once(complaint, seen)


def _asked(
    ground: Ground,
    names: Sequence[str],
    listen: Callable[[str], None],
    crashed: Callable[[str, Exception], None] | None,
) -> Iterator[Complaint | StopRunError | None]:
    """Yield what oracles say, None behind each of them, and last why no further one is asked."""
    for name in names:
        listen(name)
        try:
            yield from _sheltered(name, ground, crashed)
        except StopRunError as error:
            yield error
            return
        yield None


def _sheltered(
    name: str, ground: Ground, crashed: Callable[[str, Exception], None] | None
) -> Iterator[Complaint]:
    try:
        yield from ORACLES[name](ground)
    except StopRunError:
        raise
    except Exception as error:
        if crashed is None:
            raise
        crashed(name, error)


def _once(complaint: Complaint, seen: set[tuple[str, str, str]]) -> Iterator[Complaint]:
    key = (complaint.check, complaint.operation, complaint.message)
    if key not in seen:
        seen.add(key)
        yield complaint
