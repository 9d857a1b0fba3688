"""Are the parameters, references and examples there that extensions name?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.rules.contents import example_names
from specfoundry.rules.context import Context, OperationPlace, Violation
from specfoundry.rules.extension_parts import each, extension_of, mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator


def extension_parameters(context: Context) -> Iterator[Violation]:
    """Check that the parameters, references and examples which extensions name are there."""
    for operation in context.operations:
        yield from _parameters_named(operation)
        yield from _references_named(operation)
        yield from _examples_named(context, operation)


def _parameters_named(operation: OperationPlace) -> Iterator[Violation]:
    creates = extension_of(operation, "x-creates")
    base = operation.pointer
    named = [
        *(
            (join(base, "x-filters", name), "query", name)
            for name in extension_of(operation, "x-filters")
        ),
        *((place, "query", name) for place, name in _turning(operation)),
        *_braced(join(base, "x-creates", "references"), mapping(creates.get("references"))),
        *_braced(join(base, "x-references"), extension_of(operation, "x-references")),
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
    creates = extension_of(operation, "x-creates")
    base = join(operation.pointer, "x-creates")
    unique = enumerate(sequence(creates.get("unique")))
    owners = enumerate(sequence(creates.get("owners")))
    places = [
        *((join(base, "after", place), place) for place in mapping(creates.get("after"))),
        *((join(base, "unique", at), one) for at, one in unique if str(one).startswith("{")),
        *((join(base, "owners", at), one) for at, one in owners),
    ]
    for pointer, place in places:
        if isinstance(place, str) and place not in mapping(creates.get("references")):
            yield Violation(pointer, f"`{place}` is none of the references of `{operation.label}`.")


def _examples_named(context: Context, operation: OperationPlace) -> Iterator[Violation]:
    known = example_names(context, operation)
    base = join(operation.pointer, "x-creates")
    for pointer, name in each(base, extension_of(operation, "x-creates"), "conditional"):
        if isinstance(name, str) and name not in known:
            yield Violation(pointer, f"`{operation.label}` has no request example `{name}`.")


def _turning(operation: OperationPlace) -> Iterator[tuple[str, str]]:
    """Yield (place, name) of the parameters that turn an order round."""
    for where, node in operation.parameters:
        order = mapping(node.get("x-order"))
        for name in mapping(order.get("direction")):
            yield join(where, "x-order", "direction", name), name


def _parameters(operation: OperationPlace, location: str) -> set[str]:
    return {node["name"] for _, node in operation.parameters if node["in"] == location}
