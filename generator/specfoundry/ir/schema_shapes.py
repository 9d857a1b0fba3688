"""Which JSON types can the text of a parameter or form field stand for?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from specfoundry.ir.types import Shape, ShapeKind

if TYPE_CHECKING:
    from specfoundry.ir.nodes import Nodes

_ORDER: tuple[ShapeKind, ...] = (
    "null",
    "boolean",
    "integer",
    "number",
    "array",
    "object",
    "string",
    "any",
)
_KNOWN = frozenset(get_args(ShapeKind))
_DEPTH = 5
ANY = Shape(kinds=("any",))


def shape_of(nodes: Nodes, schema: Any, depth: int = _DEPTH) -> Shape:
    """Return the shape of a schema; what is nested deeper than a parameter can be is `any`."""
    if depth == 0 or not isinstance(schema, dict):
        return ANY
    node = nodes.resolve(schema)
    parts = [shape_of(nodes, part, depth - 1) for part in _alternatives(node)]
    own = _kinds(node)
    if not own and not parts:
        return ANY
    kinds = set(own).union(*(part.kinds for part in parts))
    known: tuple[ShapeKind, ...] = tuple(kind for kind in _ORDER if kind in kinds)
    if "any" in kinds and len(kinds) > 1 and not own:
        known = ("any",)
    items = next((part.items for part in parts if part.items), None)
    if "items" in node:
        items = shape_of(nodes, node["items"], depth - 1)
    return Shape(
        kinds=known,
        items=items or (ANY if "array" in known else None),
        properties=_properties(nodes, node, parts, depth),
        additional=_additional(nodes, node, depth),
    )


def _alternatives(node: dict[str, Any]) -> list[Any]:
    return [part for key in ("anyOf", "oneOf", "allOf") for part in node.get(key, ())]


def _kinds(node: dict[str, Any]) -> list[str]:
    given = node.get("type")
    if given is not None:
        listed = given if isinstance(given, list) else [given]
        return [kind for kind in listed if kind in _KNOWN]
    if "const" in node or "enum" in node:
        values = node["enum"] if "enum" in node else [node["const"]]
        return sorted({_kind_of(value) for value in values})
    if "properties" in node or "additionalProperties" in node:
        return ["object"]
    return ["array"] if "items" in node else []


def _kind_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _properties(
    nodes: Nodes, node: dict[str, Any], parts: list[Shape], depth: int
) -> tuple[tuple[str, Shape], ...]:
    found = {name: shape for part in parts for name, shape in part.properties}
    for name, schema in (node.get("properties") or {}).items():
        found[name] = shape_of(nodes, schema, depth - 1)
    return tuple(found.items())


def _additional(nodes: Nodes, node: dict[str, Any], depth: int) -> Shape | None:
    schema = node.get("additionalProperties", True)
    if schema is False or "object" not in _kinds(node):
        return None
    return shape_of(nodes, schema, depth - 1) if isinstance(schema, dict) else ANY
