"""What do all rules look at: the bundle, its objects by kind, its operations, its references?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from specfoundry.document.pointer import PointerError, follow, from_fragment, join
from specfoundry.document.refs import references
from specfoundry.document.structure import METHODS, Place, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.document.bundle import Bundle
    from specfoundry.document.finding import Severity


class Violation(NamedTuple):
    """What a rule yields: a place in the bundle, and a sentence."""

    pointer: str
    message: str
    severity: Severity | None = None
    """Set when the rule itself knows better than the table."""


@dataclass(slots=True)
class OperationPlace:
    """One operation with its parameters, those of its path item included."""

    method: str
    path: str
    pointer: str
    node: dict[str, Any]
    parameters: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(pointer, resolved Parameter Object); an operation's own win over the path item's."""

    @property
    def label(self) -> str:
        """How a message names it: `GET /v3/packages`."""
        return f"{self.method.upper()} {self.path}"


class Context:
    """Everything is computed once, in one walk; all rules together stay linear."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.root = bundle.node
        self.by_kind: dict[str, list[Place]] = defaultdict(list)
        self.used: dict[str, str] = {}
        """Text of a local reference → pointer of its first use."""
        for place in walk(bundle.node):
            self.by_kind[place.kind].append(place)
            for reference in references(place):
                if isinstance(reference.text, str):
                    self.used.setdefault(reference.text, reference.pointer)

    def resolve(self, node: Any, pointer: str) -> tuple[str, Any]:
        """Follow references to the object itself; return its pointer and value.

        A reference that leads nowhere gives an empty object: another finding tells of it.
        """
        for _ in range(50):
            if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
                return pointer, node
            pointer = from_fragment(node["$ref"].partition("#")[2])
            try:
                node = follow(self.root, pointer)
            except PointerError:
                break
        return pointer, {}

    def resolved(self, value: Any, pointer: str) -> dict[str, Any]:
        """Return the object behind a reference, an empty one if it is no object."""
        node = self.resolve(value, pointer)[1]
        return node if isinstance(node, dict) else {}

    @cached_property
    def operations(self) -> list[OperationPlace]:
        """Every operation below `paths`, in the order of the text."""
        paths = self.root.get("paths")
        found: list[OperationPlace] = []
        for path, item in paths.items() if isinstance(paths, dict) else ():
            if isinstance(item, dict) and path.startswith("/"):
                found.extend(self._operations_of(path, item))
        return found

    def _operations_of(self, path: str, item: dict[str, Any]) -> Iterator[OperationPlace]:
        base = join("", "paths", path)
        shared = list(self._parameters(item, base))
        for method in METHODS:
            node = item.get(method)
            if not isinstance(node, dict):
                continue
            pointer = join(base, method)
            own = list(self._parameters(node, pointer))
            keys = {(node.get("name"), node.get("in")) for _, node in own}
            inherited = [
                (where, parameter)
                for where, parameter in shared
                if (parameter.get("name"), parameter.get("in")) not in keys
            ]
            yield OperationPlace(method, path, pointer, node, [*inherited, *own])

    def _parameters(
        self, node: dict[str, Any], pointer: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        parameters = node.get("parameters")
        for index, item in enumerate(parameters if isinstance(parameters, list) else ()):
            where = join(pointer, "parameters", index)
            resolved = self.resolve(item, where)[1]
            # What has no name or place is reported by `openapi-object`; no other rule needs to see it.
            if isinstance(resolved, dict) and all(
                isinstance(resolved.get(member), str) for member in ("name", "in")
            ):
                yield where, resolved

    @cached_property
    def operations_by_id(self) -> dict[str, OperationPlace]:
        """Look up an operation by its operationId; the first one of a name wins."""
        found: dict[str, OperationPlace] = {}
        for operation in self.operations:
            name = operation.node.get("operationId")
            if isinstance(name, str):
                found.setdefault(name, operation)
        return found

    def components(self, section: str) -> dict[str, Any]:
        """Return the named components of a section; empty when there are none."""
        components = self.root.get("components")
        members = components.get(section) if isinstance(components, dict) else None
        return members if isinstance(members, dict) else {}
