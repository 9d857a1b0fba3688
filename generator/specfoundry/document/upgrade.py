"""How is an OpenAPI 3.0 document said in 3.1?

Follows the migration notes of the OpenAPI Initiative ("Migrating from OpenAPI 3.0 to 3.1.0"), with
one exception: `format: binary` and `format: byte` stay, because code generators read them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.finding import Finding, Location, Severity
from specfoundry.document.pointer import join
from specfoundry.document.structure import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from specfoundry.document.structure import Place

VERSION = "3.1.1"
_BOUNDS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


def upgrade(root: dict[str, Any], origin: Callable[[str], Location]) -> Iterator[Finding]:
    """Change a bundled document in place to 3.1; yield what was doubtful.

    A document that says 3.1 already is only mended where it still uses a 3.0 spelling whose
    meaning is beyond doubt (a boolean `exclusiveMinimum`).
    """
    is_old = str(root.get("openapi", "")).startswith("3.0.")
    if is_old:
        root["openapi"] = VERSION
    for place in walk(root):
        if place.kind != "schema":
            continue
        if is_old:
            _upgrade_schema(place)
        else:
            yield from _mend(place, origin)


def _upgrade_schema(place: Place) -> None:
    node = place.node
    if isinstance(node.get("$ref"), str):
        # OpenAPI 3.0.4, 4.7.23: what stands beside a `$ref` is ignored.
        for name in [name for name in node if name != "$ref"]:
            del node[name]
        return
    _upgrade_bounds(node)
    if "example" in node:
        _replace_key(node, "example", "examples", [node["example"]])
    if "nullable" in node:
        _upgrade_nullable(node)


def _upgrade_bounds(node: dict[str, Any]) -> None:
    for exclusive, inclusive in _BOUNDS:
        if node.get(exclusive) is True and inclusive in node:
            node[exclusive] = node.pop(inclusive)
        elif isinstance(node.get(exclusive), bool):
            del node[exclusive]


def _upgrade_nullable(node: dict[str, Any]) -> None:
    """Say `nullable: true` with types (OpenAPI 3.0.4: it needs a `type` to have an effect)."""
    nullable = node.pop("nullable")
    if nullable is not True:
        return
    kind = node.get("type")
    if isinstance(kind, str):
        node["type"] = [kind, "null"]
    elif kind is None:
        _allow_null_beside(node)


def _allow_null_beside(node: dict[str, Any]) -> None:
    """Keep what authors mean by `nullable` beside a composition, though 3.0.4 gives it no effect."""
    for name in ("anyOf", "oneOf"):
        if isinstance(node.get(name), list):
            if {"type": "null"} not in node[name]:
                node[name] = [*node[name], {"type": "null"}]
            return
    if isinstance(node.get("allOf"), list):
        composed = node.pop("allOf")
        inner = composed[0] if len(composed) == 1 else {"allOf": composed}
        node["anyOf"] = [inner, {"type": "null"}]


def _mend(place: Place, origin: Callable[[str], Location]) -> Iterator[Finding]:
    node = place.node
    for exclusive, _ in _BOUNDS:
        if isinstance(node.get(exclusive), bool):
            where = origin(join(place.pointer, exclusive))
            message = f"A boolean `{exclusive}` is OpenAPI 3.0; in 3.1 it is the limit itself. Read as in 3.0."
            yield Finding.at(where, "old-spelling", message, Severity.WARNING)
    _upgrade_bounds(node)


def _replace_key(node: dict[str, Any], old: str, new: str, value: Any) -> None:
    """Rename a member and keep its place among the others."""
    members = list(node.items())
    node.clear()
    for name, member in members:
        if name == old:
            node.setdefault(new, value)
        elif name != new:
            node[name] = member
