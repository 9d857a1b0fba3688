"""What does a YAML text say, read as YAML 1.2 (core schema) with nothing else in it?

PyYAML composes by recursion in C, and a deeply nested text ends the process; so the values are
built here from its event stream, which is flat. Keys are strings always, as in JSON.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from specfoundry.document.syntax import (
    MAX_DEPTH,
    MAX_EXPANDED_NODES,
    Problem,
    SyntaxProblemsError,
    count_nodes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_BASED_INTEGER = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_CORE = "tag:yaml.org,2002:"
_MISSING = object()


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence that is being read."""

    value: Any
    mark: Any
    anchor: str | None
    key: str | object = _MISSING
    merged: list[dict[str, Any]] = field(default_factory=list)


def read_yaml(text: str) -> tuple[Any, list[Problem]]:
    """Return the value and what should be warned of.

    Raises:
        SyntaxProblemsError: The text is no YAML, or more than JSON can hold.
    """
    return _Reader().read(text)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.stack: list[_Frame] = []
        self.anchors: dict[str, Any] = {}
        self.open_anchors: set[str] = set()
        self.expanded = 0
        self.result: Any = _MISSING
        self.documents = 0

    def read(self, text: str) -> tuple[Any, list[Problem]]:
        try:
            for event in _events(text):
                self.take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            said = ", ".join(part for part in (error.problem, error.context) if part)
            self.fail("yaml-syntax", f"This is not YAML: {said}.", mark)
        except yaml.reader.ReaderError as error:
            self.fail("yaml-syntax", f"This is not YAML: {error.reason}.", None)
        if self.result is _MISSING:
            self.fail("empty-file", "The file holds no value.", None)
        if any(problem.fatal for problem in self.problems):
            raise SyntaxProblemsError(self.problems)
        return self.result, self.problems

    def fail(self, rule: str, message: str, mark: Any) -> None:
        """Give up: nothing behind this place can be trusted."""
        self.note(rule, message, mark)
        raise SyntaxProblemsError(self.problems)

    def note(self, rule: str, message: str, mark: Any, *, fatal: bool = True) -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        steps = [self.step_of(frame) for frame in self.stack]
        pointer = tuple(step for step in steps if step is not None)
        self.problems.append(Problem(rule, message, line, column, pointer, fatal))

    def step_of(self, frame: _Frame) -> str | None:
        if isinstance(frame.value, list):
            return str(len(frame.value))
        return frame.key if isinstance(frame.key, str) else None

    def take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self.take_scalar(event)
            case yaml.MappingStartEvent():
                self.open(event, {}, "map")
            case yaml.SequenceStartEvent():
                self.open(event, [], "seq")
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.close()
            case yaml.AliasEvent():
                self.put(self.copy_of(event), event)
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    message = "A second YAML document starts here; one file holds one."
                    self.fail("yaml-syntax", message, event.start_mark)

    def open(self, event: Any, value: Any, tag: str) -> None:
        if len(self.stack) >= MAX_DEPTH:
            message = f"Nested deeper than {MAX_DEPTH} levels."
            self.fail("too-deep", message, event.start_mark)
        if self.expects_key():
            self.fail("key-not-text", "A key must be a plain text.", event.start_mark)
        if event.tag not in (None, "!", _CORE + tag):
            self.note("yaml-tag", f"The tag `{event.tag}` is not understood.", event.start_mark)
        if event.anchor:
            self.open_anchors.add(event.anchor)
        self.stack.append(_Frame(value, event.start_mark, event.anchor))

    def expects_key(self) -> bool:
        return bool(
            self.stack and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is _MISSING
        )

    def close(self) -> None:
        frame = self.stack.pop()
        if frame.merged:
            own = dict(frame.value)
            frame.value.clear()
            for members in frame.merged:
                for name, member in members.items():
                    frame.value.setdefault(name, member)
            frame.value.update(own)
        if frame.anchor:
            self.open_anchors.discard(frame.anchor)
            self.anchors[frame.anchor] = frame.value
        self.put(frame.value, None)

    def take_scalar(self, event: Any) -> None:
        if self.expects_key():
            self.take_key(event)
            return
        value = self.scalar(event)
        if event.anchor:
            self.anchors[event.anchor] = value
        self.put(value, event)

    def take_key(self, event: Any) -> None:
        frame = self.stack[-1]
        frame.key = event.value
        if event.value in frame.value:
            message = f"The key `{event.value}` stands here twice."
            self.note("duplicate-key", message, event.start_mark)
        if event.value == "<<" and event.implicit[0]:
            message = "The merge key `<<` is not part of YAML 1.2; its members are copied here."
            self.note("yaml-merge", message, event.start_mark, fatal=False)
        if event.anchor:
            self.anchors[event.anchor] = event.value

    def put(self, value: Any, event: Any) -> None:
        if not self.stack:
            self.result = value
            return
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
        elif frame.key is _MISSING:
            self.fail("key-not-text", "A key must be a plain text.", event.start_mark)
        else:
            self.put_member(frame, value)

    def put_member(self, frame: _Frame, value: Any) -> None:
        merged = value if isinstance(value, list) else [value]
        if frame.key == "<<" and merged and all(isinstance(item, dict) for item in merged):
            frame.merged.extend(merged)
        else:
            frame.value[frame.key] = value
        frame.key = _MISSING

    def copy_of(self, event: Any) -> Any:
        """Return a copy, so that a later change in one place stays in one place."""
        if event.anchor in self.open_anchors:
            message = f"`*{event.anchor}` stands inside of what it names."
            self.fail("yaml-alias", message, event.start_mark)
        if event.anchor not in self.anchors:
            self.note("yaml-alias", f"No anchor `&{event.anchor}` before this.", event.start_mark)
            return None
        value = self.anchors[event.anchor]
        self.expanded += count_nodes(value)
        if self.expanded > MAX_EXPANDED_NODES:
            message = f"Aliases expand to more than {MAX_EXPANDED_NODES} values."
            self.fail("yaml-alias", message, event.start_mark)
        return _copy(value)

    def scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.tag not in (None, "!"):
            return self.tagged(event, text)
        if not event.implicit[0]:
            return text
        return self.plain(text, event)

    def plain(self, text: str, event: Any) -> Any:
        """Resolve a plain scalar (YAML 1.2.2, section 10.3.2)."""
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in "+-.0123456789":
            return text
        if _INTEGER.match(text):
            return self.number(text, event)
        if _BASED_INTEGER.match(text):
            return int(text, 0)
        if _FLOAT.match(text):
            return self.number(text, event)
        if _NOT_FINITE.match(text):
            self.note("not-json", f"`{text}` cannot be written in JSON.", event.start_mark)
        return text

    def number(self, text: str, event: Any) -> Any:
        try:
            value = int(text) if _INTEGER.match(text) else float(text)
        except ValueError:
            self.note("not-json", "The number has too many digits.", event.start_mark)
            return 0
        if value in (float("inf"), float("-inf")):
            self.note("not-json", f"`{text}` is too large a number.", event.start_mark)
            return 0
        return value

    def tagged(self, event: Any, text: str) -> Any:
        tag = event.tag.removeprefix(_CORE)
        if tag == "str":
            return text
        value = self.plain(text, event)
        kinds: dict[str, Any] = {
            "int": int,
            "float": (int, float),
            "bool": bool,
            "null": type(None),
        }
        if tag in kinds and isinstance(value, kinds[tag]):
            return float(value) if tag == "float" and value is not None else value
        self.note("yaml-tag", f"The tag `{event.tag}` is not understood.", event.start_mark)
        return text


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _copy(value: Any) -> Any:
    """Copy mappings and sequences; the depth is bounded by the reader."""
    if isinstance(value, dict):
        return {key: _copy(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return value
