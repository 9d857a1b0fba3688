"""Which schemas are referred to in the middle of another place, and become components?

`#/paths/~1pets/get/responses/200/content/application~1json/schema` is a schema like any other; only a
component has a class that two places can share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from specfoundry.document.pointer import PointerError, split
from specfoundry.ir.naming import pascal
from specfoundry.ir.nodes import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Steps of a pointer that say nothing about what stands there.
_SILENT = frozenset(
    [
        "components",
        "content",
        "parameters",
        "paths",
        "properties",
        "requestBody",
        "responses",
        "schema",
        "schemas",
    ]
)


@dataclass(slots=True)
class TargetLifter:
    """Makes components of what references point into."""

    root: dict[str, Any]
    add: Callable[[str, dict[str, Any]], str]
    """Adds a component under a free name like the one given, and returns that name."""
    known: dict[str, str | None] = field(default_factory=dict)

    def run(self) -> None:
        """Replace every such reference, and the schema that it points to, by a component."""
        for node in list(_iter_references(self.root)):
            reference = node["$ref"]
            if reference not in self.known:
                self.known[reference] = self.target(reference)
            name = self.known[reference]
            if name is not None:
                node["$ref"] = f"{SCHEMAS}{name}"

    def target(self, reference: str) -> str | None:
        """Return the component that a reference stands for from now on."""
        try:
            *steps, last = split(unquote(reference.removeprefix("#")))
        except (PointerError, ValueError):
            return None
        holder: Any = self.root
        for step in steps:
            holder = _member(holder, step)
        schema = _member(holder, last)
        if not isinstance(schema, dict):
            return None
        inner = schema.get("$ref")
        if (
            isinstance(inner, str)
            and inner.startswith(SCHEMAS)
            and "/" not in inner[len(SCHEMAS) :]
        ):
            return inner.removeprefix(SCHEMAS)
        spoken = " ".join(step for step in (*steps, last) if step not in _SILENT)
        name = self.add(pascal(spoken), schema)
        holder[int(last) if isinstance(holder, list) else last] = {"$ref": f"{SCHEMAS}{name}"}
        return name


def _member(holder: Any, step: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(step)
    if isinstance(holder, list) and step.isdigit() and int(step) < len(holder):
        return holder[int(step)]
    return None


def _iter_references(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str) and _is_inside(node["$ref"]):
                yield node
            stack.extend(reversed(node.values()))
        elif isinstance(node, list):
            stack.extend(reversed(node))


def _is_inside(reference: str) -> bool:
    """Return whether a reference leads into the middle of a component or of a path."""
    parts = reference.split("/")
    whole = {"components": 4, "paths": 3, "webhooks": 3}.get(parts[1] if len(parts) > 1 else "", 0)
    return reference.startswith("#/") and len(parts) > whole > 0
