"""Do the operations of one API behave alike: paging, errors, lists in a query?"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.rules.contents import json_schemas, responses, success_schemas
from specfoundry.rules.context import Context, OperationPlace, Violation
from specfoundry.rules.schema_path import leads_somewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMA = re.compile(r"(?:^|[.;:]\s+)(?:an? )?comma[- ](?:delimited|separated)\b", re.IGNORECASE)
"""Only where a sentence opens with it; elsewhere it may speak of a part of the value."""
_LIST = re.compile(r"list[A-Z0-9]")
_PAGE_POINTERS = ("items", "total", "pages", "first", "last", "next", "previous")


def paging(context: Context) -> Iterator[Violation]:
    """Every operation that lists says how its pages are walked (`x-pagination`), and truly so."""
    for operation in context.operations:
        extension = operation.node.get("x-pagination")
        if isinstance(extension, dict):
            yield from _check_paging(context, operation, extension)
        elif _is_list(context, operation):
            message = f"`{operation.label}` lists and has no `x-pagination`."
            yield Violation(operation.pointer, message)


def _is_list(context: Context, operation: OperationPlace) -> bool:
    name = operation.node.get("operationId")
    if operation.method != "get":
        return False
    if isinstance(name, str) and _LIST.match(name):
        return True
    return any(schema.get("type") == "array" for schema in success_schemas(context, operation))


def _check_paging(
    context: Context, operation: OperationPlace, extension: dict[str, Any]
) -> Iterator[Violation]:
    base = join(operation.pointer, "x-pagination")
    schemas = success_schemas(context, operation)
    for member in _PAGE_POINTERS:
        pointer = extension.get(member)
        if isinstance(pointer, str) and not any(
            leads_somewhere(context, schema, pointer) for schema in schemas
        ):
            message = f"`{pointer}` leads nowhere in the answer of `{operation.label}`."
            yield Violation(join(base, member), message)
    names = {parameter.get("name") for _, parameter in operation.parameters}
    for member in ("page", "per-page"):
        name = extension.get(member)
        if isinstance(name, str) and name not in names:
            message = f"`{operation.label}` has no parameter `{name}`."
            yield Violation(join(base, member), message)


def shared_errors(context: Context) -> Iterator[Violation]:
    """Every error has the schema that other errors below the same first path segment have."""
    groups: dict[str, list[tuple[OperationPlace, str, str]]] = defaultdict(list)
    for operation in context.operations:
        for status, response in responses(context, operation):
            if status[:1] in ("4", "5"):
                for reference, _ in json_schemas(context, response):
                    segment = operation.path.split("/")[1]
                    groups[segment].append((operation, status, reference))
    for segment, errors in groups.items():
        usual = Counter(reference for _, _, reference in errors if reference).most_common(1)
        wanted = usual[0][0] if usual else ""
        for operation, status, reference in errors:
            if reference == "" or reference != wanted:
                pointer = join(operation.pointer, "responses", status)
                name = wanted.rpartition("/")[2] or "a shared schema"
                message = f"The {status} of `{operation.label}` is not `{name}`, the error of `/{segment}`."
                yield Violation(pointer, message)


def comma_lists(context: Context) -> Iterator[Violation]:
    """Check that a comma-delimited query parameter is `style: form, explode: false`."""
    for place in context.by_kind["parameter"]:
        node = place.node
        if node.get("in") != "query" or not _COMMA.search(str(node.get("description", ""))):
            continue
        schema = context.resolved(node.get("schema"), place.pointer)
        if schema.get("type") != "array":
            continue
        if node.get("style", "form") != "form" or node.get("explode") is not False:
            name = node.get("name")
            message = f"`{name}` is comma-delimited and needs `style: form, explode: false`."
            yield Violation(place.pointer, message)
