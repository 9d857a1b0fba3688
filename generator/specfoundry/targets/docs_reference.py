"""What stands on the page about extensions, and which operations have them?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from specfoundry.extensions import extensions, introduction
from specfoundry.targets.docs_highlight import highlighted
from specfoundry.targets.docs_nodes import mapping
from specfoundry.targets.docs_operations import Parts, operation_node, operation_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from specfoundry.extensions import Extension
    from specfoundry.ir.operation import Operation
    from specfoundry.targets.docs_views import Frame, OperationRow

PAGE = "extensions.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One member of an extension's value."""

    name: str
    type: Markup
    required: bool
    description: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionView:
    """One extension: what it means, and who has it."""

    name: str
    title: str
    description: Markup
    places: str
    readers: str
    type: Markup
    members: tuple[MemberRow, ...]
    examples: tuple[Markup, ...]
    schema: Markup
    operations: tuple[OperationRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionsPage:
    """The reference of extensions."""

    frame: Frame
    introduction: Markup
    rows: tuple[ExtensionView, ...]


def used_extensions(parts: Parts) -> dict[str, list[Operation]]:
    """Return the extensions that the document has, with the operations that have them.

    What stands at the document's root belongs to no operation.
    """
    found: dict[str, list[Operation]] = {
        name: [] for name in extensions() if name in parts.nodes.document
    }
    for operation in parts.api.operations:
        for name in dict.fromkeys(_names(parts, operation)):
            found.setdefault(name, []).append(operation)
    return found


def _names(parts: Parts, operation: Operation) -> Iterator[str]:
    node = operation_node(parts.nodes, operation)
    holders = [
        node,
        *parts.nodes.parameters(operation.path, node),
        parts.nodes.resolve(node.get("requestBody")),
        *map(parts.nodes.resolve, mapping(node.get("responses")).values()),
    ]
    for holder in holders:
        yield from filter(extensions().__contains__, holder)


def extensions_page(parts: Parts, used: dict[str, list[Operation]], frame: Frame) -> ExtensionsPage:
    """Return the reference of all extensions."""
    return ExtensionsPage(
        frame=frame,
        introduction=parts.prose.render(introduction(), ""),
        rows=tuple(
            _view(parts, extension, used.get(name, [])) for name, extension in extensions().items()
        ),
    )


def _view(parts: Parts, extension: Extension, users: list[Operation]) -> ExtensionView:
    render = parts.prose.render
    return ExtensionView(
        name=extension.name,
        title=extension.title,
        description=render(extension.description, ""),
        places=extension.place,
        readers=", ".join(extension.readers),
        type=render(extension.type, ""),
        members=tuple(
            MemberRow(
                name=member.name,
                type=render(member.type, ""),
                required=member.required,
                description=render(member.description, ""),
            )
            for member in extension.members
        ),
        examples=tuple(
            highlighted(extension.sample(example), "yaml") for example in extension.examples
        ),
        schema=highlighted(json.dumps(extension.schema, indent=2, ensure_ascii=False), "json"),
        operations=tuple(operation_row(user, parts.addresses, "") for user in users),
    )
