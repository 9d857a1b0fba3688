"""Which live values can stand in for generated ones, so that requests reach what exists?

A generator cannot guess the identifier of a resource. The document's links say where one stands:
the value that a link reads from an answer fits the parameter, or the place in the body, that it
feeds (OpenAPI 3.1, 4.8.20).
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from specfoundry.document.structure import METHODS, path_items, status_responses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_KEPT = 50
_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Feed:
    """One value that a link carries: from an answer to a parameter or into a body."""

    operation_id: str
    """Of the operation that takes the value."""
    target: str
    """Name of a parameter, or JSON pointer into the body."""
    expression: str
    """Runtime expression on the answer."""


@dataclass(slots=True)
class Pool:
    """Live values by (operation, parameter or place in the body)."""

    feeds: Mapping[tuple[str, str], tuple[Feed, ...]]
    """(operationId, status) → what its answers feed."""
    random: Random
    values: dict[tuple[str, str], list[Any]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, node: Mapping[str, Any], seed: int) -> Pool:
        """Read the links of a bundled document."""
        feeds: defaultdict[tuple[str, str], list[Feed]] = defaultdict(list)
        for operation_id, status, link in iter_links(node):
            feeds[operation_id, status] += _iter_feeds(link)
        return cls({key: tuple(found) for key, found in feeds.items()}, Random(seed))  # noqa: S311  (repeatable on purpose)

    def harvest(
        self,
        operation_id: str,
        status: int,
        body: Any,
        headers: Mapping[str, str],
        path: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Keep what an answer offers; the oldest values go first."""
        for feed in self.feeds.get((operation_id, str(status)), ()):
            value = evaluate(feed.expression, body, headers, path)
            known = self.values[feed.operation_id, feed.target]
            if value is not None and value not in known:
                known.append(value)
                # The first one is spared by deletions: something always stays reachable.
                del known[1:-_KEPT]

    def forget(self, values: Iterable[Any]) -> None:
        """Drop values that turned out to lead nowhere."""
        gone = list(values)
        for known in self.values.values():
            known[:] = [value for value in known if value not in gone]

    def parameters(
        self, operation_id: str, given: Mapping[str, Any], *, deletes: bool
    ) -> dict[str, Any]:
        """Return path parameters with live values instead of generated ones, most of the time."""
        made = {
            name: self._choose(operation_id, name, value, spared=1 if deletes else 0)
            for name, value in given.items()
        }
        if deletes:
            # The engine harvests answers as well, and may have generated what is to be spared.
            oldest = {known[0] for known in self.values.values() if known}
            return {name: self.missing(v) if v in oldest else v for name, v in made.items()}
        return made

    def body(self, operation_id: str, given: Any, *, always: bool = False) -> Any:
        """Return a body with live values where links feed them; the given body stays as it is."""
        pointers = [
            target
            for (operation, target), values in self.values.items()
            if operation == operation_id and target.startswith("/") and values
        ]
        if not pointers or not isinstance(given, dict):
            return given
        made = copy.deepcopy(given)
        for pointer in pointers:
            holder, name = _holder(made, pointer)
            if holder is not None:
                value = self._choose(operation_id, pointer, holder[name], steady=0.7)
                holder[name] = self.values[operation_id, pointer][0] if always else value
        return made

    def missing(self, value: Any) -> Any:
        """Return something of the same look that does not exist."""
        if isinstance(value, int):
            return self.random.randrange(2**30, 2**31)
        digits = "0123456789abcdef"
        return "".join(self.random.choice(digits) if c in digits else c for c in str(value))

    def _choose(
        self, operation_id: str, target: str, given: Any, *, spared: int = 0, steady: float = 0.3
    ) -> Any:
        """Choose a live value.

        Args:
            operation_id: of the operation to call.
            target: parameter or place in the body.
            given: what was generated.
            spared: how many of the oldest values to leave alone.
            steady: how often to take the oldest, below which things live longest.
        """
        known = self.values.get((operation_id, target), [])[spared:]
        # Now and then the generated value stays: what does not exist must be answered, too.
        if not known or self.random.random() < 0.15:
            return given
        return known[0] if self.random.random() < steady else self.random.choice(known)


def iter_links(node: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield (operationId, status, link) of every link of the document's answers."""
    for _, item in path_items(node):
        for method in METHODS:
            operation = item.get(method)
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            for status, response in status_responses(operation):
                for link in resolve(node, response).get("links", {}).values():
                    yield operation["operationId"], status, resolve(node, link)


def _iter_feeds(link: Mapping[str, Any]) -> Iterator[Feed]:
    operation_id = link.get("operationId")
    if not isinstance(operation_id, str):
        return
    for name, value in (link.get("parameters") or {}).items():
        if is_expression(value):
            yield Feed(operation_id, name.rpartition(".")[2] or name, value)
    for pointer, value in _iter_leaves(link.get("requestBody")):
        if is_expression(value):
            yield Feed(operation_id, pointer, value)


def _iter_leaves(node: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _iter_leaves(value, f"{pointer}/{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _iter_leaves(value, f"{pointer}/{index}")
    else:
        yield pointer, node


def resolve(root: Mapping[str, Any], node: Any) -> dict[str, Any]:
    """Return the object that `node` is or refers to; empty when it is none."""
    for _ in range(_DEPTH):
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str):
            break
        node = root
        for part in reference.removeprefix("#/").split("/"):
            node = node.get(part.replace("~1", "/").replace("~0", "~"), {})
    return node if isinstance(node, dict) else {}


def is_expression(value: Any) -> bool:
    """Tell whether a value of a link is a runtime expression (OpenAPI 3.1, 4.8.20.4) we can read."""
    return isinstance(value, str) and value.startswith(("$response.", "$request.path."))


def evaluate(
    expression: str, body: Any, headers: Mapping[str, str], path: Mapping[str, Any]
) -> Any:
    """Return what a runtime expression stands for; None when there is no such thing.

    Args:
        expression: reads from the answer or from the path of the request.
        body: of the answer, parsed.
        headers: of the answer, by lower case name.
        path: the path parameters that were sent.
    """
    if expression.startswith("$request.path."):
        return path.get(expression.removeprefix("$request.path."))
    source, _, rest = expression.partition("#")
    if source == "$response.body":
        return _at(body, rest)
    name, _, pattern = expression.removeprefix("$response.header.").partition("#regex:")
    value = headers.get(name.lower())
    if value is None or not pattern:
        return value
    match = re.search(pattern, value)
    return match[1] if match and match.groups() else None


def _at(node: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        if isinstance(node, dict):
            node = node.get(part)
        elif isinstance(node, list) and part.isdigit() and int(part) < len(node):
            node = node[int(part)]
        else:
            return None
    return node


def _holder(body: Any, pointer: str) -> tuple[dict[str, Any] | None, str]:
    *path, name = pointer.split("/")[1:]
    holder = _at(body, "/" + "/".join(path)) if path else body
    return (holder, name) if isinstance(holder, dict) and name in holder else (None, name)
