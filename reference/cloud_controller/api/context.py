"""What do all operations work with?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloud_controller.store import reveal

if TYPE_CHECKING:
    from cloud_controller.blobs import Blobs, ResourceCache
    from cloud_controller.settings import Settings
    from cloud_controller.store import Database


@dataclass(frozen=True, slots=True)
class Context:
    """The open stores and the settings of one server process."""

    settings: Settings
    database: Database
    blobs: Blobs
    resources: ResourceCache

    def shown(self, document: bytes) -> bytes:
        """Return a stored or freshly presented document with the external address in it."""
        return reveal(document, self.settings.base_url)

    def job_url(self, guid: str) -> str:
        """Return the absolute URL of a job, as `Location` carries it."""
        return f"{self.settings.base_url}/v3/jobs/{guid}"
