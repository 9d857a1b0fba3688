"""Where are the labels and annotations of resources of all types?"""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from cloud_controller.store.tables import columns


def _keyed_values(name: str) -> Table:
    """Describe labels or annotations: rows that belong to one resource of any type."""
    return Table(
        name,
        columns.METADATA,
        Column("id", columns.ID, primary_key=True),
        Column("resource_type", Text, nullable=False),
        Column("resource_guid", Text, nullable=False),
        Column("prefix", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("value", Text, nullable=False),
        Index(None, "resource_guid", "prefix", "name", "resource_type", unique=True),
    )


LABELS = _keyed_values("labels")
Index(None, LABELS.c.resource_type, LABELS.c.prefix, LABELS.c.name, LABELS.c.value)
ANNOTATIONS = _keyed_values("annotations")
