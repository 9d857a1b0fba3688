"""What does a reference in a bundled document stand for?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from specfoundry.document.pointer import PointerError, split

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEPTH = 50
SCHEMAS = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Nodes:
    """The bundled document, with its references followed on demand."""

    root: Mapping[str, Any]

    def resolve(self, node: Any) -> dict[str, Any]:
        """Return the object that `node` is or refers to; empty when it is none."""
        for _ in range(_DEPTH):
            if not isinstance(node, dict):
                return {}
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return node
            node = self.at(reference)
        return {}

    def at(self, reference: str) -> Any:
        """Return what a local reference points to, None when there is nothing."""
        try:
            steps = split(unquote(reference.removeprefix("#")))
        except PointerError:
            return None
        node: Any = self.root
        for part in steps:
            if isinstance(node, dict):
                node = node.get(part)
            elif isinstance(node, list) and part.isdigit() and int(part) < len(node):
                node = node[int(part)]
            else:
                return None
        return node

    def component(self, node: Any, section: str) -> str | None:
        """Return the component's name when `node` is a reference into a section of components."""
        reference = node.get("$ref") if isinstance(node, dict) else None
        prefix = f"#/components/{section}/"
        if not isinstance(reference, str) or not reference.startswith(prefix):
            return None
        rest = split("/" + unquote(reference.removeprefix(prefix)))
        return rest[0] if len(rest) == 1 else None
