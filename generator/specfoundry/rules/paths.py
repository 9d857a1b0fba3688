"""Do path templates and parameters fit together?"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from specfoundry.document.finding import Severity
from specfoundry.document.pointer import join
from specfoundry.document.structure import METHODS
from specfoundry.rules.context import Context, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def path_templates(context: Context) -> Iterator[Violation]:
    """Every template has whole, different variables, and no query or fragment."""
    for path in _paths(context):
        names = _VARIABLE.findall(path)
        pointer = join("", "paths", path)
        rest = _VARIABLE.sub("", path)
        if "{" in rest or "}" in rest:
            yield Violation(pointer, f"The braces in `{path}` do not match.")
        if "" in names:
            yield Violation(pointer, f"A variable in `{path}` has no name.")
        if "?" in rest or "#" in rest:
            yield Violation(
                pointer, f"`{path}` holds a query or fragment; a path has none.", Severity.WARNING
            )
        for name, number in Counter(names).items():
            if number > 1:
                yield Violation(pointer, f"The variable `{name}` stands in `{path}` twice.")


def path_parameters(context: Context) -> Iterator[Violation]:
    """Every variable of a template has a path parameter, and the other way round."""
    for operation in context.operations:
        variables = set(_VARIABLE.findall(operation.path)) - {""}
        declared = {}
        for pointer, parameter in operation.parameters:
            if parameter.get("in") == "path" and isinstance(parameter.get("name"), str):
                declared[parameter["name"]] = pointer
        for name in sorted(variables - set(declared)):
            message = f"`{operation.label}` has no path parameter for `{{{name}}}`."
            yield Violation(operation.pointer, message)
        for name in sorted(set(declared) - variables):
            message = f"The path parameter `{name}` does not stand in `{operation.path}`."
            yield Violation(declared[name], message)


def parameter_unique(context: Context) -> Iterator[Violation]:
    """No operation or path item has two parameters of one name and place."""
    for kind in ("pathItem", "operation"):
        for place in context.by_kind[kind]:
            seen = set()
            parameters = place.node.get("parameters")
            for index, item in enumerate(parameters if isinstance(parameters, list) else ()):
                pointer = join(place.pointer, "parameters", index)
                parameter = context.resolved(item, pointer)
                key = (parameter.get("name"), parameter.get("in"))
                if None not in key and str(key) in seen:
                    message = f"The {key[1]} parameter `{key[0]}` stands here twice."
                    yield Violation(pointer, message)
                seen.add(str(key))


def path_unique(context: Context) -> Iterator[Violation]:
    """No two templates are the same but for the names of variables (OpenAPI 3.1, 4.8.8.1)."""
    seen: dict[str, str] = {}
    for path in _paths(context):
        shape = _VARIABLE.sub("{}", path)
        other = seen.setdefault(shape, path)
        if other == path:
            continue
        shared = [
            method.upper()
            for method in METHODS
            if method in _item(context, path) and method in _item(context, other)
        ]
        severity = None if shared else Severity.WARNING
        message = f"`{path}` and `{other}` are the same path"
        suffix = f", both with {', '.join(shared)}." if shared else "."
        yield Violation(join("", "paths", path), message + suffix, severity)


def _paths(context: Context) -> Iterator[str]:
    paths = context.root.get("paths")
    if isinstance(paths, dict):
        yield from (path for path in paths if path.startswith("/"))


def _item(context: Context, path: str) -> dict[str, Any]:
    item = context.root["paths"][path]
    return item if isinstance(item, dict) else {}
