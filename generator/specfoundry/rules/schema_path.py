"""Does a JSON pointer lead somewhere in the values that a schema allows?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import PointerError, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specfoundry.rules.context import Context

_COMPOSITION = ("allOf", "anyOf", "oneOf")
_MAX_STEPS = 500
_WILD = "*"


def leads_somewhere(context: Context, schema: Any, pointer: str) -> bool:
    """Return whether some value of the schema may have something at the pointer.

    A schema that allows undescribed members allows any step only when it describes none.
    """
    return bool(schemas_at(context, [schema], pointer))


def schemas_at(
    context: Context, schemas: Iterable[Any], pointer: str, *, wild: bool = False
) -> list[Any]:
    """Return the schemas of what a pointer may find in values of any of some schemas.

    With `wild` a step `*` stands for every member or item.
    """
    try:
        tokens = split(pointer)
    except PointerError:
        return []
    level = list(schemas)
    for token in tokens:
        step = _every if wild and token == _WILD else _step
        level = [child for node in level for child in step(context, node, token)]
    return level


def named_values(context: Context, schema: Any) -> set[Any]:
    """Return the texts that a schema lists as values (`enum`, `const`); nothing when it lists none."""
    found: set[Any] = set()
    for node in _parts(context, schema):
        listed = node.get("enum")
        found |= (
            {value for value in listed if isinstance(value, str)}
            if isinstance(listed, list)
            else set()
        )
        if isinstance(node.get("const"), str):
            found.add(node["const"])
    return found


def item_schemas(context: Context, schema: Any) -> Iterator[Any]:
    """Yield what may stand in an array of the schema; anything when it does not say."""
    for node in _parts(context, schema):
        if isinstance(node.get("items"), dict):
            yield node["items"]
        elif _is_open(node, "0") and node.get("type") != "object":
            yield {}


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


def _every(context: Context, schema: Any, _: str) -> Iterator[Any]:
    for node in _parts(context, schema):
        properties = node.get("properties")
        yield from properties.values() if isinstance(properties, dict) else ()
        inner = (node.get(name) for name in ("items", "additionalProperties"))
        yield from (child for child in inner if isinstance(child, dict))
        if _is_open(node, "0"):
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
