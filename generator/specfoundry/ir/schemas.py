"""Which schemas does a schema contain, and what else is only data?

A walk over every mapping would take a property called `format` for the keyword, and an example for
a schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# JSON Schema 2020-12, Core 10 and 11; Validation 8.5 (contentSchema).
_ONE = (
    "items",
    "additionalItems",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
)
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")


def iter_schemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield a schema and all schemas inside it, not following references.

    What a caller has changed in a schema that was yielded is walked as changed.
    """
    stack = [schema]
    while stack:
        current = stack.pop()
        if isinstance(current, dict):
            yield current
            stack.extend(_inside(current))


def _inside(schema: dict[str, Any]) -> Iterator[Any]:
    for key in _ONE:
        if key in schema:
            yield schema[key]
    for key in _LISTS:
        if isinstance(schema.get(key), list):
            yield from schema[key]
    for key in _MAPS:
        if isinstance(schema.get(key), dict):
            yield from schema[key].values()
