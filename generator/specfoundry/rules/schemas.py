"""Do the parts of a schema agree with each other?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import PointerError, follow, from_fragment, join
from specfoundry.rules.context import Context, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.document.structure import Place

_COMPOSITION = ("allOf", "anyOf", "oneOf", "$ref")


def discriminator_mapping(context: Context) -> Iterator[Violation]:
    """Every value of a discriminator is mapped to a schema that exists."""
    for place in context.by_kind["discriminator"]:
        mapping = place.node.get("mapping")
        for value, target in mapping.items() if isinstance(mapping, dict) else ():
            if isinstance(target, str) and _mapped(context, target) is None:
                pointer = join(place.pointer, "mapping", value)
                yield Violation(pointer, f"There is no schema `{target}`.")


def _mapped(context: Context, target: str) -> Any:
    """Return the schema that a mapping means: a component's name or a reference."""
    schemas = context.components("schemas")
    if target in schemas:
        return schemas[target]
    try:
        return (
            follow(context.root, from_fragment(target.partition("#")[2])) if "#" in target else None
        )
    except PointerError:
        return None


def discriminator_property(context: Context) -> Iterator[Violation]:
    """Every mapped schema requires the property and fixes it to the value that maps to it."""
    for place in context.by_kind["discriminator"]:
        name, mapping = place.node.get("propertyName"), place.node.get("mapping")
        if not isinstance(name, str) or not isinstance(mapping, dict):
            continue
        for value, target in mapping.items():
            schema = context.resolved(_mapped(context, str(target)), "")
            problem = _tag_problem(context, schema, name, value) if schema else None
            if problem:
                pointer = join(place.pointer, "mapping", value)
                label = str(target).rpartition("/")[2]
                yield Violation(pointer, f"`{label}` {problem}.")


def _tag_problem(context: Context, schema: dict[str, Any], name: str, value: str) -> str | None:
    parts = [schema]
    for part in parts:
        branches = part.get("allOf")
        parts.extend(context.resolved(item, "") for item in branches or ())
    if not any(name in (part.get("required") or ()) for part in parts):
        return f"does not require the discriminator `{name}`"
    for part in parts:
        tag = context.resolved((part.get("properties") or {}).get(name), "")
        if tag.get("const") == value or tag.get("enum") == [value]:
            return None
    return f"does not fix `{name}` to `{value}`"


def required_known(context: Context) -> Iterator[Violation]:
    """Check that an object describes every member that it requires."""
    for place in context.by_kind["schema"]:
        node = place.node
        if any(name in node for name in _COMPOSITION) or not _is_object(node):
            continue
        for index, name in enumerate(node["required"]):
            if isinstance(name, str) and name not in node["properties"]:
                pointer = join(place.pointer, "required", index)
                yield Violation(pointer, f"`{name}` is required and not described.")


def _is_object(node: dict[str, Any]) -> bool:
    return isinstance(node.get("properties"), dict) and isinstance(node.get("required"), list)


def item_schemas(context: Context) -> Iterator[Violation]:
    """Every array says what its items are."""
    for place in context.by_kind["schema"]:
        if _is_array(place) and not {"items", "prefixItems", "contains"} & set(place.node):
            yield Violation(place.pointer, "The array does not say what its items are.")


def _is_array(place: Place) -> bool:
    kinds = place.node.get("type")
    return kinds == "array" or (isinstance(kinds, list) and "array" in kinds)
