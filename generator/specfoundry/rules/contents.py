"""Which schemas have an operation's answers, their entries, and its request body?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.rules.schema_path import item_schemas, schemas_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.rules.context import Context, OperationPlace


def responses(context: Context, operation: OperationPlace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (status, resolved Response Object) of each answer."""
    found = operation.node.get("responses")
    for status, node in found.items() if isinstance(found, dict) else ():
        yield status, context.resolved(node, join(operation.pointer, "responses", status))


def json_schemas(context: Context, holder: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (reference text or nothing, schema) of each JSON body of an answer."""
    for media_type, schema in _schemas(holder):
        if "json" in media_type:
            yield str(schema.get("$ref", "")), context.resolved(schema, "")


def success_schemas(context: Context, operation: OperationPlace) -> list[dict[str, Any]]:
    """Return the schemas of the JSON bodies of 2xx answers."""
    return [
        schema
        for status, response in responses(context, operation)
        if status.startswith("2")
        for _, schema in json_schemas(context, response)
    ]


def body_schemas(context: Context, operation: OperationPlace) -> list[dict[str, Any]]:
    """Return the schemas of the request body, whatever its media types."""
    body = context.resolved(operation.node.get("requestBody"), "")
    return [schema for _, schema in _schemas(body)]


def example_names(context: Context, operation: OperationPlace) -> set[str]:
    """Return the names of the examples of the request body, whatever its media types."""
    content = context.resolved(operation.node.get("requestBody"), "").get("content")
    found: set[str] = set()
    for media in content.values() if isinstance(content, dict) else ():
        examples = media.get("examples") if isinstance(media, dict) else None
        found |= examples.keys() if isinstance(examples, dict) else set()
    return found


def entry_schemas(context: Context, operation: OperationPlace) -> list[Any]:
    """Return what may stand in the list that an operation answers; nothing when it is no list.

    The list is where `x-pagination` says, else the whole answer if that is an array.
    """
    paging = operation.node.get("x-pagination")
    pointer = paging.get("items") if isinstance(paging, dict) else ""
    if not isinstance(pointer, str):
        return []
    lists = schemas_at(context, success_schemas(context, operation), pointer)
    return [item for schema in lists for item in item_schemas(context, schema)]


def _schemas(holder: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    content = holder.get("content")
    for media_type, media in content.items() if isinstance(content, dict) else ():
        schema = media.get("schema") if isinstance(media, dict) else None
        if isinstance(schema, dict):
            yield media_type, schema
