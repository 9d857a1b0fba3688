"""Which files of earlier uploads does the server still know by their SHA-1 (2.8, 2.11)?"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from cloud_controller.blobs.protocol import BlobError, BlobKey, BlobMissingError
from cloud_controller.store import clock
from cloud_controller.store.entities import RESOURCES
from cloud_controller.store.query import In
from cloud_controller.store.records import ResourceRecord

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from cloud_controller.blobs.protocol import BlobFile, Blobs
    from cloud_controller.store.database import Database
    from cloud_controller.store.transaction import Transaction


class ResourceDamagedError(BlobError):
    """A cached file did not match its SHA-1 and was removed (error 150010)."""


class ResourceCache:
    """Files by SHA-1: the bytes among the blobs, the sizes in the database."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    async def known(self, sha1s: Collection[str]) -> dict[str, int]:
        """Return the sizes of those files that are cached, by SHA-1."""
        wanted = tuple(sha1s)
        return await self._database.read(
            lambda reader: dict(reader.columns(RESOURCES, ("guid", "size"), In("guid", wanted)))
        )

    async def add(self, sha1: str, source: Path) -> None:
        """Move a file, whose SHA-1 the caller has computed, into the cache."""
        key = BlobKey("resources", sha1)
        await self._blobs.put(key, source)
        stored = await self._blobs.find(key)
        size = stored.size if stored else 0
        moment = clock.now()
        record = ResourceRecord(guid=sha1, created_at=moment, updated_at=moment, size=size)

        def remember(transaction: Transaction) -> None:
            if transaction.record(RESOURCES, sha1) is None:
                transaction.insert(RESOURCES, record)

        await self._database.write(remember)

    async def fetch(self, sha1: str) -> BlobFile:
        """Return the cached file after comparing its bytes with the SHA-1.

        Raises:
            BlobMissingError: It is not cached.
            ResourceDamagedError: Its bytes are others; it has been removed.

        """
        key = BlobKey("resources", sha1)
        blob = await self._blobs.find(key)
        if blob is None:
            raise BlobMissingError(key)
        if await asyncio.to_thread(_sha1, blob.path) != sha1:
            await self._database.write(lambda transaction: transaction.delete(RESOURCES, sha1))
            await self._blobs.delete(key)
            raise ResourceDamagedError(
                "One or more cached resources did not match the given checksum."
                " They have been deleted; please retry package upload."
            )
        return blob


def _sha1(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()
