"""How is an operation called with the generated Python client?"""

from __future__ import annotations

import pprint
from dataclasses import dataclass
from typing import TYPE_CHECKING

from specfoundry.targets.docs_nodes import Nodes, text
from specfoundry.targets.docs_samples import CallParts, documented_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.ir.body import Media
    from specfoundry.ir.operation import Operation

_WIDTH = 80


@dataclass(frozen=True, slots=True)
class _Argument:
    name: str
    code: str
    positional: bool = False

    def __str__(self) -> str:
        return self.code if self.positional else f"{self.name}={self.code}"


def python_sample(
    package: str, group: str, operation: Operation, parts: CallParts, nodes: Nodes
) -> str:
    """Return a call of the synchronous client; what the document does not show is a name.

    `group` is the client's attribute for the operation's tag. Path parameters and the body come
    first, by position; other required parameters and form fields by name.
    """
    server = repr(parts.server) if "://" in parts.server else "base_url"
    credentials = "" if operation.security.none else ", auth=auth"
    preparation, body = _body(operation, parts)
    arguments = sorted([*_parameters(operation, parts, nodes), *body], key=_by_position)
    imports = {f"from {package}.client import Client"}
    if any("TypeAdapter" in line for line in preparation):
        imports |= {"from pydantic import TypeAdapter", f"from {package} import models"}
    if any("Path(" in argument.code for argument in arguments):
        imports.add("from pathlib import Path")
    call = f"client.{group}.{operation.name}({', '.join(map(str, arguments))})"
    return "\n".join(
        [
            *sorted(imports, key=_import_order),
            "",
            *preparation,
            f"with Client({server}{credentials}) as client:",
            f"    answer = {call}",
        ]
    )


def _by_position(argument: _Argument) -> bool:
    return not argument.positional


def _import_order(line: str) -> tuple[int, str]:
    standard, ours = line.startswith("from pathlib"), not line.startswith("from pydantic")
    return (0 if standard else 1 + ours, line)


def _parameters(operation: Operation, parts: CallParts, nodes: Nodes) -> Iterator[_Argument]:
    known = {(text(node.get("in")), text(node.get("name"))): node for node in parts.parameters}
    for parameter in operation.parameters:
        if not parameter.required:
            continue
        node: Mapping[str, object] = known.get((parameter.location, parameter.name), {})
        value = documented_value(nodes, node)
        yield _Argument(
            parameter.identifier,
            parameter.identifier if value is None else repr(value),
            positional=parameter.location == "path",
        )


def _body(operation: Operation, parts: CallParts) -> tuple[list[str], list[_Argument]]:
    """Return the lines that make the body, and the arguments that pass it."""
    if operation.body is None:
        return [], []
    media = next(
        (media for media in operation.body.media if media.media_type == parts.media_type),
        operation.body.media[0],
    )
    value = None if parts.example is None else parts.example.value
    if media.parts and len(operation.body.media) == 1:
        return [], list(_form_fields(media, value))
    if media.kind in ("binary", "raw"):
        return [], [_Argument("body", "Path('file')", positional=True)]
    literal = pprint.pformat(value, width=_WIDTH, sort_dicts=False)
    if media.kind == "json" and "models." in media.type.code:
        made = f"body = TypeAdapter({media.type.code}).validate_python("
        lines = [made, *(f"    {line}" for line in literal.splitlines()), ")"]
    else:
        lines = f"body = {literal}".splitlines()
    return lines, [_Argument("body", "body", positional=True)]


def _form_fields(media: Media, value: object) -> Iterator[_Argument]:
    shown = value if isinstance(value, dict) else {}
    for part in media.parts:
        if part.kind == "file" and (part.required or part.name in shown or len(media.parts) == 1):
            path = f"Path({part.name!r})"
            yield _Argument(part.identifier, f"[{path}]" if part.many else path)
        elif part.kind != "file" and part.name in shown:
            yield _Argument(part.identifier, repr(shown[part.name]))
        elif part.required:
            yield _Argument(part.identifier, part.identifier)
