"""What must a store of blobs be able to do?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

Namespace: TypeAlias = Literal["packages", "buildpacks", "droplets", "resources", "uploads"]
"""`uploads` holds accepted request bodies until a job has processed them."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{3,199}", re.ASCII)


class BlobError(Exception):
    """The blob store failed; the text is one line."""


class BlobMissingError(BlobError):
    """There is no blob under this key; the text is the real blob store's (2.6)."""

    def __init__(self, key: BlobKey) -> None:
        super().__init__(f"Could not find object '{key.name}'")
        self.key = key


@dataclass(frozen=True, slots=True)
class BlobKey:
    """The name of a blob: usually the guid of its resource, in the namespace of its kind.

    Raises:
        ValueError: The name has other characters than letters, digits, `_` and `-`, or is shorter
            than 4 or longer than 200.

    """

    namespace: Namespace
    name: str

    def __post_init__(self) -> None:
        """Refuse names that could leave the namespace."""
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name for a blob")


class BlobFile(NamedTuple):
    """A blob that lies in a local file. Another store may later answer a signed URL instead."""

    path: Path
    size: int


class Blobs(Protocol):
    """A store of immutable blobs; every method is safe to repeat."""

    async def put(self, key: BlobKey, source: Path) -> None:
        """Move the file `source` here, durably; an older blob under this key is replaced."""

    async def copy(self, source: BlobKey, destination: BlobKey) -> None:
        """Copy a blob.

        Raises:
            BlobMissingError: There is no `source`.

        """

    async def find(self, key: BlobKey) -> BlobFile | None:
        """Return where the blob lies, or `None`."""

    async def delete(self, key: BlobKey) -> bool:
        """Remove a blob; `False` if there was none."""

    def keys(self, namespace: Namespace) -> AsyncIterator[list[BlobKey]]:
        """Yield all keys of a namespace, in batches."""
