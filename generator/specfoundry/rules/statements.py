"""Does a contract say what its operations create, change, filter by and leave for later?

What an operation is can be told from the document alone; what it promises must be said by its
extensions, or no client, page or fuzzer can rely on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.rules.contents import entry_schemas, responses
from specfoundry.rules.context import Context, Violation
from specfoundry.rules.schema_path import schemas_at

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLE = re.compile(r"\{[^{}]*\}")


def jobs_stated(context: Context) -> Iterator[Violation]:
    """Check that what is answered 202 with an address says what can be watched there."""
    for operation in context.operations:
        accepted = next(
            (found for status, found in responses(context, operation) if status == "202"), {}
        )
        headers = accepted.get("headers")
        names = {name.lower() for name in headers} if isinstance(headers, dict) else set()
        if "location" in names and "x-async-job" not in operation.node:
            message = (
                f"`{operation.label}` is answered 202 with a `Location` and has no `x-async-job`."
            )
            yield Violation(operation.pointer, message)


def creations_stated(context: Context) -> Iterator[Violation]:
    """Check that what creates a resource that another operation reads says which one."""
    readers = {_shape(one.path): one for one in context.operations if one.method == "get"}
    for operation in context.operations:
        reader = readers.get(f"{_shape(operation.path)}/{{}}")
        is_created = any(status == "201" for status, _ in responses(context, operation))
        if operation.method != "post" or reader is None or not is_created:
            continue
        if "x-creates" not in operation.node:
            message = (
                f"`{operation.label}` creates what `{reader.label}` reads and has no `x-creates`."
            )
            yield Violation(operation.pointer, message)


def merges_stated(context: Context) -> Iterator[Violation]:
    """Check that what changes a resource says how: a PATCH where it can be read as well."""
    readers = {one.path for one in context.operations if one.method == "get"}
    for operation in context.operations:
        is_resource = operation.path.endswith("}") and operation.path in readers
        if operation.method != "patch" or not is_resource:
            continue
        if "x-merge-patch" not in operation.node:
            message = f"`{operation.label}` changes a resource and has no `x-merge-patch`."
            yield Violation(operation.pointer, message)


def filters_stated(context: Context) -> Iterator[Violation]:
    """Check that a list's parameter named like a member of its entries says whether it filters."""
    for operation in context.operations:
        paging = operation.node.get("x-pagination")
        if not isinstance(paging, dict):
            continue
        said = [paging.get("page"), paging.get("per-page")]
        said += _names(operation.node.get("x-filters"))
        entries = entry_schemas(context, operation)
        for _, node in operation.parameters:
            if (
                node["in"] != "query"
                or node["name"] in said
                or {"x-filter", "x-order"} & node.keys()
            ):
                continue
            member = _member(context, entries, node["name"])
            if member is not None:
                name = node["name"]
                message = f"`{name}` of `{operation.label}` is named like `{member}` and has no `x-filter`."
                yield Violation(operation.pointer, message)


def _member(context: Context, entries: list[Any], name: str) -> str | None:
    """Return the member of entries that a name is made of, or nothing: `states` of `state`."""
    described = [entry for entry in entries if entry]
    for candidate in dict.fromkeys((name, name.removesuffix("s"))):
        pointer = join("", candidate)
        if candidate and schemas_at(context, described, pointer):
            return pointer
    return None


def _names(value: Any) -> Iterator[str]:
    yield from value if isinstance(value, dict) else ()


def _shape(path: str) -> str:
    """Return a path in which the names of variables do not count."""
    return _VARIABLE.sub("{}", path)
