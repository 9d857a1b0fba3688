"""How does a documented parameter or header become one of ours?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from specfoundry.ir.naming import parameter_names
from specfoundry.ir.parameter import Parameter, ParameterLocation, Style
from specfoundry.ir.schema_shapes import shape_of
from specfoundry.ir.schema_types import default_code
from specfoundry.ir.types import Header

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specfoundry.ir.scope import Scope

_LOCATIONS = frozenset(get_args(ParameterLocation))
_STYLES = frozenset(get_args(Style))
# OpenAPI 3.1, 4.8.12.2: these header parameters are ignored, other parts of the document say it.
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
# What every answer's class has besides its headers; errors are exceptions as well.
_ANSWER = frozenset(
    {"add_note", "args", "body", "headers", "media_type", "status", "with_traceback"}
)


def build_parameters(
    scope: Scope, shared: Iterable[Any], own: Iterable[Any]
) -> tuple[Parameter, ...]:
    """Return an operation's parameters, its own instead of its path's where both have one."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in (*shared, *own):
        node = scope.nodes.resolve(entry)
        location, name = node.get("in"), node.get("name")
        if location not in _LOCATIONS or not isinstance(name, str):
            continue
        if location == "header" and name.lower() in _IGNORED_HEADERS:
            continue
        found[str(location), name] = node
    names = parameter_names(found)
    return tuple(_parameter(scope, node, names[key]) for key, node in found.items())


def _parameter(scope: Scope, node: Mapping[str, Any], identifier: str) -> Parameter:
    location = node["in"]
    media_type, schema = _schema_of(node)
    kind = replace(scope.types, tuples=True).type_of(schema)
    style: Any = node.get("style")
    if style not in _STYLES:
        style = "form" if location in {"query", "cookie"} else "simple"
    resolved = scope.nodes.resolve(schema)
    required = bool(node.get("required")) or location == "path"
    return Parameter(
        name=node["name"],
        identifier=identifier,
        location=location,
        type=kind,
        shape=shape_of(scope.nodes, schema),
        required=required,
        default=None if required else default_code(resolved, kind),
        style=style,
        explode=bool(node.get("explode", style == "form")),
        allow_reserved=bool(node.get("allowReserved")),
        content_type=media_type,
        decode=node.get("x-decode"),
        deprecated=bool(node.get("deprecated")),
        description=str(node.get("description") or resolved.get("description") or ""),
    )


def _schema_of(node: Mapping[str, Any]) -> tuple[str | None, Any]:
    """Return the media type if `content` describes the value as JSON, and the schema."""
    for media_type, media in (node.get("content") or {}).items():
        essence = media_type.partition(";")[0].strip().lower()
        # Any other content is text, and read as if a style said so.
        is_json = essence.endswith(("/json", "+json"))
        return media_type if is_json else None, (media or {}).get("schema")
    return None, node.get("schema")


def build_headers(scope: Scope, entries: Mapping[str, Any]) -> tuple[Header, ...]:
    """Return the documented headers of a response; Content-Type is the media type's business."""
    headers = []
    named = [name for name in entries if name.lower() != "content-type"]
    identifiers = parameter_names([("header", name) for name in named], _ANSWER)
    for name in named:
        node = scope.nodes.resolve(entries[name])
        content_type, schema = _schema_of(node)
        header = Header(
            name=name,
            identifier=identifiers["header", name],
            type=replace(scope.types, tuples=True).type_of(schema),
            shape=shape_of(scope.nodes, schema),
            required=bool(node.get("required")),
            content_type=content_type,
            deprecated=bool(node.get("deprecated")),
            description=str(node.get("description") or ""),
        )
        headers.append(header)
    return tuple(headers)
