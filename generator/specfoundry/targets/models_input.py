"""What does datamodel-code-generator read, so that its models say what the document says?

It reads a document of schemas only. What it would take amiss is said in another way that means the
same.
"""

from __future__ import annotations

import copy
import sys
from typing import TYPE_CHECKING, Any

from specfoundry.ir.patterns import runnable_pattern
from specfoundry.ir.schema_types import EXACT, UUID_PATTERN, is_fitting
from specfoundry.ir.schemas import iter_schemas
from specfoundry.targets.models_merge import bases_among, break_circles, merge_conflicting
from specfoundry.targets.models_unions import settle_discriminators

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SCHEMAS = "#/components/schemas/"
# Keywords that hold for one type only (JSON Schema 2020-12, Validation 6).
_OF_TYPE = {
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "object": (
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
    ),
}
_OF_TYPE["integer"] = (*_OF_TYPE["number"], "format")
# Texts whose Python types would not give back what came in.
_PLAIN_TEXT = frozenset({"time", "duration", "byte"})
_LENGTHS = frozenset(
    {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
)
_UNPRINTED = ("examples", "example", "title", "$comment", "externalDocs", "xml")


def models_input(lifted: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a document of schemas only, under the names that the models are to have.

    Args:
        lifted: the bundled document after `ir.lift`; it stays as it is.
        names: class names of its components.schemas.
    """
    found = copy.deepcopy((lifted.get("components") or {}).get("schemas") or {})
    schemas: dict[str, Any] = {names[key]: schema for key, schema in found.items()}
    renamed = {_escaped(key): name for key, name in names.items()}
    for node in _iter_all(schemas):
        _clean(node)
        _rename(node, renamed)
    break_circles(schemas)
    settle_discriminators(schemas, names)
    inheriting = {name for node in _iter_all(schemas) for name in bases_among(node, schemas)}
    for name in sorted(inheriting):
        merge_conflicting(schemas[name], schemas, always=True)
    formats: set[str] = set()
    for node in _iter_all(schemas):
        _adapt(node, schemas)
        formats |= _exact(node)
    return {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas | {name: {"type": "string"} for name in sorted(formats)}},
    }


def _iter_all(schemas: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for schema in schemas.values():
        yield from iter_schemas(schema)


def _clean(node: dict[str, Any]) -> None:
    for key in _UNPRINTED:
        node.pop(key, None)
    if isinstance(node.get("description"), str):
        node["description"] = _printable(node["description"])


def _rename(node: dict[str, Any], renamed: Mapping[str, str]) -> None:
    if "$ref" in node:
        node["$ref"] = _renamed(node["$ref"], renamed)
    discriminator = node.get("discriminator")
    if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
        discriminator["mapping"] = {
            value: _renamed(target, renamed) for value, target in discriminator["mapping"].items()
        }


def _renamed(reference: Any, renamed: Mapping[str, str]) -> Any:
    if not isinstance(reference, str) or not reference.startswith(_SCHEMAS):
        return reference
    key, slash, rest = reference.removeprefix(_SCHEMAS).partition("/")
    return f"{_SCHEMAS}{renamed.get(key, key)}{slash}{rest}"


def _adapt(node: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    merge_conflicting(node, schemas)
    _unwrap_literal(node, schemas)
    _fit_limits(node)
    _relax_directions(node)
    _drop_unfit_default(node, schemas)
    _split_types(node)
    _adapt_text(node)
    _adapt_pattern(node)
    _adapt_pattern_properties(node)


def _unwrap_literal(node: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    # Nothing comes out for a component that is `allOf` of one list of values.
    parts = node.get("allOf")
    if not isinstance(parts, list) or len(parts) != 1 or "$ref" in node:
        return
    if isinstance(parts[0], dict) and {"enum", "const"} & _followed(node, schemas).keys():
        del node["allOf"]
        node.update(parts[0] | node)


def _fit_limits(node: dict[str, Any]) -> None:
    # A length is a machine's word for pydantic; none is as long as what does not fit into one.
    for name in _LENGTHS & node.keys():
        value = node[name]
        if isinstance(value, int | float) and not 0 <= value <= sys.maxsize:
            del node[name]
        elif isinstance(value, float):
            node[name] = int(value)


def _relax_directions(node: dict[str, Any]) -> None:
    # One model serves both directions, so what only one of them sends cannot be required.
    properties = node.get("properties")
    if isinstance(properties, dict) and isinstance(node.get("required"), list):
        node["required"] = [
            name for name in node["required"] if not _is_one_way(properties.get(name))
        ]


def _is_one_way(schema: Any) -> bool:
    return isinstance(schema, dict) and bool(schema.get("readOnly") or schema.get("writeOnly"))


def _drop_unfit_default(node: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    # An optional member that is left out is MISSING, not null, and nothing validates a default.
    if "default" not in node:
        return
    schema = _followed(node, schemas)
    value = node["default"]
    if isinstance(value, list):
        items = _followed(schema.get("items") or {}, schemas)
        if schema.get("type") == "array" and all(is_fitting(item, items) for item in value):
            return
    elif isinstance(value, dict):
        is_open = not isinstance(schema.get("additionalProperties"), dict)
        described = schema.keys() & {"properties", "allOf", "patternProperties"}
        if schema.get("type") == "object" and is_open and not described:
            return
    elif is_fitting(value, schema):
        return
    del node["default"]


def _followed(node: Any, schemas: Mapping[str, Any]) -> dict[str, Any]:
    for _ in range(len(schemas) + 1):
        if not isinstance(node, dict):
            return {}
        parts: list[Any] = node.get("allOf") or []
        reference = (parts[0] if len(parts) == 1 else node).get("$ref")
        if not isinstance(reference, str):
            return node
        node = schemas.get(reference.removeprefix(_SCHEMAS))
    return {}


def _split_types(node: dict[str, Any]) -> None:
    """Say `type: [string, integer]` with limits, or a nullable special text, as `anyOf`."""
    kinds = node.get("type")
    if not isinstance(kinds, list) or "enum" in node or "const" in node or "anyOf" in node:
        return
    limits = {key for kind in kinds for key in _OF_TYPE.get(kind, ()) if key in node}
    is_special = node.get("format") in EXACT and "pattern" not in node
    if not limits or not (is_special or len([kind for kind in kinds if kind != "null"]) > 1):
        return
    del node["type"]
    moved = {key: node.pop(key) for key in limits}
    node["anyOf"] = [
        {"type": kind} | {key: moved[key] for key in _OF_TYPE.get(kind, ()) if key in moved}
        for kind in kinds
    ]


def _adapt_text(node: dict[str, Any]) -> None:
    given = node.get("format")
    # A text with a pattern is a text of exactly that form: it must leave as it came.
    if given in _PLAIN_TEXT or (given in {*EXACT, "uuid"} and "pattern" in node):
        del node["format"]
    elif given == "uuid" and "enum" not in node and "const" not in node:
        del node["format"]
        node["pattern"] = UUID_PATTERN


def _adapt_pattern_properties(node: dict[str, Any]) -> None:
    """Keep the patterns that pydantic's engine runs; under others any name may stand."""
    patterns = node.get("patternProperties")
    if not isinstance(patterns, dict):
        return
    kept = {}
    for pattern, schema in patterns.items():
        found = runnable_pattern(pattern)
        if found is not None and not found.compiled:
            kept[found.text] = schema
        elif node.get("additionalProperties", False) is False:
            node["additionalProperties"] = schema
    node["patternProperties"] = kept
    if not kept:
        del node["patternProperties"]


def _adapt_pattern(node: dict[str, Any]) -> None:
    if not isinstance(node.get("pattern"), str):
        return
    found = runnable_pattern(node.pop("pattern"))
    if found is not None:
        # Look-around is what datamodel-code-generator leaves to Python's engine.
        is_seen = "(?=" in found.text or "(?!" in found.text or not found.compiled
        node["pattern"] = found.text if is_seen else f"(?=){found.text}"


def _exact(node: dict[str, Any]) -> set[str]:
    """Refer to the runtime's own type for dates; return the names of the types."""
    name = EXACT.get(str(node.get("format")))
    if name is None or node.get("type", "string") not in ("string", ["string"]):
        return set()
    del node["format"]
    if "enum" in node or "const" in node:
        return set()
    # A default is not validated: it would stay a text.
    node.pop("default", None)
    node.pop("type", None)
    node["$ref"] = f"{_SCHEMAS}{name}"
    return {name}


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
