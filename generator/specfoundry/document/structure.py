"""Which OpenAPI object stands where in a document?

One table says, for every kind of object of OpenAPI 3.0 and 3.1, which member holds which kind.
Whatever the table does not name is data: a `$ref` inside of an example is no reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from specfoundry.document.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Child(NamedTuple):
    """What a member holds: one object, a list of them, or a map of names to them."""

    kind: str
    shape: str  # "one" | "list" | "map"


def _one(kind: str) -> Child:
    return Child(kind, "one")


def _list(kind: str) -> Child:
    return Child(kind, "list")


def _map(kind: str) -> Child:
    return Child(kind, "map")


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

COMPONENT_KINDS: Mapping[str, str] = {
    "schemas": "schema",
    "responses": "response",
    "parameters": "parameter",
    "examples": "example",
    "requestBodies": "requestBody",
    "headers": "header",
    "securitySchemes": "securityScheme",
    "links": "link",
    "callbacks": "callback",
    "pathItems": "pathItem",
}
"""Member of `components` → kind, in the order of the Components Object (OpenAPI 3.1, 4.8.7)."""

REFERABLE = frozenset(COMPONENT_KINDS.values())
"""Kinds of objects in whose place a Reference Object may stand."""

_VALUE_HOLDER = {
    "schema": _one("schema"),
    "content": _map("mediaType"),
    "examples": _map("example"),
}

STRUCTURE: Mapping[str, Mapping[str, Child]] = {
    "openapi": {
        "info": _one("info"),
        "servers": _list("server"),
        "paths": _map("pathItem"),
        "webhooks": _map("pathItem"),
        "components": _one("components"),
        "tags": _list("tag"),
    },
    "info": {},
    "server": {},
    "tag": {},
    "components": {name: _map(kind) for name, kind in COMPONENT_KINDS.items()},
    "pathItem": {
        "servers": _list("server"),
        "parameters": _list("parameter"),
        **{method: _one("operation") for method in METHODS},
    },
    "operation": {
        "parameters": _list("parameter"),
        "requestBody": _one("requestBody"),
        "responses": _map("response"),
        "callbacks": _map("callback"),
        "servers": _list("server"),
    },
    "parameter": _VALUE_HOLDER,
    "header": _VALUE_HOLDER,
    "requestBody": {"content": _map("mediaType")},
    "mediaType": {
        "schema": _one("schema"),
        "examples": _map("example"),
        "encoding": _map("encoding"),
    },
    "encoding": {"headers": _map("header")},
    "response": {
        "headers": _map("header"),
        "content": _map("mediaType"),
        "links": _map("link"),
    },
    "link": {"server": _one("server")},
    "example": {},
    "securityScheme": {},
    "callback": {},  # every member is a path item, see `children`
    "schema": {
        **{
            name: _map("schema")
            for name in (
                "properties",
                "patternProperties",
                "$defs",
                "definitions",
                "dependentSchemas",
            )
        },
        **{name: _list("schema") for name in ("allOf", "anyOf", "oneOf", "prefixItems")},
        **{
            name: _one("schema")
            for name in (
                "additionalProperties",
                "additionalItems",
                "unevaluatedProperties",
                "unevaluatedItems",
                "items",
                "contains",
                "propertyNames",
                "not",
                "if",
                "then",
                "else",
                "contentSchema",
            )
        },
        "discriminator": _one("discriminator"),
    },
    "discriminator": {},
}


def path_items(root: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the paths with their items as written; `x-` members of `paths` are no paths."""
    for path, item in (root.get("paths") or {}).items():
        if path.startswith("/") and isinstance(item, dict):
            yield path, item


def status_responses(operation: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield an operation's statuses with their responses as written, extensions left out."""
    for status, response in (operation.get("responses") or {}).items():
        if not str(status).startswith("x-"):
            yield str(status), response


@dataclass(slots=True)
class Place:
    """One object of a known kind; `parent[key]` is the object, but for the first one."""

    kind: str
    pointer: str
    node: dict[str, Any]
    parent: Any = None
    key: str | int | None = None
    within: str = ""
    """The kind of the object that this one stands in."""


def walk(node: Any, kind: str = "openapi", pointer: str = "") -> Iterator[Place]:
    """Yield every object in the order of the text, a parent before its children.

    A place may be changed, or replaced in its parent, as long as it is the last one yielded.
    """
    stack = [Place(kind, pointer, node)]
    while stack:
        place = stack.pop()
        if not isinstance(place.node, dict):
            continue
        yield place
        if place.parent is not None:
            place.node = place.parent[place.key]
        stack.extend(reversed(list(children(place))))


def children(place: Place) -> Iterator[Place]:
    """Yield the objects directly inside of one; what has the wrong type is left out."""
    table = STRUCTURE[place.kind]
    for name, value in place.node.items():
        if place.kind == "callback":
            child: Child | None = None if name.startswith("x-") else _one("pathItem")
        else:
            child = table.get(name)
        if child is not None:
            yield from _held(child, place, name, value)


def _held(child: Child, place: Place, name: str, value: Any) -> Iterator[Place]:
    pointer = join(place.pointer, name)
    if child.shape == "one":
        if isinstance(value, dict):
            yield Place(child.kind, pointer, value, place.node, name, place.kind)
    elif child.shape == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield Place(child.kind, f"{pointer}/{index}", item, value, index, place.kind)
    elif child.shape == "map" and isinstance(value, dict):
        extensible = place.kind != "components" and child.kind in ("pathItem", "response")
        for key, item in value.items():
            if isinstance(item, dict) and not (extensible and key.startswith("x-")):
                yield Place(child.kind, join(pointer, key), item, value, key, place.kind)
