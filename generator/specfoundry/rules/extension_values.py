"""Do the statuses, states and values that extensions name stand in the document as well?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.rules.contents import responses, success_schemas
from specfoundry.rules.context import Context, OperationPlace, Violation
from specfoundry.rules.extension_parts import extension_of, mapping
from specfoundry.rules.schema_path import named_values, schemas_at

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATES = {"x-async-job": ("done", "failed"), "x-blob": ("pending", "ready", "failed")}


def extension_statuses(context: Context) -> Iterator[Violation]:
    """Check that every status which an extension of an operation names is one of its answers."""
    for operation in context.operations:
        known = {status.upper() for status, _ in responses(context, operation)}
        for pointer, status in _statuses(operation):
            if not known & {status, f"{status[:1]}XX", "DEFAULT"}:
                message = f"`{operation.label}` has no answer `{status}`."
                yield Violation(operation.pointer + pointer, message)


def _statuses(operation: OperationPlace) -> Iterator[tuple[str, str]]:
    roles = mapping(operation.node.get("x-permitted-roles"))
    for member in ("denied", "hidden"):
        status = mapping(roles.get(member)).get("status")
        if isinstance(status, int):
            yield join("", "x-permitted-roles", member, "status"), str(status)
    for status in mapping(operation.node.get("x-state-dependent")):
        yield join("", "x-state-dependent", status), status


def extension_roles(context: Context) -> Iterator[Violation]:
    """Check that what a role may is said once of each operation, and of each special role anywhere."""
    everywhere: set[str] = set()
    for operation in context.operations:
        seen: set[str] = set()
        for inside, role in _roles(extension_of(operation, "x-permitted-roles")):
            if role in seen:
                pointer = join(operation.pointer, "x-permitted-roles") + inside
                yield Violation(pointer, f"What `{role}` may is said twice of `{operation.label}`.")
            seen.add(role)
        everywhere |= seen
    special = mapping(context.root.get("x-roles"))
    named = [(f"/everywhere/{index}", role) for index, role in _texts(special.get("everywhere"))]
    named += [("/nobody", role) for role in (special.get("nobody"),) if isinstance(role, str)]
    for inside, role in named:
        if role not in everywhere:
            yield Violation(f"/x-roles{inside}", f"No operation says what `{role}` may.")


def _roles(permitted: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (pointer inside, role) of every role that an operation names."""
    for base in ("", "/denied", "/hidden"):
        holder = mapping(permitted.get(base[1:])) if base else permitted
        for index, role in _texts(holder.get("roles")):
            yield f"{base}/roles/{index}", role


def extension_states(context: Context) -> Iterator[Violation]:
    """Check that states and orders which extensions name are values that a schema lists.

    Where the schema lists none nothing can be decided.
    """
    for operation in context.operations:
        for name, members in _STATES.items():
            yield from _states(context, operation, name, members)
    for place in context.by_kind["parameter"]:
        order = mapping(place.node.get("x-order"))
        known = named_values(context, place.node.get("schema"))
        for value in mapping(order.get("values")):
            if known and value not in known:
                pointer = join(place.pointer, "x-order", "values", value)
                message = f"`{value}` is no value of the parameter `{place.node.get('name')}`."
                yield Violation(pointer, message)


def _states(
    context: Context, operation: OperationPlace, name: str, members: tuple[str, ...]
) -> Iterator[Violation]:
    value = mapping(operation.node.get(name))
    reader = context.operations_by_id.get(str(value.get("get")))
    if reader is None or not isinstance(value.get("state"), str):
        return
    schemas = schemas_at(context, success_schemas(context, reader), value["state"])
    known = {one for schema in schemas for one in named_values(context, schema)}
    for member in members:
        for index, state in _texts(value.get(member)):
            if known and state not in known:
                pointer = join(operation.pointer, name, member, index)
                message = f"`{state}` is no value of `{value['state']}` in the answer of `{reader.label}`."
                yield Violation(pointer, message)


def _texts(value: Any) -> Iterator[tuple[int, str]]:
    """Yield (index, text) of the texts in a list."""
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str):
            yield index, item
