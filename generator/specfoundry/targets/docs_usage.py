"""Who uses which schema, and which operations lead to which?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from specfoundry.targets.docs_addresses import Addresses, fragment, href
from specfoundry.targets.docs_extensions import error_codes
from specfoundry.targets.docs_nodes import Nodes, iter_schema_names, mapping, schema_name, text
from specfoundry.targets.docs_views import Ref, Use

_PLACES = (
    ("request", "Request body of"),
    ("response", "Response of"),
    ("parameter", "Parameter of"),
)


class Usage:
    """What refers to what in one document, each part of it read once."""

    def __init__(self, nodes: Nodes, addresses: Addresses) -> None:
        """Read the schemas of `nodes`; links are made from `addresses`."""
        self._nodes = nodes
        self._addresses = addresses
        self._reached: dict[str, tuple[str, ...]] = {}
        self._by_operation: dict[str, dict[str, dict[str, None]]] = {}
        self._by_schema = self._schemas_by_schema()

    def _schemas_by_schema(self) -> dict[str, dict[str, None]]:
        found: dict[str, dict[str, None]] = {}
        for name, schema in self._nodes.schemas.items():
            for used in iter_schema_names(schema):
                found.setdefault(used, {})[name] = None
        return found

    def schemas_of(self, operation: Mapping[str, Any], path: str) -> list[str]:
        """Return the schemas which an operation names itself, in the order of the page."""
        return list(dict.fromkeys(name for _, name in self._places(operation, path)))

    def add_operation(self, operation_id: str, operation: Mapping[str, Any], path: str) -> None:
        """Note what an operation uses."""
        for place, name in self._places(operation, path):
            self._by_operation.setdefault(name, {}).setdefault(place, {})[operation_id] = None

    def _places(self, operation: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
        for node in self._nodes.parameters(path, operation):
            yield from (("parameter", name) for name in iter_schema_names(node))
        yield from (("request", name) for name in self._names(operation.get("requestBody")))
        for response in mapping(operation.get("responses")).values():
            yield from (("response", name) for name in self._names(response))

    def _names(self, entry: object) -> tuple[str, ...]:
        """Return the schemas that a body or response names, through shared components."""
        reference = mapping(entry).get("$ref")
        if not isinstance(reference, str):
            return tuple(dict.fromkeys(self._followed(entry, ())))
        if reference not in self._reached:
            target = self._nodes.at(reference)
            self._reached[reference] = tuple(dict.fromkeys(self._followed(target, (reference,))))
        return self._reached[reference]

    def _followed(self, node: object, seen: tuple[str, ...]) -> Iterator[str]:
        if isinstance(node, list):
            for entry in node:
                yield from self._followed(entry, seen)
        elif isinstance(node, Mapping):
            reference = node.get("$ref")
            name = schema_name(reference)
            if name is not None:
                yield name
            elif isinstance(reference, str) and reference not in seen:
                yield from self._followed(self._nodes.at(reference), (*seen, reference))
            for key, value in node.items():
                if key not in ("example", "examples", "links"):
                    yield from self._followed(value, seen)

    def uses(self, name: str) -> tuple[Use, ...]:
        """Return where a schema is used: operations by place, then other schemas."""
        places = self._by_operation.get(name, {})
        found = [
            Use(title=title, links=self._operation_links(places[place]))
            for place, title in _PLACES
            if place in places
        ]
        others = [other for other in self._by_schema.get(name, {}) if other != name]
        if others:
            links = tuple(
                Ref(other, href(self._addresses.schemas[other], "../")) for other in others
            )
            found.append(Use(title="Part of", links=links))
        return tuple(found)

    def _operation_links(self, operation_ids: Iterable[str]) -> tuple[Ref, ...]:
        return tuple(
            Ref(operation_id, href(self._addresses.operations[operation_id], "../"))
            for operation_id in operation_ids
        )


def codes_of(nodes: Nodes, operation: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the error codes of an operation: code, description, status (empty when not tied to one)."""
    for status, entry in mapping(operation.get("responses")).items():
        response = nodes.resolve(entry)
        for code, about in error_codes(response.get("x-error-codes")):
            yield code, about, status
    stated = operation.get("x-error-codes")
    by_status = mapping(stated)
    if by_status and all(key[:1].isdigit() for key in by_status):
        for status, codes in by_status.items():
            yield from ((code, about, status) for code, about in error_codes(codes))
        return
    yield from ((code, about, "") for code, about in error_codes(stated))


def path_pieces(path: str, parameters: Iterable[Mapping[str, Any]]) -> tuple[Ref, ...]:
    """Return a path in pieces; a template variable leads to its parameter on the same page."""
    known = {text(node.get("name")) for node in parameters if node.get("in") == "path"}
    pieces: list[Ref] = []
    rest = path
    while "{" in rest and "}" in rest:
        before, _, after = rest.partition("{")
        name, closed, rest = after.partition("}")
        if before:
            pieces.append(Ref(before))
        variable = f"{{{name}{closed}"
        pieces.append(Ref(variable, fragment(f"path-{name}") if name in known else None))
    return (*pieces, Ref(rest)) if rest else tuple(pieces)
