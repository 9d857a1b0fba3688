"""Which extensions (`x-…`) are there: what do they mean, where do they stand, who reads them?

All of it is written in `rules/extensions.schema.json`, once: the JSON Schema that `specfoundry validate`
enforces holds the words of the reference as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from textwrap import indent
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from specfoundry.document.pointer import join
from specfoundry.resources import extension_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLACES = {
    "openapi": "the document itself",
    "operation": "an operation",
    "parameter": "a parameter",
    "requestBody": "a request body",
    "response": "a response",
}
"""Kinds of OpenAPI objects in words."""
_WIDTH = 90
"""Characters of a line of YAML."""
_DEFINITIONS = "#/$defs/"
_OPERATION = f"{_DEFINITIONS}operation"
_OWN = frozenset({"title", "description", "examples", "x-places", "x-readers"})
"""Members of a schema that speak to readers, not to validators."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an extension's value.

    Attributes:
        name: Where it stands: `op`, `denied.status`, `through[].path`, `values.*`.
        type: What it is, in words.
        required: Whether it must be there when its holder is.
        description: What it means, as CommonMark.

    """

    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension.

    Attributes:
        name: Such as `x-pagination`.
        title: A few words.
        description: What it means, as CommonMark.
        type: What its value is, in words.
        places: Kinds of OpenAPI objects in which it is read.
        readers: Who reads it: `validate`, `server`, `client`, `docs`, `fuzz`.
        members: Everything that its value may hold, outer before inner.
        schema: Its JSON Schema (2020-12), complete by itself.
        examples: Values that it may have.

    """

    name: str
    title: str
    description: str
    type: str
    places: tuple[str, ...]
    readers: tuple[str, ...]
    members: tuple[Member, ...]
    schema: dict[str, Any]
    examples: tuple[Any, ...]

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return " or ".join(_PLACES[place] for place in self.places)

    def sample(self, value: Any) -> str:
        """Return the extension with a value as YAML, short collections on one line."""
        text = _yaml(value, flow=None)
        if max(map(len, text.splitlines())) > _WIDTH:
            text = _yaml(value, flow=False)
        is_block = "\n" in text or (isinstance(value, dict) and not text.startswith("{"))
        return f"{self.name}:\n{indent(text, '  ')}" if is_block else f"{self.name}: {text}"

    def operations(self, value: Any) -> Iterator[tuple[str, str]]:
        """Yield (JSON pointer inside the value, operationId) of every operation that it names."""
        yield from _operations(self.schema, self.schema, value, "")


@lru_cache(maxsize=1)
def introduction() -> str:
    """Return what is to be said of all extensions together, as CommonMark."""
    return str(_document()["description"])


@lru_cache(maxsize=1)
def extensions() -> Mapping[str, Extension]:
    """Return all extensions by name, in the order of the reference."""
    document = _document()
    found = {
        name: _extension(document, name, schema) for name, schema in document["properties"].items()
    }
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(extension_schemas().read_text(encoding="utf-8"))
    return found


def _yaml(value: Any, *, flow: bool | None) -> str:
    text: str = yaml.safe_dump(
        value, sort_keys=False, default_flow_style=flow, allow_unicode=True, width=1000
    )
    return text.removesuffix("...\n").rstrip("\n")


def _extension(document: Mapping[str, Any], name: str, schema: Mapping[str, Any]) -> Extension:
    return Extension(
        name=name,
        title=schema["title"],
        description=schema["description"],
        type=_type(document, {key: schema[key] for key in schema if key != "title"}),
        places=tuple(schema["x-places"]),
        readers=tuple(schema["x-readers"]),
        members=tuple(_members(document, schema, "")),
        schema=_complete(document, schema),
        examples=tuple(schema["examples"]),
    )


def _complete(document: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with the definitions that it refers to, without the words of the reference."""
    own = {key: value for key, value in schema.items() if key not in _OWN}
    needed: dict[str, Any] = {}
    pending = list(_references(own))
    while pending:
        name = pending.pop(0)
        if name not in needed:
            needed[name] = document["$defs"][name]
            pending += _references(needed[name])
    return {**own, "$defs": needed} if needed else own


def _operations(
    root: Mapping[str, Any], schema: Mapping[str, Any], value: Any, pointer: str
) -> Iterator[tuple[str, str]]:
    if schema.get("$ref") == _OPERATION:
        if isinstance(value, str):
            yield pointer, value
        return
    node = _resolved(root, schema)
    properties, other = node.get("properties", {}), node.get("additionalProperties")
    for name, member in value.items() if isinstance(value, dict) else ():
        inner = properties.get(name, other)
        if isinstance(inner, dict):
            yield from _operations(root, inner, member, join(pointer, name))
    if isinstance(value, list) and isinstance(node.get("items"), dict):
        for index, item in enumerate(value):
            yield from _operations(root, node["items"], item, join(pointer, index))


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].removeprefix(_DEFINITIONS)
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with what it refers to; what stands beside the reference counts more."""
    if "$ref" not in schema:
        return dict(schema)
    target = document["$defs"][schema["$ref"].removeprefix(_DEFINITIONS)]
    return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}


def _members(
    document: Mapping[str, Any],
    schema: Mapping[str, Any],
    prefix: str,
    within: tuple[str, ...] = (),
) -> Iterator[Member]:
    """Yield what a value may hold; `within` are the definitions around it, which may hold themselves."""
    reference = str(schema.get("$ref", ""))
    if reference in within:
        return
    inside = (*within, reference) if reference else within
    node = _resolved(document, schema)
    children = [
        (f"{prefix}{name}", member, name in node.get("required", ()))
        for name, member in node.get("properties", {}).items()
    ]
    if isinstance(node.get("additionalProperties"), dict):
        children.append((f"{prefix}*", node["additionalProperties"], False))
    for name, member, required in children:
        described = _resolved(document, member).get("description", "")
        yield Member(name, _type(document, member), required, described)
        yield from _members(document, member, f"{name}.", inside)
    if isinstance(node.get("items"), dict):
        yield from _members(document, node["items"], f"{prefix.removesuffix('.')}[].", inside)


def _type(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Return what a value is, in words; texts that it can only be stand as code."""
    node = _resolved(document, schema)
    if "enum" in node:
        return f"one of {', '.join(f'`{value}`' for value in node['enum'])}"
    if "const" in node:
        return f"`{node['const']}`"
    if "anyOf" in node and "type" not in node:
        return " or ".join(_type(document, branch) for branch in node["anyOf"])
    if "title" in node:
        return str(node["title"])
    if node.get("type") == "array":
        return f"list of {_resolved(document, node['items']).get('title', 'value')}s"
    words = {"boolean": "true or false", "integer": "integer", "object": "object"}
    return words.get(str(node.get("type")), "text")
