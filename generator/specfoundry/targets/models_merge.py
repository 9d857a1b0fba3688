"""When can `allOf` not become inheritance?

Where two parts describe one property in ways that exclude each other, or where a discriminator tells
a class from its own base, no subclass can be made: the parts become one class.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SCHEMAS = "#/components/schemas/"
_MERGED = frozenset(
    {"type", "properties", "required", "additionalProperties", "allOf", "discriminator"}
)
_TOLD = frozenset({"description", "deprecated", "default", "readOnly", "writeOnly", "nullable"})


def merge_conflicting(
    node: dict[str, Any], schemas: Mapping[str, Any], *, always: bool = False
) -> None:
    """Replace the `allOf` of `node` by one object where its parts contradict each other."""
    if not isinstance(node.get("allOf"), list):
        return
    parts = _parts(node, schemas, frozenset())
    if parts is None or not (always or _is_conflicting(parts)):
        return
    merged = copy.deepcopy(_merged(parts))
    for key in ("allOf", "discriminator"):
        node.pop(key, None)
    node |= merged


def break_circles(schemas: Mapping[str, Any]) -> None:
    """Remove the parts of `allOf` that lead back to their own schema: they say nothing more."""
    done: set[str] = set()
    for start in schemas:
        trail: dict[str, None] = {}
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, is_leaving = stack.pop()
            if is_leaving:
                del trail[name]
                done.add(name)
            elif name not in done and isinstance(schemas.get(name), dict):
                trail[name] = None
                stack.append((name, True))
                node = schemas[name]
                node |= _without_circles(node, trail)
                stack += [(base, False) for base in _references(node.get("allOf") or ())]


def _without_circles(node: dict[str, Any], trail: Mapping[str, None]) -> dict[str, Any]:
    parts = node.get("allOf")
    if not isinstance(parts, list):
        return {}
    return {
        "allOf": [part for part in parts if not trail.keys() & set(_references([part]))] or [{}]
    }


def bases_among(node: dict[str, Any], schemas: Mapping[str, Any]) -> set[str]:
    """Return the variants of a discriminated union that inherit from another variant of it."""
    if "discriminator" not in node:
        return set()
    variants = set(_references([*(node.get("oneOf") or ()), *(node.get("anyOf") or ())]))
    return {
        name
        for name in variants
        if isinstance(schemas.get(name), dict)
        and variants.intersection(_references(schemas[name].get("allOf") or ()))
    }


def _references(parts: Iterable[Any]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, dict) and isinstance(part.get("$ref"), str):
            yield part["$ref"].removeprefix(_SCHEMAS)


def _parts(
    node: dict[str, Any], schemas: Mapping[str, Any], above: frozenset[str]
) -> list[dict[str, Any]] | None:
    """Return the plain objects that make up a schema, None when there is anything else."""
    reference = node.get("$ref")
    if isinstance(reference, str):
        name = reference.removeprefix(_SCHEMAS)
        target = schemas.get(name)
        if name in above or not isinstance(target, dict):
            return None
        return _parts(target, schemas, above | {name})
    if node.get("type", "object") != "object" or node.keys() - _MERGED - _TOLD:
        return None
    found: list[dict[str, Any]] = []
    for part in node.get("allOf") or ():
        inner = _parts(part, schemas, above) if isinstance(part, dict) else None
        if inner is None:
            return None
        found += inner
    return [*found, node]


def _is_conflicting(parts: Iterable[dict[str, Any]]) -> bool:
    seen: dict[str, Any] = {}
    for part in parts:
        for name, schema in (part.get("properties") or {}).items():
            if name in seen and not _is_narrowed(seen[name], schema):
                return True
            seen[name] = schema
    return False


def _is_narrowed(wide: Any, narrow: Any) -> bool:
    """Return whether `narrow` says all that `wide` says, and perhaps more."""
    if not isinstance(wide, dict) or not isinstance(narrow, dict):
        return bool(wide == narrow)
    return all(narrow.get(key) == wide[key] for key in wide.keys() - _TOLD)


def _merged(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: dict[str, None] = {}
    merged: dict[str, Any] = {"type": "object"}
    for part in parts:
        for name, schema in (part.get("properties") or {}).items():
            properties[name] = _both(properties[name], schema) if name in properties else schema
        required |= dict.fromkeys(part.get("required") or ())
        told = _TOLD | {"additionalProperties"}
        merged |= {key: value for key, value in part.items() if key in told}
    return merged | {"properties": properties, "required": list(required)}


def _both(first: Any, second: Any) -> Any:
    if not isinstance(first, dict) or not isinstance(second, dict) or "$ref" in second:
        return second
    if "$ref" in first:
        return second if second.keys() - _TOLD else first
    both = first | second
    if "enum" in first and "enum" in second:
        common = [value for value in first["enum"] if value in second["enum"]]
        both["enum"] = common or second["enum"]
    return both
