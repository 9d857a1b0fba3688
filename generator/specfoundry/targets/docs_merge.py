"""What does a schema come to when its references and `allOf` are read together?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from specfoundry.targets.docs_facts import json_types
from specfoundry.targets.docs_nodes import Nodes, mapping, schema_name, sequence

_MAX_DEPTH = 32
# Members that say something about a value without narrowing it (JSON Schema 2020-12, 9), and
# OpenAPI's own (OpenAPI 3.1, 4.8.24): beside a reference they do not make another schema.
_ANNOTATIONS = frozenset(
    {
        "title", "description", "default", "deprecated", "readOnly", "writeOnly", "example",
        "examples", "externalDocs", "xml", "$comment",
    }
)  # fmt: skip
_MERGED_APART = frozenset({"$ref", "allOf", "properties", "required", "oneOf", "anyOf"})


@dataclass(slots=True)
class Merged:
    """A schema with what it includes."""

    keywords: dict[str, Any] = field(default_factory=dict)
    """Everything but `$ref`, `allOf`, `properties`, `required`, `oneOf`, `anyOf`."""
    properties: dict[str, Any] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    choices: list[tuple[str, list[Any]]] = field(default_factory=list)
    """Heading and members of each `oneOf` and `anyOf`."""
    bases: list[str] = field(default_factory=list)
    """The components that are included, outermost first."""
    own: bool = False
    """Whether members stand beside the components."""


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A schema without the wrapping that only adds null or annotations."""

    node: Mapping[str, Any]
    """For a component: the annotations beside the reference."""
    component: str | None
    nullable: bool


def _is_null(member: object) -> bool:
    return isinstance(member, Mapping) and member.get("type") == "null"


def unwrap(value: object) -> Unwrapped:
    """Take off single `allOf` members and `anyOf: [X, null]`; say whether a component is left."""
    node: Mapping[str, Any] = mapping(value)
    nullable = False
    for _ in range(_MAX_DEPTH):
        inner, beside, adds_null = _inner(node)
        if inner is None:
            break
        node, nullable = {**inner, **beside}, nullable or adds_null
    name = schema_name(node.get("$ref"))
    if name is not None and all(
        key in _ANNOTATIONS or key.startswith("x-") for key in node if key != "$ref"
    ):
        return Unwrapped({key: node[key] for key in node if key != "$ref"}, name, nullable)
    kinds = json_types(node)
    return Unwrapped(node, None, nullable or ("null" in kinds and len(kinds) > 1))


def _inner(node: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, dict[str, Any], bool]:
    """Return the only schema that `node` wraps, what stands beside it, whether null is added."""
    for keyword in ("allOf", "anyOf", "oneOf"):
        members = sequence(node.get(keyword))
        others = [member for member in members if not _is_null(member)]
        if len(others) != 1 or (keyword == "allOf" and len(members) != 1):
            continue
        beside = {key: member for key, member in node.items() if key != keyword}
        plain = all(key in _ANNOTATIONS or key.startswith("x-") for key in beside)
        if plain and isinstance(others[0], dict):
            return others[0], beside, len(members) > 1
    return None, {}, False


def merge(nodes: Nodes, value: object) -> Merged:
    """Read a schema together with its `$ref`, `allOf` and members; recursion stops at a name."""
    merged = Merged()
    _merge_into(merged, nodes, value, (), 0)
    return merged


def _merge_into(
    merged: Merged, nodes: Nodes, value: object, seen: tuple[str, ...], depth: int
) -> None:
    if value is False:
        merged.keywords["not"] = True
    node = mapping(value)
    if depth > _MAX_DEPTH:
        return
    reference = node.get("$ref")
    if isinstance(reference, str):
        name = schema_name(reference)
        if name is not None and not seen:
            merged.bases.append(name)
        if reference not in seen:
            _merge_into(merged, nodes, nodes.at(reference), (*seen, reference), depth + 1)
    for member in sequence(node.get("allOf")):
        _merge_into(merged, nodes, member, seen, depth + 1)
    if "properties" in node and not seen:
        merged.own = True
    for key, schema in mapping(node.get("properties")).items():
        merged.properties[key] = _overlay(merged.properties.get(key), schema)
    merged.required.update(key for key in sequence(node.get("required")) if isinstance(key, str))
    merged.choices += _choices(node)
    merged.keywords.update((key, node[key]) for key in node if key not in _MERGED_APART)


def _choices(node: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    for keyword, heading in (("oneOf", "One of"), ("anyOf", "Any of")):
        members = [member for member in sequence(node.get(keyword)) if not _is_null(member)]
        if members:
            yield heading, members


def _overlay(below: object, above: object) -> object:
    """Combine two descriptions of one property; the later one's members win."""
    if isinstance(below, dict) and isinstance(above, dict) and "$ref" not in above:
        return {**below, **above}
    return above
