"""Does a JSON pointer lead somewhere in the values that a schema allows?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import PointerError, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.rules.context import Context

_COMPOSITION = ("allOf", "anyOf", "oneOf")
_MAX_STEPS = 500


def leads_somewhere(context: Context, schema: Any, pointer: str) -> bool:
    """Return whether some value of the schema may have something at the pointer.

    A schema that allows undescribed members allows any step only when it describes none.
    """
    try:
        tokens = split(pointer)
    except PointerError:
        return False
    level = [schema]
    for token in tokens:
        level = [child for node in level for child in _step(context, node, token)]
    return bool(level)


def _step(context: Context, schema: Any, token: str) -> Iterator[Any]:
    for node in _parts(context, schema):
        properties = node.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        if token in properties:
            yield properties[token]
        elif isinstance(node.get("items"), dict) and token.isdigit():
            yield node["items"]
        elif isinstance(node.get("additionalProperties"), dict):
            yield node["additionalProperties"]
        elif _is_open(node, token):
            yield {}


def _is_open(node: dict[str, Any], token: str) -> bool:
    """Return whether a schema says nothing about members or items at all."""
    described = ("properties", "items", "$ref", *_COMPOSITION)
    if any(name in node for name in described) or node.get("additionalProperties") is False:
        return False
    kinds = node.get("type", ["object", "array"])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return "object" in kinds or ("array" in kinds and token.isdigit())


def _parts(context: Context, schema: Any) -> Iterator[dict[str, Any]]:
    """Yield a schema and what it is composed of, each object once."""
    seen: set[int] = set()
    stack = [schema]
    while stack and len(seen) < _MAX_STEPS:
        node = stack.pop()
        if not isinstance(node, dict) or id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if "$ref" in node:
            stack.append(context.resolved(node, ""))
        for name in _COMPOSITION:
            branches = node.get(name)
            stack.extend(branches if isinstance(branches, list) else ())
