"""Which schemas speak of which place of a JSON value?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import join
from specfoundry.fuzz.promises.contract import target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_IN_PLACE: Final = ("allOf", "anyOf", "oneOf")
_CONDITIONAL: Final = ("if", "then", "else")
_DEPTH: Final = 8


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a value.

    Attributes:
        pointer: Where it is.
        value: What is there.
        schemas: All that speak of it, references followed; alternatives count, too.

    """

    pointer: str
    value: Any
    schemas: tuple[Mapping[str, Any], ...]

    def told(self, keyword: str) -> list[Any]:
        """Return what its schemas say by a keyword, each thing once."""
        found: list[Any] = []
        for schema in self.schemas:
            if keyword in schema and schema[keyword] not in found:
                found.append(schema[keyword])
        return found


def spots(root: Mapping[str, Any], schema: Any, value: Any) -> Iterator[Spot]:
    """Yield every place of a value with its schemas, outer ones first.

    Args:
        root: The document that references lead into.
        schema: Of the whole value.
        value: A JSON value.
    """
    yield from _spots(root, tuple(parts(root, schema)), value, "")


def _spots(
    root: Mapping[str, Any], schemas: tuple[Mapping[str, Any], ...], value: Any, pointer: str
) -> Iterator[Spot]:
    yield Spot(pointer, value, schemas)
    for step, member in _members(value):
        inner = tuple(
            part
            for schema in schemas
            for child in children(schema, step)
            for part in parts(root, child)
        )
        yield from _spots(root, inner, member, join(pointer, step))


def _members(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def parts(root: Mapping[str, Any], schema: Any, depth: int = _DEPTH) -> Iterator[Mapping[str, Any]]:
    """Yield a schema, and every schema in it that speaks of the same value."""
    _, node = target(root, "", schema)
    if not node or depth == 0:
        return
    yield node
    if isinstance(schema, dict) and "$ref" in schema and len(schema) > 1:
        yield {key: value for key, value in schema.items() if key != "$ref"}
    for keyword in _IN_PLACE:
        for branch in node.get(keyword, ()):
            yield from parts(root, branch, depth - 1)
    for keyword in _CONDITIONAL:
        if keyword in node:
            yield from parts(root, node[keyword], depth - 1)


def children(schema: Mapping[str, Any], step: str | int) -> Iterator[Any]:
    """Yield the schemas of what is one step inside the values of a schema."""
    if isinstance(step, int):
        prefix = schema.get("prefixItems", ())
        if step < len(prefix):
            yield prefix[step]
        elif "items" in schema:
            yield schema["items"]
        return
    known = False
    if step in schema.get("properties", {}):
        known = True
        yield schema["properties"][step]
    for pattern, child in schema.get("patternProperties", {}).items():
        if re.search(pattern, step):
            known = True
            yield child
    if not known and isinstance(schema.get("additionalProperties"), dict):
        yield schema["additionalProperties"]
