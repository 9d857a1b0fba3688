"""What is the type of a list's items, read from the generated models?"""

from __future__ import annotations

import ast
from functools import cached_property

_WRAPPERS = frozenset({"Annotated", "Optional"})
_LISTS = frozenset({"list", "List", "tuple", "Sequence", "set"})


class Models:
    """The generated models module, as far as its annotations go."""

    def __init__(self, source: str) -> None:
        self._source = source

    def item_type(self, body: str, pointer: str) -> str:
        """Return the annotation of the items at `pointer` in a body of type `body`.

        `Any` where the models do not say, such as inside a union.
        """
        node: ast.expr | None = ast.parse(body, mode="eval").body
        for token in pointer.split("/")[1:]:
            node = self._member(node, token.replace("~1", "/").replace("~0", "~"))
        element = _element(self._resolved(node))
        return "Any" if element is None else ast.unparse(self._qualified(element))

    @cached_property
    def _classes(self) -> dict[str, ast.ClassDef]:
        body = ast.parse(self._source).body
        return {node.name: node for node in body if isinstance(node, ast.ClassDef)}

    @cached_property
    def _aliases(self) -> dict[str, ast.expr]:
        """Module-level names that stand for another annotation."""
        aliases: dict[str, ast.expr] = {}
        for node in ast.parse(self._source).body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                aliases[node.target.id] = node.value
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                aliases[node.targets[0].id] = node.value
        return aliases

    def _resolved(self, node: ast.expr | None) -> ast.expr | None:
        """Follow aliases and drop what does not change the type: Annotated, None, MISSING."""
        if isinstance(node, ast.Name) and node.id in self._aliases:
            return self._resolved(self._aliases[node.id])
        if isinstance(node, ast.Call) and node.args:  # TypeAliasType("Name", annotation)
            return self._resolved(node.args[-1])
        if isinstance(node, ast.Subscript) and _name(node.value) in _WRAPPERS:
            inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
            return self._resolved(inner)
        if isinstance(node, ast.BinOp):
            kept = [n for n in _alternatives(node) if _name(n) not in {"None", "MISSING"}]
            return self._resolved(kept[0]) if len(kept) == 1 else None
        return node

    def _member(self, node: ast.expr | None, token: str) -> ast.expr | None:
        resolved = self._resolved(node)
        name = _name(resolved)
        return self._field(name, token) if name is not None else None

    def _field(self, class_name: str, token: str) -> ast.expr | None:
        found = self._classes.get(class_name)
        if found is None:
            return None
        for statement in found.body:
            if isinstance(statement, ast.AnnAssign) and token in _wire_names(statement):
                return statement.annotation
        bases = (self._field(name, token) for base in found.bases if (name := _name(base)))
        return next((base for base in bases if base is not None), None)

    def _qualified(self, node: ast.expr) -> ast.expr:
        known = self._classes.keys() | self._aliases.keys()

        class Qualify(ast.NodeTransformer):
            def visit_Name(self, name: ast.Name) -> ast.expr:
                models = ast.Name("models", ast.Load())
                return ast.Attribute(models, name.id, ast.Load()) if name.id in known else name

        qualified: ast.expr = Qualify().visit(node)
        return qualified


def _element(node: ast.expr | None) -> ast.expr | None:
    if not isinstance(node, ast.Subscript) or _name(node.value) not in _LISTS:
        return None
    return node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice


def _alternatives(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return _alternatives(node.left) + _alternatives(node.right)
    return [node]


def _name(node: ast.expr | None) -> str | None:
    """Return the last part of a name, `None` as text for the constant."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Constant):
        return str(node.value)
    return node.id if isinstance(node, ast.Name) else None


def _wire_names(statement: ast.AnnAssign) -> set[str]:
    """Return the alias of a field where it has one, else its name."""
    aliases = {
        str(keyword.value.value)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "alias" and isinstance(keyword.value, ast.Constant)
    }
    return aliases or ({statement.target.id} if isinstance(statement.target, ast.Name) else set())
