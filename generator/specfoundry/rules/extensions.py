"""Do the extensions that generators read (`x-…`) hold what they must, where they must stand?"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from specfoundry.document.pointer import join
from specfoundry.resources import extension_schemas
from specfoundry.rules.context import Context, OperationPlace, Violation
from specfoundry.rules.messages import describe, leaves, pointer_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = {
    "x-permitted-roles": ("operation",),
    "x-strict-query": ("operation",),
    "x-pagination": ("operation",),
    "x-async-job": ("operation",),
    "x-blob": ("operation",),
    "x-decode": ("parameter",),
    "x-ignore-media-type": ("requestBody",),
    "x-error-codes": ("response", "operation"),
    "x-state-dependent": ("operation",),
    "x-unknown-method-status": ("openapi",),
    "x-filter": ("parameter",),
    "x-filters": ("operation",),
    "x-order": ("parameter",),
    "x-default-order": ("operation",),
    "x-creates": ("operation",),
    "x-merge-patch": ("operation",),
}
"""Where each extension is read; its JSON Schema stands in extensions.schema.json."""
_OPERATIONS = {
    "x-async-job": ("get",),
    "x-blob": ("get", "download"),
    "x-creates": ("get", "update", "delete"),
    "x-merge-patch": ("get",),
}
"""Members of extensions that hold an operationId."""


def extension_values(context: Context) -> Iterator[Violation]:
    """Check that an extension's value is valid against its JSON Schema, and it stands where it is read."""
    validators = _validators()
    for kind, places in context.by_kind.items():
        if kind == "schema":
            continue
        for place in places:
            for name in place.node.keys() & validators.keys():
                pointer = join(place.pointer, name)
                if kind not in PLACES[name]:
                    wanted = " or ".join(f"`{place}`" for place in PLACES[name])
                    yield Violation(pointer, f"`{name}` is read in objects {wanted} only.")
                value = place.node[name]
                for leaf in leaves(validators[name].iter_errors(value), value):
                    yield Violation(pointer + pointer_of(leaf), describe(leaf))


def extension_operations(context: Context) -> Iterator[Violation]:
    """Check that an operation which an extension names exists."""
    for operation in context.operations:
        for name, members in _OPERATIONS.items():
            value = operation.node.get(name)
            holder = value if isinstance(value, dict) else {}
            for member in members:
                target = holder.get(member)
                if isinstance(target, str) and target not in context.operations_by_id:
                    pointer = join(operation.pointer, name, member)
                    yield Violation(pointer, f"There is no operation `{target}`.")


def extension_headers(context: Context) -> Iterator[Violation]:
    """Check that the header in which `x-async-job` looks for the job is documented for a 2xx answer."""
    for operation in context.operations:
        value = operation.node.get("x-async-job")
        header = value.get("location") if isinstance(value, dict) else None
        if isinstance(header, str) and header.lower() not in _success_headers(context, operation):
            pointer = join(operation.pointer, "x-async-job", "location")
            yield Violation(pointer, f"No 2xx answer has the header `{header}`.")


def _success_headers(context: Context, operation: OperationPlace) -> set[str]:
    found: set[str] = set()
    responses = operation.node.get("responses")
    for status, item in responses.items() if isinstance(responses, dict) else ():
        headers = context.resolved(item, "").get("headers")
        if status.startswith("2") and isinstance(headers, dict):
            found |= {name.lower() for name in headers}
    return found


@lru_cache(maxsize=1)
def _validators() -> dict[str, Any]:
    schemas = json.loads(extension_schemas().read_text(encoding="utf-8"))
    return {
        name: jsonschema_rs.Draft202012Validator(schema, offline=True)
        for name, schema in schemas.items()
    }
