"""How does the metadata of a request reach the store (1.8)?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.domain import metadata as rules

if TYPE_CHECKING:
    from cloud_controller.store import Metadata


def merged(stored: Metadata, body: Mapping[str, Any]) -> Metadata:
    """Return the metadata after the change that a checked body asks for.

    Raises 422 with code 390020 or 390023 when there would be too many entries.
    """
    sent = body.get("metadata")
    labels = rules.changes(sent, "labels")
    annotations = rules.changes(sent, "annotations")
    result = stored.merged(labels, annotations)
    _check("labels", stored.labels, result.labels, len(labels))
    _check("annotations", stored.annotations, result.annotations, len(annotations))
    return result


def require_room(body: object) -> None:
    """Raise 422 with code 390020 or 390023 when a refused body alone has too many entries."""
    sent = body.get("metadata") if isinstance(body, Mapping) else None
    for kind in ("labels", "annotations"):
        entries = rules.changes(sent, kind)
        _check(kind, {}, dict.fromkeys(entries, ""), len(entries))


def _check(kind: str, before: Mapping[str, str], after: Mapping[str, str], sent: int) -> None:
    exceeded = rules.limit(kind, before=len(before), after=len(after), sent=sent)
    if exceeded is not None:
        error = table.LABEL_LIMIT if kind == "labels" else table.ANNOTATION_LIMIT
        raise v3_error(error, exceeded.text)
