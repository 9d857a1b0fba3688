"""Which blobs belong to nothing, and which rows miss their blob?

Runs when a server has the data directory to itself, before it listens: a kill between storing a
blob and committing its row, or between deleting a row and its blob, leaves an orphan behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cloud_controller.blobs.protocol import BlobKey
from cloud_controller.store.entities import BUILDPACKS, DROPLETS, JOBS, PACKAGES, RESOURCES
from cloud_controller.store.query import In

if TYPE_CHECKING:
    from cloud_controller.blobs.protocol import Blobs, Namespace
    from cloud_controller.store.database import Database
    from cloud_controller.store.entities import Entity
    from cloud_controller.store.query import Filter


class _Owner(NamedTuple):
    """The rows that name the blobs of a namespace in `column`."""

    namespace: Namespace
    entity: Entity[Any]
    column: str
    only: tuple[Filter, ...] = ()


_OWNERS = (
    _Owner("packages", PACKAGES, "blob"),
    _Owner("buildpacks", BUILDPACKS, "blob"),
    _Owner(
        "buildpacks",
        JOBS,
        "guid",
        (In("operation", ("buildpack.upload",)), In("state", ("PROCESSING",))),
    ),
    _Owner("droplets", DROPLETS, "blob"),
    _Owner("resources", RESOURCES, "guid"),
    _Owner("uploads", PACKAGES, "guid", (In("state", ("PROCESSING_UPLOAD",)),)),
    _Owner("uploads", DROPLETS, "guid", (In("state", ("PROCESSING_UPLOAD",)),)),
)


class Sweep(NamedTuple):
    """What a sweep found."""

    removed: tuple[BlobKey, ...]
    """Blobs without a row; they are gone now."""
    missing: tuple[BlobKey, ...]
    """Blobs that a row names and that are not there."""


async def sweep(database: Database, blobs: Blobs) -> Sweep:
    """Remove orphaned blobs and look for missing ones."""
    removed: list[BlobKey] = []
    missing: list[BlobKey] = []
    for namespace in dict.fromkeys(owner.namespace for owner in _OWNERS):
        async for keys in blobs.keys(namespace):
            removed += await _remove_orphans(database, blobs, keys, namespace)
    for owner in _OWNERS:
        if not owner.only:  # an upload may consist of fingerprints alone
            missing += await _missing(database, blobs, owner)
    return Sweep(tuple(removed), tuple(missing))


async def _remove_orphans(
    database: Database, blobs: Blobs, keys: list[BlobKey], namespace: Namespace
) -> list[BlobKey]:
    names = tuple(key.name for key in keys)
    known: set[str] = set()
    for owner in _OWNERS:
        if owner.namespace == namespace:
            known.update(await _names(database, owner, In(owner.column, names)))
    orphans = [key for key in keys if key.name not in known]
    for key in orphans:
        await blobs.delete(key)
    return orphans


async def _missing(database: Database, blobs: Blobs, owner: _Owner) -> list[BlobKey]:
    keys = [BlobKey(owner.namespace, name) for name in await _names(database, owner)]
    return [key for key in keys if await blobs.find(key) is None]


async def _names(database: Database, owner: _Owner, *filters: Filter) -> dict[str, None]:
    rows = await database.read(
        lambda reader: reader.columns(owner.entity, (owner.column,), *owner.only, *filters)
    )
    return {row[0]: None for row in rows if row[0] is not None}
