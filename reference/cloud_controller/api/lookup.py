"""Is there such a resource, as far as the caller can tell (behaviour document, 1.2)?

What a caller may not read is for him not there: both answer 404 with the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error

if TYPE_CHECKING:
    from cloud_controller.auth import Caller
    from cloud_controller.store import Entity, Reader
    from cloud_controller.store.entities import RecordT


def record(
    reader: Reader, caller: Caller, entity: Entity[RecordT], guid: str, noun: str
) -> RecordT:
    """Return the record that a path names; raise 404 `<noun> not found` (1.2)."""
    found = reader.record(entity, guid, visible_to=caller.visible_to)
    if found is None:
        raise v3_error(table.RESOURCE_NOT_FOUND, noun)
    return found


def document(reader: Reader, caller: Caller, entity: Entity[Any], guid: str, noun: str) -> bytes:
    """Return the stored document of what a path names; raise 404 `<noun> not found` (1.2)."""
    found = reader.document(entity, guid, visible_to=caller.visible_to)
    if found is None:
        raise v3_error(table.RESOURCE_NOT_FOUND, noun)
    return found
