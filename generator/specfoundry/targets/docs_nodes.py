"""Where in the bundle does a reference lead?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

Node = Mapping[str, Any]
"""One object of the bundle, as read from JSON."""

_SCHEMAS = "#/components/schemas/"
_MAX_REFERENCES = 32


def mapping(value: object) -> dict[str, Any]:
    """Return `value` when it is an object, else an empty one: a damaged part shows as absent."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """Return `value` when it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return `value` when it is text, else the empty text."""
    return value if isinstance(value, str) else ""


def schema_name(reference: object) -> str | None:
    """Return the component that `reference` names: `Package` for `#/components/schemas/Package`."""
    if not isinstance(reference, str) or not reference.startswith(_SCHEMAS):
        return None
    name = unquote(reference[len(_SCHEMAS) :]).replace("~1", "/").replace("~0", "~")
    return name if "/" not in reference[len(_SCHEMAS) :] else None


class Nodes:
    """Look-ups in one bundled document, whose references all point into it."""

    def __init__(self, document: Node) -> None:
        """Keep the document; nothing is copied."""
        self.document = document
        self.components = mapping(document.get("components"))
        self.schemas = mapping(self.components.get("schemas"))

    def at(self, pointer: str) -> object:
        """Return what stands at a JSON pointer (RFC 6901, with or without `#`), None for nothing."""
        found: object = self.document
        for token in pointer.lstrip("#").split("/")[1:]:
            key = unquote(token).replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping):
                found = found.get(key)
            elif isinstance(found, Sequence) and not isinstance(found, str) and key.isdigit():
                found = found[int(key)] if int(key) < len(found) else None
            else:
                return None
        return found

    def resolve(self, value: object) -> dict[str, Any]:
        """Follow `$ref`s to an object; members beside a `$ref` win (OpenAPI 3.1, 4.8.23)."""
        node = mapping(value)
        for _ in range(_MAX_REFERENCES):
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return node
            beside = {key: member for key, member in node.items() if key != "$ref"}
            node = {**mapping(self.at(reference)), **beside}
        return {}

    def parameters(self, path: str, operation: Node) -> list[dict[str, Any]]:
        """Return an operation's parameters, those of its path first, each `(in, name)` once."""
        item = mapping(mapping(self.document.get("paths")).get(path))
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for entry in [*sequence(item.get("parameters")), *sequence(operation.get("parameters"))]:
            node = self.resolve(entry)
            found[text(node.get("in")), text(node.get("name"))] = node
        return list(found.values())


def iter_schema_names(node: object) -> Iterator[str]:
    """Yield every schema component which `node` refers to directly, in document order."""
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, Mapping):
            name = schema_name(current.get("$ref"))
            if name is not None:
                yield name
            pending.extend(value for key, value in reversed(list(current.items())) if key != "$ref")
        elif isinstance(current, list):
            pending.extend(reversed(current))
