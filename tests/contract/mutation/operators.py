"""Which small mistakes can be made in one Python source, mechanically?

The operators are the classic ones (relational, logical, arithmetic and constant replacement, negated
conditions, deleted statements). Each is a function from a node of the syntax tree to replacements of
parts of the source, so that a mutant differs from the source in nothing else.

What the contract cannot speak of is no mutant: annotations, `if TYPE_CHECKING`, decorators (of
dataclasses above all), `__all__`, log lines and texts.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Placed: TypeAlias = ast.expr | ast.stmt
"""A node that stands somewhere."""
Part: TypeAlias = tuple[int, int, str]
"""Begin and end of what is replaced, in bytes, and the text that comes instead."""

_COMPARISONS: Final[dict[type[ast.cmpop], tuple[str, str]]] = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Is: (r"is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: (r"in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
_ARITHMETIC: Final[dict[type[ast.operator], tuple[str, str]]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "//"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
}


class Source:
    """A source with its syntax tree, and where each node stands in its bytes."""

    def __init__(self, text: str) -> None:
        self.data = text.encode()
        self.tree = ast.parse(text)
        self._lines = [0]
        for line in self.data.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def begin(self, node: Placed) -> int:
        """Return where a node begins."""
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: Placed) -> int:
        """Return where a node ends."""
        return self._lines[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    def text(self, node: Placed) -> str:
        """Return the source of a node."""
        return self.data[self.begin(node) : self.end(node)].decode()

    def line(self, offset: int) -> tuple[int, str]:
        """Return number and text of the line at an offset."""
        number = next(i for i, start in enumerate(self._lines) if start > offset)
        return number, self.data[self._lines[number - 1] : self._lines[number]].decode().strip()

    def replaced(self, node: Placed, text: str) -> Part:
        """Replace a whole node."""
        return self.begin(node), self.end(node), text

    def between(self, left: Placed, right: Placed, pattern: str, text: str) -> Part | None:
        """Replace what stands between two nodes and fits a pattern; None when nothing does."""
        start = self.end(left)
        found = re.search(pattern.encode(), self.data[start : self.begin(right)])
        return (start + found.start(), start + found.end(), text) if found else None


def _compare(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for index, kind in enumerate(node.ops):
            pattern, other = _COMPARISONS[type(kind)]
            yield [source.between(operands[index], operands[index + 1], pattern, other)]


def _logic(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    if isinstance(node, ast.BoolOp):
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        pairs = zip(node.values, node.values[1:], strict=False)
        yield [source.between(left, right, rf"\b{word}\b", other) for left, right in pairs]


def _clause(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    if isinstance(node, ast.BoolOp):
        word = " and " if isinstance(node.op, ast.And) else " or "
        for dropped in node.values:
            kept = [f"({source.text(one)})" for one in node.values if one is not dropped]
            yield [source.replaced(node, f"({word.join(kept)})")]


def _negate(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    for test in _tests(node):
        if isinstance(test, ast.UnaryOp) or (isinstance(test, ast.Compare) and _is_two(test)):
            continue  # `drop-not` and `compare` say the same
        yield [source.replaced(test, f"(not ({source.text(test)}))")]


def _is_two(test: ast.Compare) -> bool:
    return isinstance(test.ops[0], ast.Eq | ast.NotEq | ast.Is | ast.IsNot | ast.In | ast.NotIn)


def _tests(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.If() | ast.While() | ast.IfExp():
            return [node.test]
        case ast.comprehension():
            return node.ifs
        case ast.match_case(guard=ast.expr() as guard):
            return [guard]
    return []


def _never(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    if isinstance(node, ast.If):
        yield [source.replaced(node.test, f"(({source.text(node.test)}) and False)")]


def _unnot(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield [source.replaced(node, f"({source.text(node.operand)})")]


def _drop(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    match node:
        case ast.Raise() | ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign():
            yield [source.replaced(node, "pass")]


def _nothing(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    match node:
        case ast.Return(value=ast.Constant(value=None | False)):
            return  # nobody asks which of the two it is
        case ast.Return(value=ast.expr()):
            yield [source.replaced(node, "return None")]


def _number(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        for value in (node.value + 1, node.value - 1):
            yield [source.replaced(node, f"({value})")]


def _boolean(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield [source.replaced(node, str(not node.value))]


def _arithmetic(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    match node:
        case ast.BinOp(left=left, right=right) if not _is_text(left) and not _is_text(right):
            if type(node.op) in _ARITHMETIC:
                pattern, other = _ARITHMETIC[type(node.op)]
                yield [source.between(left, right, pattern, other)]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )


def _leave(source: Source, node: ast.AST) -> Iterator[list[Part | None]]:
    if isinstance(node, ast.Break | ast.Continue):
        yield [source.replaced(node, "continue" if isinstance(node, ast.Break) else "break")]


OPERATORS: Final[dict[str, Callable[[Source, ast.AST], Iterator[list[Part | None]]]]] = {
    "compare": _compare,
    "and-or": _logic,
    "drop-clause": _clause,
    "negate": _negate,
    "drop-if": _never,
    "drop-not": _unnot,
    "drop-statement": _drop,
    "return-none": _nothing,
    "number": _number,
    "boolean": _boolean,
    "arithmetic": _arithmetic,
    "break-continue": _leave,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One mistake in one source.

    Attributes:
        operator: Which operator made it.
        function: Qualified name of the function or class around it; empty at the top.
        number: Of the line where it begins.
        line: The text of that line, without the space around it.
        instead: The text that comes in place of the first replaced part.
        parts: What is replaced.

    """

    operator: str
    function: str
    number: int
    line: str
    instead: str
    parts: tuple[Part, ...]

    def applied(self, source: Source) -> str:
        """Return the source with this mistake."""
        data = source.data
        for begin, end, text in sorted(self.parts, reverse=True):
            data = data[:begin] + text.encode() + data[end:]
        return data.decode()


def changes(source: Source) -> Iterator[Change]:
    """Yield every mistake that the operators can make in a source."""
    for function, node in _mutable(source.tree, ()):
        for name, operator in OPERATORS.items():
            for found in operator(source, node):
                parts = tuple(part for part in found if part is not None)
                if len(parts) < len(found):
                    continue
                number, line = source.line(parts[0][0])
                yield Change(
                    operator=name,
                    function=".".join(function),
                    number=number,
                    line=line,
                    instead=parts[0][2],
                    parts=parts,
                )


def _mutable(node: ast.AST, function: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ast.AST]]:
    """Yield every node that may be changed, with the names of what stands around it."""
    for child in ast.iter_child_nodes(node):
        if _is_beyond(node, child):
            continue
        inner = function
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = (*function, child.name)
        yield function, child
        yield from _mutable(child, inner)


def _is_beyond(parent: ast.AST, node: ast.AST) -> bool:
    """Whether the contract cannot speak of a node."""
    match parent:
        case ast.AnnAssign() | ast.arg() if node is parent.annotation:
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            if node in parent.decorator_list or node is getattr(parent, "returns", None):
                return True
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="LOG")))):
            return True
    return False
