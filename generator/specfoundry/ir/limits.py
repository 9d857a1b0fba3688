"""What does the document ask for that generated code cannot check?

The code is generated all the same, with a wider type; that it is wider is a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.finding import Finding, Severity
from specfoundry.document.pointer import join
from specfoundry.document.structure import path_items
from specfoundry.ir.patterns import runnable_pattern
from specfoundry.ir.schemas import iter_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.document.bundle import Bundle

RULE = "unchecked"


def iter_limits(bundle: Bundle) -> Iterator[Finding]:
    """Yield a warning for each component and operation and each thing in it that stays unchecked."""
    for pointer, node in _iter_places(bundle.node):
        for told in dict.fromkeys(_iter_unchecked(node)):
            message = f"{told}: generated code does not check that"
            yield Finding.at(bundle.origin(pointer), RULE, message, Severity.WARNING)


def _iter_places(root: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    components: dict[str, Any] = root.get("components") or {}
    for name, schema in (components.get("schemas") or {}).items():
        yield join("", "components", "schemas", name), {"schema": schema}
    for section in ("parameters", "requestBodies", "responses", "headers"):
        for name, node in (components.get(section) or {}).items():
            yield join("", "components", section, name), node
    for path, item in path_items(root):
        for key, node in item.items():
            if isinstance(node, dict):
                yield join("", "paths", path, key), node


def _iter_unchecked(node: Any) -> Iterator[str]:
    for schema in _iter_holders(node):
        for inner in iter_schemas(schema):
            pattern = inner.get("pattern")
            if isinstance(pattern, str) and runnable_pattern(pattern) is None:
                yield f"No engine here runs the pattern `{pattern}`"
            values = inner.get("enum", [inner["const"]] if "const" in inner else [])
            if any(isinstance(value, float | list | dict) for value in values):
                yield "Values other than texts, integers, booleans and null are listed"


def _iter_holders(node: Any) -> Iterator[Any]:
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, dict):
            if isinstance(current.get("schema"), dict):
                yield current["schema"]
            stack.extend(value for key, value in current.items() if key not in _CLOSED)
        elif isinstance(current, list):
            stack.extend(current)


# Below these stand schemas already walked, or data.
_CLOSED = frozenset({"schema", "example", "examples", "x-example"})
