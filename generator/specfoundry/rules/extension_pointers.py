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


def extension_parameters(context: Context) -> Iterator[Violation]:
    """Check that the parameters, references and examples which extensions name are there."""
    for operation in context.operations:
        yield from _parameters_named(operation)
        yield from _references_named(operation)
        yield from _examples_named(context, operation)


def _parameters_named(operation: OperationPlace) -> Iterator[Violation]:
    creates = _member(operation, "x-creates")
    base = operation.pointer
    named = [
        *(
            (join(base, "x-filters", name), "query", name)
            for name in _member(operation, "x-filters")
        ),
        *((place, "query", name) for place, name in _turning(operation)),
        *_braced(join(base, "x-creates", "references"), _mapping(creates.get("references"))),
        *_braced(join(base, "x-references"), _member(operation, "x-references")),
    ]
    for pointer, location, name in named:
        if name not in _parameters(operation, location):
            message = f"`{operation.label}` has no {location} parameter `{name}`."
            yield Violation(pointer, message)


def _braced(base: str, references: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (pointer, `path`, name) of the references that are path parameters in braces."""
    for place in references:
        if place.startswith("{"):
            yield join(base, place), "path", place.strip("{}")


def _references_named(operation: OperationPlace) -> Iterator[Violation]:
    """Yield what speaks of a reference that `x-creates` does not name."""
    creates = _member(operation, "x-creates")
    base = join(operation.pointer, "x-creates")
    unique = enumerate(_sequence(creates.get("unique")))
    owners = enumerate(_sequence(creates.get("owners")))
    places = [
        *((join(base, "after", place), place) for place in _mapping(creates.get("after"))),
        *((join(base, "unique", at), one) for at, one in unique if str(one).startswith("{")),
        *((join(base, "owners", at), one) for at, one in owners),
    ]
    for pointer, place in places:
        if isinstance(place, str) and place not in _mapping(creates.get("references")):
            yield Violation(pointer, f"`{place}` is none of the references of `{operation.label}`.")


def _examples_named(context: Context, operation: OperationPlace) -> Iterator[Violation]:
    body = context.resolved(operation.node.get("requestBody"), "")
    known = {
        name
        for media in map(_mapping, _mapping(body.get("content")).values())
        for name in _mapping(media.get("examples"))
    }
    base = join(operation.pointer, "x-creates")
    for pointer, name in _each(base, _member(operation, "x-creates"), "conditional"):
        if isinstance(name, str) and name not in known:
            yield Violation(pointer, f"`{operation.label}` has no request example `{name}`.")


def _identified(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    creates = _member(operation, "x-creates")
    place, identity = join(operation.pointer, "x-creates", "id"), creates.get("id")
    yield _Lead(place, identity, *_answer(context, operation))
    yield _Lead(place, identity, *_answer_of(context, creates.get("get")))
    for name in _sequence(creates.get("lists")):
        yield _Lead(place, identity, *_entries_of(context, name))


def _sent(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    creates = _member(operation, "x-creates")
    base = join(operation.pointer, "x-creates")
    position = join(base, "position")
    references = _mapping(creates.get("references"))
    leads = [
        *((join(base, "references", place), place) for place in references),
        *_each(base, creates, "unique"),
        *_each(base, creates, "hides"),
        *_each(position, _mapping(creates.get("position")), "sent"),
    ]
    for place, pointer in leads:
        if not str(pointer).startswith("{"):
            yield _Lead(place, pointer, *_body(context, operation))


def _shown(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    creates = _member(operation, "x-creates")
    base = join(operation.pointer, "x-creates")
    position = _mapping(creates.get("position"))
    holders = [
        *((base, creates, member) for member in ("shows", "self", "moves", "unlisted")),
        *((join(base, "position"), position, member) for member in ("at", "within")),
    ]
    for where, value, member in holders:
        for place, pointer in _each(where, value, member):
            yield _Lead(place, pointer, *_answer(context, operation))


def _referred(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    for place, source in _member(operation, "x-references").items():
        where = join(operation.pointer, "x-references", place)
        if not place.startswith("{"):
            yield _Lead(where, place, *_body(context, operation))
        answer = _answer_of(context, _mapping(source).get("operation"))
        yield _Lead(join(where, "path"), _mapping(source).get("path"), *answer)


def _decided(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    for where, pointer in _each(operation.pointer, operation.node, "x-state-dependent-members"):
        yield _Lead(where, pointer, *_body(context, operation))


def _merged(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    merge = _member(operation, "x-merge-patch")
    base = join(operation.pointer, "x-merge-patch")
    for member in ("maps", "keeps", "bumps", "shows"):
        for where, pointer in _each(base, merge, member):
            yield _Lead(where, pointer, *_answer_of(context, merge.get("get")))
    for member in ("maps", "unique"):
        for where, pointer in _each(base, merge, member):
            yield _Lead(where, pointer, *_body(context, operation))


def _worked(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    job = _member(operation, "x-async-job")
    base = join(operation.pointer, "x-async-job")
    for member in ("state", "errors"):
        yield _Lead(join(base, member), job.get(member), *_answer_of(context, job.get("get")))
    location = job.get("location")
    if isinstance(location, str) and location.startswith("/"):
        yield _Lead(join(base, "location"), location, *_answer(context, operation))


def _stored(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    blob = _member(operation, "x-blob")
    base = join(operation.pointer, "x-blob")
    for member in ("state", "checksum"):
        yield _Lead(join(base, member), blob.get(member), *_answer_of(context, blob.get("get")))
    if isinstance(blob.get("part"), str):
        part = join("", blob["part"])
        yield _Lead(join(base, "part"), part, *_body(context, operation))


def _filtered(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    filters = _member(operation, "x-filters")
    rules = [
        (join(operation.pointer, "x-filters", name), _mapping(value))
        for name, value in filters.items()
    ]
    rules += [
        (join(place, "x-filter"), _mapping(node["x-filter"]))
        for place, node in _places(context, operation)
        if "x-filter" in node and node["name"] not in filters
    ]
    entries = _entries(context, operation) if rules else ([], "")
    for place, value in rules:
        yield _Lead(join(place, "path"), value.get("path"), *entries)
        yield from _hops(context, place, value)


def _hops(context: Context, place: str, value: dict[str, Any]) -> Iterator[_Lead]:
    """Yield where the steps of a `through` must lead."""
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


def _included(context: Context, operation: OperationPlace) -> Iterator[_Lead]:
    answer = _answer(context, operation)
    shown = _entries(context, operation) if "x-pagination" in operation.node else answer
    for place, node in _places(context, operation):
        for value, added in _mapping(node.get("x-include")).items():
            base = join(place, "x-include", value)
            for at, one in _mapping(added).items():
                yield _Lead(join(base, at), at, *answer)
                yield _Lead(join(base, at, "path"), _mapping(one).get("path"), *shown)
                yield from _hops(context, join(base, at), _mapping(one))


def _turning(operation: OperationPlace) -> Iterator[tuple[str, str]]:
    """Yield (place, name) of the parameters that turn an order round."""
    for where, node in operation.parameters:
        order = _mapping(node.get("x-order"))
        for name in _mapping(order.get("direction")):
            yield join(where, "x-order", "direction", name), name


def _places(context: Context, operation: OperationPlace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield an operation's query parameters with the pointers of the objects themselves."""
    for where, node in operation.parameters:
        if node["in"] == "query":
            yield context.resolve(follow(context.root, where), where)[0], node


def _each(base: str, value: dict[str, Any], member: str) -> Iterator[tuple[str, Any]]:
    """Yield (where it stands, pointer) of a member that holds one pointer or a list of them."""
    pointers = value.get(member)
    if isinstance(pointers, str):
        yield join(base, member), pointers
    for index, pointer in enumerate(_sequence(pointers)):
        yield join(base, member, index), pointer


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


def _parameters(operation: OperationPlace, location: str) -> set[str]:
    return {node["name"] for _, node in operation.parameters if node["in"] == location}


def _member(operation: OperationPlace, name: str) -> dict[str, Any]:
    """Return an extension of an operation, an empty one when it is no object."""
    return _mapping(operation.node.get(name))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
