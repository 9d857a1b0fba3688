"""Is every operation named, tagged and described?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.rules.context import Context, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

_CAMEL_CASE = re.compile(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)*\Z")


def operation_id_present(context: Context) -> Iterator[Violation]:
    """Every operation has an operationId."""
    for operation in context.operations:
        if "operationId" not in operation.node:
            yield Violation(operation.pointer, f"`{operation.label}` has no `operationId`.")


def operation_id_unique(context: Context) -> Iterator[Violation]:
    """No operationId stands twice (OpenAPI 3.1, 4.8.10)."""
    seen: dict[str, str] = {}
    for operation in context.operations:
        name = operation.node.get("operationId")
        if not isinstance(name, str):
            continue
        if name in seen:
            pointer = join(operation.pointer, "operationId")
            message = f"The operationId `{name}` belongs to `{seen[name]}` already."
            yield Violation(pointer, message)
        seen.setdefault(name, operation.label)


def operation_id_camel_case(context: Context) -> Iterator[Violation]:
    """Every operationId is camelCase: `listPackages`."""
    for operation in context.operations:
        name = operation.node.get("operationId")
        if isinstance(name, str) and not _CAMEL_CASE.match(name):
            pointer = join(operation.pointer, "operationId")
            yield Violation(pointer, f"The operationId `{name}` is not in camelCase.")


def one_tag(context: Context) -> Iterator[Violation]:
    """Every operation has exactly one tag: it decides where the operation is generated."""
    for operation in context.operations:
        tags = operation.node.get("tags")
        if not isinstance(tags, list) or len(tags) != 1:
            number = len(tags) if isinstance(tags, list) else 0
            pointer = join(operation.pointer, "tags") if number else operation.pointer
            yield Violation(pointer, f"`{operation.label}` has {number} tags and needs one.")


def tag_declared(context: Context) -> Iterator[Violation]:
    """Every tag of an operation is declared at the root, where its description stands."""
    declared = {str(tag.node.get("name")) for tag in context.by_kind["tag"]}
    for operation in context.operations:
        for index, tag in enumerate(_texts(operation.node.get("tags"))):
            if tag not in declared:
                pointer = join(operation.pointer, "tags", index)
                yield Violation(pointer, f"The tag `{tag}` is not declared in `tags`.")


def tag_unique(context: Context) -> Iterator[Violation]:
    """No tag is declared twice (OpenAPI 3.1, 4.8.1)."""
    seen = set()
    for tag in context.by_kind["tag"]:
        name = str(tag.node.get("name"))
        if name in seen:
            yield Violation(tag.pointer, f"The tag `{name}` is declared twice.")
        seen.add(name)


def tag_used(context: Context) -> Iterator[Violation]:
    """Every declared tag has an operation and a description."""
    used = {tag for operation in context.operations for tag in _texts(operation.node.get("tags"))}
    for tag in context.by_kind["tag"]:
        name = str(tag.node.get("name"))
        if name not in used:
            yield Violation(tag.pointer, f"No operation has the tag `{name}`.")
        if _is_blank(tag.node.get("description")):
            yield Violation(tag.pointer, f"The tag `{name}` has no description.")


def described(context: Context) -> Iterator[Violation]:
    """Every operation has a summary and a description, every parameter a description."""
    for operation in context.operations:
        for member in ("summary", "description"):
            if _is_blank(operation.node.get(member)):
                yield Violation(operation.pointer, f"`{operation.label}` has no {member}.")
    for place in context.by_kind["parameter"]:
        if "$ref" not in place.node and _is_blank(place.node.get("description")):
            name = place.node.get("name")
            yield Violation(place.pointer, f"The parameter `{name}` has no description.")


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _is_blank(value: Any) -> bool:
    return not isinstance(value, str) or not value.strip()
