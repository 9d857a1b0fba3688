"""What does a document say of its operations, as far as somebody who calls them must know?"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import follow, from_fragment, join
from specfoundry.document.structure import METHODS, path_items
from specfoundry.rules.examples import SchemaValidators
from specfoundry.runtime.client_parameters import WireParameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEPTH = 32
_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an operation (OpenAPI 3.1, 4.8.12)."""

    pointer: str
    """Where it stands in the document."""
    node: Mapping[str, Any]
    wire: WireParameter

    @property
    def name(self) -> str:
        """Its name on the wire."""
        return self.wire.name

    @property
    def location(self) -> str:
        """`path`, `query`, `header` or `cookie`."""
        return self.wire.location

    @property
    def schema(self) -> Mapping[str, Any]:
        """Its schema, references not followed; empty when there is none."""
        found = self.node.get("schema")
        return found if isinstance(found, dict) else {}

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return self.schema.get("type") == "array"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a request or an answer may hold in one media type."""

    media_type: str
    pointer: str
    """Of the media type object."""
    node: Mapping[str, Any]
    examples: tuple[Any, ...] = ()

    @property
    def schema_pointer(self) -> str | None:
        """Where its schema stands; None when it has none."""
        return join(self.pointer, "schema") if "schema" in self.node else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One documented response: a status, a range such as `4XX`, or `default`."""

    status: str
    pointer: str
    node: Mapping[str, Any]
    headers: Mapping[str, tuple[str, Mapping[str, Any]]]
    """Lower-case name → pointer and header object."""
    bodies: tuple[Body, ...]
    links: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation."""

    id: str
    method: str
    """In upper case."""
    path: str
    pointer: str
    node: Mapping[str, Any]
    parameters: tuple[Parameter, ...]
    bodies: tuple[Body, ...]
    is_body_required: bool
    answers: Mapping[str, Answer]
    security: tuple[Mapping[str, Any], ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, location: str) -> Iterator[Parameter]:
        """Yield the parameters of one location."""
        return (parameter for parameter in self.parameters if parameter.location == location)

    def parameter(self, name: str, location: str = "query") -> Parameter | None:
        """Return the parameter of this name, or None."""
        return next((one for one in self.at(location) if one.name == name), None)

    def answer_for(self, status: int) -> Answer | None:
        """Return what is documented for a status: itself, its range, or the default."""
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in self.answers:
                return self.answers[name]
        return None

    @property
    def reads(self) -> bool:
        """Whether calling it changes nothing (RFC 9110, 9.2.1)."""
        return self.method in {"GET", "HEAD", "OPTIONS", "TRACE"}

    @property
    def needs_token(self) -> bool:
        """Whether every alternative of its security asks for something."""
        return bool(self.security) and {} not in self.security


@dataclass(frozen=True)
class Contract:
    """All operations of one bundled document, by operationId (or `METHOD path` without one)."""

    node: Mapping[str, Any]
    operations: Mapping[str, Operation] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations.values())

    def __getitem__(self, operation_id: str) -> Operation:
        return self.operations[operation_id]

    def get(self, operation_id: object) -> Operation | None:
        """Return the operation of this id, or None."""
        return self.operations.get(operation_id) if isinstance(operation_id, str) else None

    @cached_property
    def validators(self) -> SchemaValidators:
        """Judge values by the document's schemas, compiled as they are needed."""
        return SchemaValidators(dict(self.node))

    @cached_property
    def paths(self) -> Mapping[tuple[str, str], Operation]:
        """Operations by method and path template."""
        return {(one.method, one.path): one for one in self}


def read_contract(node: Mapping[str, Any]) -> Contract:
    """Read a bundled OpenAPI 3.1 document: no reference leads out of it.

    Args:
        node: the document, as JSON values.
    """
    found = {}
    for path, item in path_items(node):
        pointer = join("", "paths", path)
        for method in METHODS:
            if isinstance(item.get(method), dict):
                operation = _operation(node, path, method, item, pointer)
                found[operation.id] = operation
    return Contract(node, found)


def _operation(
    root: Mapping[str, Any], path: str, method: str, item: Mapping[str, Any], pointer: str
) -> Operation:
    node = item[method]
    here = join(pointer, method)
    inherited = _parameters(root, item, pointer)
    own = _parameters(root, node, here)
    body_pointer, body = target(root, join(here, "requestBody"), node.get("requestBody"))
    return Operation(
        id=str(node.get("operationId") or f"{method.upper()} {path}"),
        method=method.upper(),
        path=path,
        pointer=here,
        node=node,
        parameters=tuple({**inherited, **own}.values()),
        bodies=tuple(_bodies(root, body, body_pointer)),
        is_body_required=bool(body.get("required", False)),
        answers=dict(_answers(root, node, here)),
        security=tuple(node.get("security", root.get("security", ()))),
    )


def _parameters(
    root: Mapping[str, Any], holder: Mapping[str, Any], pointer: str
) -> dict[tuple[str, str], Parameter]:
    found = {}
    for index, entry in enumerate(holder.get("parameters", ())):
        place, node = target(root, join(pointer, "parameters", index), entry)
        if "name" in node and "in" in node:
            found[node["name"], node["in"]] = Parameter(pointer=place, node=node, wire=_wire(node))
    return found


def _wire(node: Mapping[str, Any]) -> WireParameter:
    style = node.get("style", _STYLES.get(node["in"], "form"))
    return WireParameter(
        identifier=node["name"],
        name=node["name"],
        location=node["in"],
        style=style,
        explode=node.get("explode", style in {"form", "deepObject"}),
        allow_reserved=node.get("allowReserved", False),
        content_type=next(iter(node.get("content", {})), None),
        decode=node.get("x-decode"),
        required=node.get("required", False),
    )


def _bodies(root: Mapping[str, Any], holder: Mapping[str, Any], pointer: str) -> Iterator[Body]:
    for media_type, node in holder.get("content", {}).items():
        given = node.get("examples", {})
        examples = [target(root, "", example)[1].get("value") for example in given.values()]
        if "example" in node:
            examples.append(node["example"])
        yield Body(
            media_type=media_type,
            pointer=join(pointer, "content", media_type),
            node=node,
            examples=tuple(example for example in examples if example is not None),
        )


def _answers(
    root: Mapping[str, Any], operation: Mapping[str, Any], pointer: str
) -> Iterator[tuple[str, Answer]]:
    for status, entry in operation.get("responses", {}).items():
        if str(status).startswith("x-"):
            continue
        place, node = target(root, join(pointer, "responses", status), entry)
        headers = {
            name.lower(): target(root, join(place, "headers", name), header)
            for name, header in node.get("headers", {}).items()
        }
        links = {name: target(root, "", link)[1] for name, link in node.get("links", {}).items()}
        yield (
            str(status).upper() if str(status) != "default" else "default",
            Answer(
                status=str(status),
                pointer=place,
                node=node,
                headers=headers,
                bodies=tuple(_bodies(root, node, place)),
                links=links,
            ),
        )


def target(root: Mapping[str, Any], pointer: str, node: Any) -> tuple[str, Mapping[str, Any]]:
    """Return where an object stands and what it is, references followed; empty for no object."""
    for _ in range(_DEPTH):
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#"):
            break
        pointer = from_fragment(reference[1:])
        node = follow(root, pointer)
    return pointer, node if isinstance(node, dict) else {}
