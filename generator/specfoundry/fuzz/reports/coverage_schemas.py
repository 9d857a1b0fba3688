"""Which parts of the answers' schemas have been seen in answers?

A part is a member of an object, a value of an enumeration, one of several types, or an alternative.
It is named by where it stands in the document, so that what several operations share counts once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import join
from specfoundry.fuzz.promises.contract import target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Contract

_ITEMS: Final = 20
"""So many items of an array are looked at."""
_KNOWN: Final = 50_000
"""So many values are known again."""
_DEPTH: Final = 24
_TYPES: Final = {
    "string": str,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


@dataclass(slots=True)
class SchemaCoverage:
    """What has been seen of the schemas of a document's answers.

    Attributes:
        contract: The document.
        seen: Names of parts.

    """

    contract: Contract
    seen: set[str] = field(default_factory=set)
    _known: set[int] = field(default_factory=set)
    """Hashes of values that were walked through already: lists show the same items all the time."""

    def observe(self, pointer: str, value: Any) -> None:
        """Take a value that the schema at a pointer describes."""
        if self._is_new(pointer, value):
            self._walk(*self._resolved(pointer), value, _DEPTH)

    def documented(self, operations: frozenset[str] | None = None) -> frozenset[str]:
        """Return the names of all parts that the answers of operations may have; None: of all."""
        found: set[str] = set()
        done: set[str] = set()
        for operation in self.contract:
            if operations is None or operation.id in operations:
                for answer in operation.answers.values():
                    for pointer in (body.schema_pointer for body in answer.bodies):
                        if pointer is not None:
                            self._enumerate(pointer, found, done)
        return frozenset(found)

    def _resolved(self, pointer: str) -> tuple[str, Mapping[str, Any]]:
        return target(self.contract.node, "", {"$ref": f"#{pointer}"})

    def _walk(self, pointer: str, schema: Mapping[str, Any], value: Any, depth: int) -> None:
        if "$ref" in schema:
            pointer, schema = target(self.contract.node, pointer, schema)
        if depth <= 0:
            return
        self.seen.update(_of_value(pointer, schema, value))
        for place, part in _alternatives(pointer, schema):
            if self.contract.validators.allows(place, value):
                self.seen.add(place)
                self._walk(place, part, value, depth - 1)
        for place, part in _all_of(pointer, schema):
            self._walk(place, part, value, depth - 1)
        for place, part, inner in _children(pointer, schema, value):
            if not isinstance(value, list) or self._is_new(place, inner):
                self._walk(place, part, inner, depth - 1)

    def _is_new(self, pointer: str, value: Any) -> bool:
        key = hash((pointer, json.dumps(value)))
        if key in self._known:
            return False
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known.add(key)
        return True

    def _enumerate(self, pointer: str, found: set[str], done: set[str]) -> None:
        pointer, schema = self._resolved(pointer)
        if pointer in done:
            return
        done.add(pointer)
        found.update(_parts(pointer, schema))
        for place, _ in (*_alternatives(pointer, schema), *_all_of(pointer, schema)):
            self._enumerate(place, found, done)
        for name in schema.get("properties", {}):
            self._enumerate(join(pointer, "properties", name), found, done)
        for keyword in ("items", "additionalProperties"):
            if isinstance(schema.get(keyword), dict):
                self._enumerate(join(pointer, keyword), found, done)


def _parts(pointer: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of a schema's own parts."""
    for name in schema.get("properties", {}):
        yield join(pointer, "properties", name)
    for value in schema.get("enum", ()):
        yield f"{pointer}={value}"
    if isinstance(schema.get("type"), list):
        for name in schema["type"]:
            yield f"{pointer}:{name}"
    yield from (place for place, _ in _alternatives(pointer, schema))


def _of_value(pointer: str, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    """Yield the names of the parts that a value shows."""
    if isinstance(value, dict):
        for name in schema.get("properties", {}):
            if name in value:
                yield join(pointer, "properties", name)
    if value in schema.get("enum", ()):
        yield f"{pointer}={value}"
    if isinstance(schema.get("type"), list):
        for name in schema["type"]:
            if _is_a(value, name):
                yield f"{pointer}:{name}"


def _is_a(value: Any, name: str) -> bool:
    if name in {"integer", "number"}:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        return numeric and (whole or name == "number")
    return isinstance(value, _TYPES.get(name, ()))


def _alternatives(
    pointer: str, schema: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for keyword in ("anyOf", "oneOf"):
        for index, part in enumerate(schema.get(keyword, ())):
            yield join(pointer, keyword, index), part


def _all_of(pointer: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for index, part in enumerate(schema.get("allOf", ())):
        yield join(pointer, "allOf", index), part


def _children(
    pointer: str, schema: Mapping[str, Any], value: Any
) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for item in value[:_ITEMS]:
            yield join(pointer, "items"), schema["items"], item
    if not isinstance(value, dict):
        return
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties")
    for name, inner in value.items():
        if isinstance(properties.get(name), dict):
            yield join(pointer, "properties", name), properties[name], inner
        elif isinstance(others, dict):
            yield join(pointer, "additionalProperties"), others, inner
