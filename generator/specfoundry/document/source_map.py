"""On which line of a file does a JSON pointer lead to something?

Built only when the first finding needs it: a document without findings pays nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import yaml

from specfoundry.document.json_reader import walk_json
from specfoundry.document.pointer import PointerError, from_tokens, split

if TYPE_CHECKING:
    from collections.abc import Iterator


class SourceMap:
    """Pointer → (line, column) of one text; a member is found at its key."""

    def __init__(self, text: str, *, is_json: bool) -> None:
        self._text = text
        self._is_json = is_json
        self._places: dict[str, tuple[int, int]] | None = None

    def locate(self, pointer: str) -> tuple[int, int, str]:
        """Return line, column and the pointer itself, or the nearest place above that exists."""
        if self._places is None:
            self._places = dict(
                _json_places(self._text) if self._is_json else _yaml_places(self._text)
            )
        try:
            tokens = split(pointer)
        except PointerError:
            tokens = []
        while tokens:
            found = from_tokens(tokens)
            if found in self._places:
                return (*self._places[found], found)
            tokens.pop()
        return (*self._places.get("", (1, 1)), "")


def _json_places(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    starts = [0]
    for index, character in enumerate(text):
        if character == "\n":
            starts.append(index + 1)
    for tokens, offset, _ in walk_json(text):
        line = bisect_right(starts, offset)
        yield from_tokens(tokens), (line, offset - starts[line - 1] + 1)


def _yaml_places(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Walk the events; the text has been read before, so it is known to be sound."""
    stack: list[list[Any]] = []  # [pointer, next index, or None in a mapping, pending key or None]
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            yield from _yaml_node(event, stack)


def _yaml_node(event: Any, stack: list[list[Any]]) -> Iterator[tuple[str, tuple[int, int]]]:
    place = (event.start_mark.line + 1, event.start_mark.column + 1)
    pointer: list[Any] = []
    if stack:
        frame = stack[-1]
        if frame[1] is None and frame[2] is None:
            frame[2] = getattr(event, "value", "")
            yield from_tokens([*frame[0], frame[2]]), place
            return
        pointer = [*frame[0], frame[2] if frame[1] is None else frame[1]]
        if frame[1] is None:
            frame[2] = None
        else:
            frame[1] += 1
            yield from_tokens(pointer), place
    else:
        yield "", place
    if isinstance(event, yaml.MappingStartEvent):
        stack.append([pointer, None, None])
    elif isinstance(event, yaml.SequenceStartEvent):
        stack.append([pointer, 0, None])
