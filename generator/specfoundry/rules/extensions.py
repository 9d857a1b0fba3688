"""Do the extensions that generators read (`x-…`) hold what they must, where they must stand?"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from specfoundry.document.pointer import join
from specfoundry.extensions import extensions
from specfoundry.rules.context import Context, OperationPlace, Violation
from specfoundry.rules.messages import describe, leaves, pointer_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def extension_values(context: Context) -> Iterator[Violation]:
    """Check that an extension's value is valid against its JSON Schema, and it stands where it is read."""
    validators = _validators()
    for kind, places in context.by_kind.items():
        if kind == "schema":
            continue
        for place in places:
            for name in filter(validators.__contains__, place.node):
                pointer = join(place.pointer, name)
                known = extensions()[name].places
                if kind not in known:
                    wanted = " or ".join(f"`{place}`" for place in known)
                    yield Violation(pointer, f"`{name}` is read in objects {wanted} only.")
                value = place.node[name]
                if validators[name].is_valid(value):
                    continue
                for leaf in leaves(validators[name].iter_errors(value), value):
                    yield Violation(pointer + pointer_of(leaf), describe(leaf))


def extension_operations(context: Context) -> Iterator[Violation]:
    """Check that every operation which an extension names exists."""
    for place in (*context.by_kind["operation"], *context.by_kind["parameter"]):
        for name in filter(extensions().__contains__, place.node):
            for inside, target in extensions()[name].operations(place.node[name]):
                if target not in context.operations_by_id:
                    pointer = join(place.pointer, name) + inside
                    yield Violation(pointer, f"There is no operation `{target}`.")


def extension_headers(context: Context) -> Iterator[Violation]:
    """Check that the header in which `x-async-job` looks for the job is documented for a 2xx answer."""
    for operation in context.operations:
        value = operation.node.get("x-async-job")
        header = value.get("location") if isinstance(value, dict) else None
        if not isinstance(header, str) or header.startswith("/"):
            continue
        if header.lower() not in _success_headers(context, operation):
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
    return {
        name: jsonschema_rs.Draft202012Validator(extension.schema, offline=True)
        for name, extension in extensions().items()
    }
