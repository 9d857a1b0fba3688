"""Do the pointers and parameter names of extensions lead into the answers and bodies that they speak of?

Where a schema is missing nothing can be decided, and nothing is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from specfoundry.document.pointer import follow, join
from specfoundry.rules.contents import body_schemas, entry_schemas, success_schemas
from specfoundry.rules.context import Context, OperationPlace, Violation
from specfoundry.rules.schema_path import schemas_at

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Lead(NamedTuple):
    """A pointer, and the schemas into whose values it must lead."""

    place: str
    """Where the pointer stands in the document."""
    pointer: Any
    schemas: list[Any]
    where: str
    """What these values are, in words."""


def extension_pointers(context: Context) -> Iterator[Violation]:
    """Check that the pointers of extensions find something in the values that they speak of."""
    for operation in context.operations:
        for find in (_created, _merged, _worked, _stored, _filtered, _ordered):
            for lead in find(context, operation):
                if not isinstance(lead.pointer, str) or not lead.schemas:
                    continue
                if not schemas_at(context, lead.schemas, lead.pointer, wild=True):
                    message = f"`{lead.pointer}` leads nowhere in {lead.where}."
                    yield Violation(lead.place, message)


def extension_parameters(context: Context) -> Iterator[Violation]:
    """Check that the parameters which `x-filters` and `x-creates` name are there."""
    for operation in context.operations:
        filters = _mapping(operation.node.get("x-filters"))
        for name in filters:
            if name not in _parameters(operation, "query"):
                pointer = join(operation.pointer, "x-filters", name)
                message = f"`{operation.label}` has no query parameter `{name}`."
                yield Violation(pointer, message)
        creates = _mapping(operation.node.get("x-creates"))
        references = _mapping(creates.get("references"))
        for place in references:
            name = place.strip("{}")
            if place.startswith("{") and name not in _parameters(operation, "path"):
                pointer = join(operation.pointer, "x-creates", "references", place)
                message = f"`{operation.label}` has no path parameter `{name}`."
                yield Violation(pointer, message)
        yield from _referring(operation, creates, references)


def _referring(
    operation: OperationPlace, creates: dict[str, Any], references: dict[str, Any]
) -> Iterator[Violation]:
    """Yield what speaks of a reference that `x-creates` does not name."""
    base = join(operation.pointer, "x-creates")
    unique = enumerate(_sequence(creates.get("unique")))
    places = [
        *((join(base, "after", place), place) for place in _mapping(creates.get("after"))),
        *((join(base, "unique", at), one) for at, one in unique if str(one).startswith("{")),
    ]
    for pointer, place in places:
        if place not in references:
            yield Violation(pointer, f"`{place}` is none of the references of `{operation.label}`.")


def _created(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    creates = _mapping(operation.node.get("x-creates"))
    base = join(operation.pointer, "x-creates")
    place, identity = join(base, "id"), creates.get("id")
    yield _Lead(place, identity, *_answer(context, operation))
    yield _Lead(place, identity, *_answer_of(context, creates.get("get")))
    for name in _sequence(creates.get("lists")):
        yield _Lead(place, identity, *_entries_of(context, name))
    body = body_schemas(context, operation), f"the body of `{operation.label}`"
    for pointer in _mapping(creates.get("references")):
        if not pointer.startswith("{"):
            yield _Lead(join(base, "references", pointer), pointer, *body)
    for member in ("unique", "hides"):
        for index, pointer in enumerate(_sequence(creates.get(member))):
            if not str(pointer).startswith("{"):
                yield _Lead(join(base, member, index), pointer, *body)
    yield _Lead(join(base, "shows"), creates.get("shows"), *_answer(context, operation))


def _merged(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    merge = _mapping(operation.node.get("x-merge-patch"))
    base = join(operation.pointer, "x-merge-patch")
    for member in ("maps", "keeps", "bumps"):
        for index, pointer in enumerate(_sequence(merge.get(member))):
            place = join(base, member, index)
            yield _Lead(place, pointer, *_answer_of(context, merge.get("get")))
            if member == "maps":
                where = f"the body of `{operation.label}`"
                yield _Lead(place, pointer, body_schemas(context, operation), where)
    for index, pointer in enumerate(_sequence(merge.get("unique"))):
        where = f"the body of `{operation.label}`"
        yield _Lead(join(base, "unique", index), pointer, body_schemas(context, operation), where)
    yield _Lead(join(base, "shows"), merge.get("shows"), *_answer_of(context, merge.get("get")))


def _worked(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    job = _mapping(operation.node.get("x-async-job"))
    base = join(operation.pointer, "x-async-job")
    for member in ("state", "errors"):
        yield _Lead(join(base, member), job.get(member), *_answer_of(context, job.get("get")))
    location = job.get("location")
    if isinstance(location, str) and location.startswith("/"):
        yield _Lead(join(base, "location"), location, *_answer(context, operation))


def _stored(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    blob = _mapping(operation.node.get("x-blob"))
    base = join(operation.pointer, "x-blob")
    for member in ("state", "checksum"):
        yield _Lead(join(base, member), blob.get(member), *_answer_of(context, blob.get("get")))
    if isinstance(blob.get("part"), str):
        where = f"the body of `{operation.label}`"
        part = join("", blob["part"])
        yield _Lead(join(base, "part"), part, body_schemas(context, operation), where)


def _filtered(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    filters = _mapping(operation.node.get("x-filters"))
    for name, value in filters.items():
        place = join(operation.pointer, "x-filters", name)
        yield from _filter(context, operation, place, _mapping(value))
    for place, node in _places(context, operation):
        if "x-filter" in node and node["name"] not in filters:
            value = _mapping(node["x-filter"])
            yield from _filter(context, operation, join(place, "x-filter"), value)


def _filter(
    context: Context, operation: OperationPlace, place: str, value: dict[str, Any]
) -> Iterator[_Lead]:
    yield _Lead(join(place, "path"), value.get("path"), *_entries(context, operation))
    for index, hop in enumerate(map(_mapping, _sequence(value.get("through")))):
        inside = join(place, "through", index, "path")
        yield _Lead(inside, hop.get("path"), *_answer_of(context, hop.get("operation")))


def _ordered(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    entries = _entries(context, operation)
    for index, pointer in enumerate(_sequence(operation.node.get("x-default-order"))):
        yield _Lead(join(operation.pointer, "x-default-order", index), pointer, *entries)
    for place, node in _places(context, operation):
        order = _mapping(node.get("x-order"))
        base = join(place, "x-order")
        for value, pointer in _mapping(order.get("values")).items():
            yield _Lead(join(base, "values", value), pointer, *entries)
        yield _Lead(join(base, "tie"), order.get("tie"), *entries)


def _places(context: Context, operation: OperationPlace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield an operation's query parameters with the pointers of the objects themselves."""
    for where, node in operation.parameters:
        if node["in"] == "query":
            yield context.resolve(follow(context.root, where), where)[0], node


def _answer(context: Context, operation: OperationPlace) -> tuple[list[Any], str]:
    return success_schemas(context, operation), f"the answer of `{operation.label}`"


def _answer_of(context: Context, name: Any) -> tuple[list[Any], str]:
    operation = context.operations_by_id.get(name) if isinstance(name, str) else None
    return _answer(context, operation) if operation else ([], "")


def _entries(context: Context, operation: OperationPlace) -> tuple[list[Any], str]:
    return entry_schemas(context, operation), f"an entry of `{operation.label}`"


def _entries_of(context: Context, name: Any) -> tuple[list[Any], str]:
    operation = context.operations_by_id.get(name) if isinstance(name, str) else None
    return _entries(context, operation) if operation else ([], "")


def _parameters(operation: OperationPlace, location: str) -> set[str]:
    return {node["name"] for _, node in operation.parameters if node["in"] == location}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
