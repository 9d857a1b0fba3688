"""Which operation does a method and a path mean (OpenAPI 3.1, 4.8.8.1)?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from specfoundry.runtime.codecs import CodecError, percent_decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

TargetT = TypeVar("TargetT")

_TEMPLATE: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(slots=True)
class _Node(Generic[TargetT]):
    static: dict[str, _Node[TargetT]] = field(default_factory=dict)
    patterns: dict[str, tuple[re.Pattern[str], _Node[TargetT]]] = field(default_factory=dict)
    anything: _Node[TargetT] | None = None
    methods: dict[str, TargetT] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match(Generic[TargetT]):
    """What was found: one target with its captured texts, or the methods that the path has."""

    target: TargetT | None
    captured: tuple[str, ...]
    """Percent-encoded, in the order of the template's names."""
    methods: tuple[str, ...] = ()


class Router(Generic[TargetT]):
    """A trie of path segments: concrete text before templates, whole segments last."""

    def __init__(self) -> None:
        self._root: _Node[TargetT] = _Node()
        self._fixed: dict[str, dict[str, TargetT]] = {}

    def add(self, method: str, path: str, target: TargetT) -> tuple[str, ...]:
        """Add one operation; return the names in its path template."""
        names = tuple(_TEMPLATE.findall(path))
        node = self._root
        for segment in path[1:].split("/"):
            node = _child(node, segment)
        node.methods.setdefault(method, target)
        if not names:
            self._fixed.setdefault(path, {}).setdefault(method, target)
        return names

    def find(self, method: str, path: str) -> Match[TargetT]:
        """Return the operation for a path that is still percent-encoded; HEAD is GET."""
        fixed = self._fixed.get(path)
        if fixed is not None and method in fixed:
            return Match(fixed[method], ())
        allowed: dict[str, None] = {}
        alternatives = (method, "GET") if method == "HEAD" else (method,)
        for node, captured in _leaves(self._root, path[1:].split("/"), 0, ()):
            for candidate in alternatives:
                if candidate in node.methods:
                    return Match(node.methods[candidate], captured)
            allowed.update(dict.fromkeys(node.methods))
        if "GET" in allowed:
            allowed["HEAD"] = None
        return Match(None, (), tuple(sorted(allowed)))


def _child(node: _Node[TargetT], segment: str) -> _Node[TargetT]:
    names = _TEMPLATE.findall(segment)
    if not names:
        return node.static.setdefault(segment, _Node())
    if len(names) == 1 and segment == f"{{{names[0]}}}":
        if node.anything is None:
            node.anything = _Node()
        return node.anything
    literals = [re.escape(text) for text in _TEMPLATE.split(segment)[::2]]
    expression = "(.+?)".join(literals)
    if expression not in node.patterns:
        node.patterns[expression] = (re.compile(expression), _Node())
        # The more literal text, the more concrete.
        ordered = sorted(node.patterns.items(), key=lambda item: -len(item[0]))
        node.patterns = dict(ordered)
    return node.patterns[expression][1]


def _leaves(
    node: _Node[TargetT], segments: list[str], index: int, captured: tuple[str, ...]
) -> Iterator[tuple[_Node[TargetT], tuple[str, ...]]]:
    """Yield every node with methods that the segments lead to, the most concrete first."""
    if index == len(segments):
        if node.methods:
            yield node, captured
        return
    segment = segments[index]
    static = node.static.get(segment)
    if static is None and "%" in segment:
        static = node.static.get(_decoded(segment))
    if static is not None:
        yield from _leaves(static, segments, index + 1, captured)
    if not segment:
        return  # a path parameter is never empty
    for pattern, child in node.patterns.values():
        match = pattern.fullmatch(segment)
        if match is not None:
            yield from _leaves(child, segments, index + 1, (*captured, *match.groups()))
    if node.anything is not None:
        yield from _leaves(node.anything, segments, index + 1, (*captured, segment))


def _decoded(segment: str) -> str:
    try:
        return percent_decoded(segment)
    except CodecError:
        return segment
