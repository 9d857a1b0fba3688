"""What can be found by typing, and where does it lead?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from specfoundry.extensions import extensions
from specfoundry.targets.docs_addresses import fragment
from specfoundry.targets.docs_merge import merge
from specfoundry.targets.docs_operations import Parts, operation_node
from specfoundry.targets.docs_text import excerpt
from specfoundry.targets.docs_usage import Usage, codes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specfoundry.ir.api import Api
    from specfoundry.ir.operation import Operation
    from specfoundry.targets.docs_views import ErrorsPage

_EXCERPT = 300
Entry = list[object]
"""kind, title, address, subtitle, method, names, text: see `search.js`."""


def _script(variable: str, value: object) -> str:
    """Return a script that holds data; ASCII only, so no encoding can be guessed wrongly."""
    lines = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return f"window.{variable}={lines};\n"


def search_index(parts: Parts, usage: Usage, errors: ErrorsPage | None, used: Iterable[str]) -> str:
    """Return the script with one entry per operation, schema, tag, error code and used extension.

    Each entry has the words that it is found by: its own names, the names of its parts (parameters,
    schemas, error codes or members) and the beginning of its description.
    """
    entries = [
        *(_operation(parts, usage, operation) for operation in parts.api.operations),
        *_tags(parts),
        *_schemas(parts),
        *_errors(errors),
        *_extensions(parts, used),
    ]
    return _script("specfoundrySearch", entries)


def _operation(parts: Parts, usage: Usage, operation: Operation) -> Entry:
    node = operation_node(parts.nodes, operation)
    names = [
        str(parameter.get("name", "")) for parameter in parts.nodes.parameters(operation.path, node)
    ]
    names += usage.schemas_of(node, operation.path)
    names += [code for code, _, _ in codes_of(parts.nodes, node)]
    return [
        "operation",
        operation.operation_id,
        parts.addresses.operations[operation.operation_id],
        operation.summary,
        f"{operation.method} {operation.path}",
        _unique(names),
        f"{operation.tag} {_plain(parts, operation.description)}",
    ]


def _tags(parts: Parts) -> Iterator[Entry]:
    for tag in parts.api.tags:
        about = _plain(parts, tag.description)
        yield ["tag", tag.name, parts.addresses.tags[tag.name], "", "", [], about]


def _schemas(parts: Parts) -> Iterator[Entry]:
    for name, schema in parts.nodes.schemas.items():
        merged = merge(parts.nodes, schema)
        about = _plain(parts, merged.keywords.get("description"))
        title = str(merged.keywords.get("title") or "")
        members = list(merged.properties)
        yield ["schema", name, parts.addresses.schemas[name], title, "", members, about]


def _errors(page: ErrorsPage | None) -> Iterator[Entry]:
    for row in page.rows if page else ():
        address = f"errors.html{fragment(row.identifier)}"
        yield ["error", row.code, address, " ".join(row.statuses), "", [], row.description]


def _extensions(parts: Parts, used: Iterable[str]) -> Iterator[Entry]:
    for name in used:
        found = extensions()[name]
        address = f"extensions.html{fragment(name)}"
        about = _plain(parts, found.description)
        members = [member.name for member in found.members]
        yield ["extension", name, address, found.title, "", members, about]


def _plain(parts: Parts, source: object) -> str:
    return excerpt(parts.prose.render(source, "../"), _EXCERPT)


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, names)))


def navigation(parts: Parts) -> str:
    """Return the script with the tags and operations of the side bar."""
    return _script("specfoundryNavigation", _groups(parts.api, parts))


def _groups(api: Api, parts: Parts) -> list[list[object]]:
    return [
        [
            tag.name,
            parts.addresses.tags[tag.name],
            [
                [
                    operation.method,
                    operation.summary or operation.operation_id,
                    parts.addresses.operations[operation.operation_id],
                    int(operation.deprecated),
                ]
                for operation in tag.operations
            ],
        ]
        for tag in api.tags
    ]
