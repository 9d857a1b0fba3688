"""Do the pointers of extensions lead into the answers, entries and bodies that they speak of?

Where a schema is missing nothing can be decided, and nothing is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from specfoundry.document.pointer import follow, join
from specfoundry.rules.contents import body_schemas, entry_schemas, success_schemas
from specfoundry.rules.context import Context, OperationPlace, Violation
from specfoundry.rules.extension_parts import each, extension_of, mapping, sequence
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
        for find in (
            _identified,
            _sent,
            _shown,
            _referred,
            _decided,
            _merged,
            _worked,
            _stored,
            _filtered,
            _ordered,
            _included,
        ):
            for lead in find(context, operation):
                if not isinstance(lead.pointer, str) or not lead.schemas:
                    continue
                if not schemas_at(context, lead.schemas, lead.pointer, wild=True):
                    message = f"`{lead.pointer}` leads nowhere in {lead.where}."
                    yield Violation(lead.place, message)


def _identified(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    creates = extension_of(operation, "x-creates")
    place, identity = join(operation.pointer, "x-creates", "id"), creates.get("id")
    yield _Lead(place, identity, *_answer(context, operation))
    yield _Lead(place, identity, *_answer_of(context, creates.get("get")))
    for name in sequence(creates.get("lists")):
        yield _Lead(place, identity, *_entries_of(context, name))


def _sent(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    creates = extension_of(operation, "x-creates")
    base = join(operation.pointer, "x-creates")
    position = join(base, "position")
    references = mapping(creates.get("references"))
    leads = [
        *((join(base, "references", place), place) for place in references),
        *each(base, creates, "unique"),
        *each(base, creates, "hides"),
        *each(position, mapping(creates.get("position")), "sent"),
    ]
    for place, pointer in leads:
        if not str(pointer).startswith("{"):
            yield _Lead(place, pointer, *_body(context, operation))


def _shown(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    creates = extension_of(operation, "x-creates")
    base = join(operation.pointer, "x-creates")
    position = mapping(creates.get("position"))
    holders = [
        *((base, creates, member) for member in ("shows", "self", "moves", "unlisted")),
        *((join(base, "position"), position, member) for member in ("at", "within")),
    ]
    for where, value, member in holders:
        for place, pointer in each(where, value, member):
            yield _Lead(place, pointer, *_answer(context, operation))


def _referred(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    for place, source in extension_of(operation, "x-references").items():
        where = join(operation.pointer, "x-references", place)
        if not place.startswith("{"):
            yield _Lead(where, place, *_body(context, operation))
        answer = _answer_of(context, mapping(source).get("operation"))
        yield _Lead(join(where, "path"), mapping(source).get("path"), *answer)


def _decided(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    for where, pointer in each(operation.pointer, operation.node, "x-state-dependent-members"):
        yield _Lead(where, pointer, *_body(context, operation))


def _merged(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    merge = extension_of(operation, "x-merge-patch")
    base = join(operation.pointer, "x-merge-patch")
    for member in ("maps", "keeps", "bumps", "shows"):
        for where, pointer in each(base, merge, member):
            yield _Lead(where, pointer, *_answer_of(context, merge.get("get")))
    for member in ("maps", "unique"):
        for where, pointer in each(base, merge, member):
            yield _Lead(where, pointer, *_body(context, operation))


def _worked(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    job = extension_of(operation, "x-async-job")
    base = join(operation.pointer, "x-async-job")
    for member in ("state", "errors"):
        yield _Lead(join(base, member), job.get(member), *_answer_of(context, job.get("get")))
    location = job.get("location")
    if isinstance(location, str) and location.startswith("/"):
        yield _Lead(join(base, "location"), location, *_answer(context, operation))


def _stored(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    blob = extension_of(operation, "x-blob")
    base = join(operation.pointer, "x-blob")
    for member in ("state", "checksum"):
        yield _Lead(join(base, member), blob.get(member), *_answer_of(context, blob.get("get")))
    if isinstance(blob.get("part"), str):
        part = join("", blob["part"])
        yield _Lead(join(base, "part"), part, *_body(context, operation))


def _filtered(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    filters = extension_of(operation, "x-filters")
    rules = [
        (join(operation.pointer, "x-filters", name), mapping(value))
        for name, value in filters.items()
    ]
    rules += [
        (join(place, "x-filter"), mapping(node["x-filter"]))
        for place, node in _places(context, operation)
        if "x-filter" in node and node["name"] not in filters
    ]
    entries = _entries(context, operation) if rules else ([], "")
    for place, value in rules:
        yield _Lead(join(place, "path"), value.get("path"), *entries)
        yield from _hops(context, place, value)


def _hops(context: Context, place: str, value: dict[str, Any]) -> Iterator[_Lead]:
    """Yield where the steps of a `through` must lead."""
    for index, hop in enumerate(map(mapping, sequence(value.get("through")))):
        inside = join(place, "through", index, "path")
        yield _Lead(inside, hop.get("path"), *_answer_of(context, hop.get("operation")))


def _ordered(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    entries = _entries(context, operation)
    for index, pointer in enumerate(sequence(operation.node.get("x-default-order"))):
        yield _Lead(join(operation.pointer, "x-default-order", index), pointer, *entries)
    for place, node in _places(context, operation):
        order = mapping(node.get("x-order"))
        base = join(place, "x-order")
        for value, pointer in mapping(order.get("values")).items():
            yield _Lead(join(base, "values", value), pointer, *entries)
        yield _Lead(join(base, "tie"), order.get("tie"), *entries)


def _included(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    answer = _answer(context, operation)
    shown = _entries(context, operation) if "x-pagination" in operation.node else answer
    for place, node in _places(context, operation):
        for value, added in mapping(node.get("x-include")).items():
            base = join(place, "x-include", value)
            for at, one in mapping(added).items():
                yield _Lead(join(base, at), at, *answer)
                yield _Lead(join(base, at, "path"), mapping(one).get("path"), *shown)
                yield from _hops(context, join(base, at), mapping(one))


def _places(context: Context, operation: OperationPlace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield an operation's query parameters with the pointers of the objects themselves."""
    for where, node in operation.parameters:
        if node["in"] == "query":
            yield context.resolve(follow(context.root, where), where)[0], node


def _body(context: Context, operation: OperationPlace) -> tuple[list[Any], str]:
    return body_schemas(context, operation), f"the body of `{operation.label}`"


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
