"""Which operations does a function of the server work for?

The healthy server is watched once while it is questioned. A mutant is then asked first about the
operations that the changed function works for, which finds most faults soon, and after that about
everything.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
import sys
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from mutation.seeded import SERVER, module_of, path_of

from specfoundry.document.structure import METHODS, path_items

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import CodeType, FrameType

_MANY: Final = 40
"""What works for more operations than these is everybody's."""

_AT_START: Final = ""
"""Stands for what happens before the first call."""
_ELSEWHERE: Final = "?"
"""Stands for calls that are not documented."""
Trace = dict[str, dict[str, list[str]]]
"""Module → first line of a function → operationIds."""


class Tracer:
    """Watches a server from inside; an ASGI application around the server's."""

    def __init__(self, app: Any, node: Mapping[str, Any], target: Path) -> None:
        """Begin to watch.

        Args:
            app: The server.
            node: The document.
            target: File that the trace is written to when the server has stopped.

        """
        self._app = app
        self._target = target
        self._paths = [
            (method.upper(), re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), item[method])
            for path, item in path_items(node)
            for method in METHODS
            if method in item
        ]
        self._operation = _AT_START
        self._seen: set[tuple[CodeType, str]] = set()
        threading.setprofile(self._watch)
        sys.setprofile(self._watch)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Remember which operation is called, and let the server answer."""
        if scope["type"] == "http":
            self._operation = self._named(scope["method"], scope["path"])
        await self._app(scope, receive, send)

    def write(self) -> None:
        """Write what was seen."""
        sys.setprofile(None)
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for code, operation in self._seen:
            if operation != _ELSEWHERE and code.co_filename.startswith(f"{SERVER}/"):
                module = module_of(SERVER / code.co_filename)
                found[module][str(code.co_firstlineno)].add(operation)
        trace = {
            module: {line: sorted(operations) for line, operations in lines.items()}
            for module, lines in found.items()
        }
        self._target.write_text(json.dumps(trace), "utf-8")

    def _watch(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            self._seen.add((frame.f_code, self._operation))

    def _named(self, method: str, path: str) -> str:
        for known, pattern, operation in self._paths:
            if known == method and pattern.fullmatch(path):
                return str(operation["operationId"])
        return _ELSEWHERE


def focus(trace: Trace, sources: Mapping[str, str]) -> frozenset[str]:
    """Return the operations that changed functions work for; none when those could be all."""
    found: set[str] = set()
    for module, changed in sources.items():
        original = path_of(module).read_text("utf-8")
        traced = trace.get(module, {})
        for begin, end in _touched(original, changed):
            found.update(
                operation
                for line, operations in traced.items()
                if begin <= int(line) <= end
                for operation in operations
            )
    is_everybodys = len(found) > _MANY or _AT_START in found
    return frozenset() if is_everybodys else frozenset(found)


def _touched(original: str, changed: str) -> Iterator[tuple[int, int]]:
    """Yield first and last line of each function in which something is different."""
    functions = [
        (min([node.lineno, *(one.lineno for one in node.decorator_list)]), node.end_lineno or 0)
        for node in ast.walk(ast.parse(original))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lines = original.splitlines()
    matcher = difflib.SequenceMatcher(None, lines, changed.splitlines(), autojunk=False)
    for tag, begin, end, _, _ in matcher.get_opcodes():
        if tag == "equal":
            continue
        for number in range(begin + 1, max(end, begin + 1) + 1):
            around = [one for one in functions if one[0] <= number <= one[1]]
            if around:
                yield max(around)
