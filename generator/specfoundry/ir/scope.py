"""What does every builder need to know of the document?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specfoundry.ir.types import Extensions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specfoundry.ir.nodes import Nodes
    from specfoundry.ir.schema_types import TypeMaker


@dataclass(frozen=True, slots=True)
class Scope:
    """The lifted document, its type names, and the headers that all answers share."""

    nodes: Nodes
    types: TypeMaker
    common_headers: frozenset[str]
    """Lower case."""


def extensions_of(node: Mapping[str, Any]) -> Extensions:
    """Return the `x-` members of a node."""
    return Extensions(members=tuple((k, v) for k, v in node.items() if k.startswith("x-")))
