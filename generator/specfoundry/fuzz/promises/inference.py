"""What can be told of a document that does not say what its calls leave behind?

Bodies without examples get one from their schemas. Where no operation at all says what it creates
(`x-creates`), a POST that answers with an id for the path below its own is taken to create; what is
found so is marked, and judged with more tolerance.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import join
from specfoundry.fuzz.promises.contract import Contract, target
from specfoundry.fuzz.promises.samples import NoSampleError, sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Answer, Body, Operation

_IN_BODY: Final = re.compile(r"^\$response\.body#(/.*)$")
_USUAL: Final = ("id", "guid", "uuid", "key", "name")


def completed(contract: Contract) -> Contract:
    """Return the contract with examples and creations as far as they can be inferred."""
    operations = {
        one.id: replace(one, bodies=tuple(_shown(contract, body) for body in one.bodies))
        for one in contract
    }
    found = Contract(contract.node, operations)
    if any("x-creates" in one.node for one in contract):
        return found
    created = dict(_creations(found))
    readers = {creation["get"]: name for name, creation in created.items()}
    for name, creation in created.items():
        operation = operations[name]
        references = dict(_references(found, operation, readers))
        told = {**creation, **({"references": references} if references else {})}
        operations[name] = replace(operation, node={**operation.node, "x-creates": told})
    return Contract(contract.node, operations)


def _shown(contract: Contract, body: Body) -> Body:
    if body.examples or body.schema_pointer is None or "json" not in body.media_type:
        return body
    try:
        value = sample(contract.node, body.node["schema"])
    except NoSampleError:
        return body
    allowed = contract.validators.allows(body.schema_pointer, value)
    return replace(body, examples=(value,)) if allowed else body


def _creations(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    for operation in contract:
        reader = _below(contract, operation, "GET") if operation.method == "POST" else None
        pointer = _identity(contract, operation, reader) if reader else None
        if reader is None or pointer is None:
            continue
        creation: dict[str, Any] = {"id": pointer, "get": reader.id, "inferred": True}
        for word, methods in (("update", ("PATCH", "PUT")), ("delete", ("DELETE",))):
            for method in methods:
                other = contract.paths.get((method, reader.path))
                if other is not None and word not in creation:
                    creation[word] = other.id
        yield operation.id, creation


def _below(contract: Contract, operation: Operation, method: str) -> Operation | None:
    """Return the operation on one of what stands at a path."""
    base = operation.path.rstrip("/")
    for (other, path), found in contract.paths.items():
        above, _, last = path.rpartition("/")
        if other == method and above == base and last.startswith("{") and last.endswith("}"):
            return found
    return None


def _identity(contract: Contract, operation: Operation, reader: Operation) -> str | None:
    """Return where the answer tells the id, by a link or by the names of its members."""
    name = reader.path.rpartition("/")[2][1:-1]
    for status, answer in operation.answers.items():
        if not status.startswith("2"):
            continue
        linked = _linked(answer, reader, name)
        if linked is not None:
            return linked
        for body in answer.bodies:
            known = _members(contract.node, body.node.get("schema"))
            for word in (name, _snake(name), *_USUAL):
                if word in known:
                    return join("", word)
    return None


def _linked(answer: Answer, reader: Operation, name: str) -> str | None:
    for link in answer.links.values():
        value = (
            link.get("parameters", {}).get(name) if link.get("operationId") == reader.id else None
        )
        match = _IN_BODY.match(value) if isinstance(value, str) else None
        if match:
            return match.group(1)
    return None


def _members(root: Mapping[str, Any], schema: Any, deep: int = 4) -> set[str]:
    _, node = target(root, "", schema)
    found = set(node.get("properties", {}))
    for part in node.get("allOf", ()) if deep else ():
        found |= _members(root, part, deep - 1)
    return found


def _references(
    contract: Contract, operation: Operation, readers: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield members of the body that are called like the id of something else."""
    ids = {
        name: reader
        for reader in readers
        for name in _names(contract.operations[reader])
        if readers[reader] != operation.id
    }
    for body in operation.bodies[:1]:
        for example in body.examples[:1]:
            for member in example if isinstance(example, dict) else ():
                if _snake(member) in ids:
                    yield join("", member), ids[_snake(member)]


def _names(reader: Operation) -> Iterator[str]:
    """Yield what the id of a thing is called elsewhere: `petId` and `pet_id` for `/pets/{id}`."""
    *_, collection, last = reader.path.split("/")
    name = _snake(last[1:-1])
    if name not in _USUAL:
        yield name
    for word in _USUAL[:3]:
        yield f"{_snake(collection).removesuffix('s')}_{word}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).replace("-", "_").lower()
