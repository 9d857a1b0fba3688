"""How does a bundled document become the intermediate representation?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from specfoundry.document.finding import Finding, Severity
from specfoundry.document.structure import METHODS, path_items
from specfoundry.ir.api import Api, Server, Tag
from specfoundry.ir.build_operation import DEFAULT_TAG, build_operation
from specfoundry.ir.build_response import shared_errors
from specfoundry.ir.limits import iter_limits
from specfoundry.ir.naming import pascal, snake, unique
from specfoundry.ir.nodes import Nodes
from specfoundry.ir.schema_types import TypeMaker
from specfoundry.ir.scope import Scope, extensions_of
from specfoundry.ir.security import SecurityScheme

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specfoundry.document.bundle import Bundle
    from specfoundry.ir.operation import Operation
    from specfoundry.ir.response import Response
    from specfoundry.ir.types import Header


def build_api(
    lifted: Mapping[str, Any],
    models: Mapping[str, str],
    bundle: Bundle,
    common_headers: Iterable[str] = (),
) -> tuple[Api, list[Finding]]:
    """Return the whole API in Python terms, with the names that clash and what stays unchecked.

    Args:
        lifted: the bundled document after `ir.lift`.
        models: class names of its components.schemas.
        bundle: where the findings' places come from.
        common_headers: headers which all responses share and middleware sends.
    """
    nodes = Nodes(lifted)
    scope = Scope(nodes, TypeMaker(nodes, models), frozenset(h.lower() for h in common_headers))
    operations = [
        build_operation(scope, path, method, item[method], item)
        for path, entry in path_items(lifted)
        for item in [nodes.resolve(entry)]
        for method in METHODS
        if isinstance(item.get(method), dict)
    ]
    findings = _name_clashes(operations, bundle)
    operations = _distinct(operations)
    operations, errors = _share_errors(operations)
    info = lifted.get("info") or {}
    api = Api(
        title=str(info.get("title") or "API"),
        version=str(info.get("version") or ""),
        summary=str(info.get("summary") or ""),
        description=str(info.get("description") or ""),
        tags=_tags(lifted, operations),
        errors=errors,
        schemes=_schemes(nodes),
        servers=tuple(_server(node) for node in lifted.get("servers") or ()),
        common_headers=_common_headers(operations),
        extensions=extensions_of(lifted),
    )
    return api, [*findings, *iter_limits(bundle)]


def _name_clashes(operations: Iterable[Operation], bundle: Bundle) -> list[Finding]:
    first: dict[str, Operation] = {}
    findings = []
    for operation in operations:
        other = first.setdefault(operation.name, operation)
        if other is not operation:
            message = (
                f"`{operation.operation_id}` and `{other.operation_id}` both become the Python"
                f" name `{operation.name}`"
            )
            place = bundle.origin(operation.pointer)
            findings.append(Finding.at(place, "name-clash", message, Severity.WARNING))
    return findings


def _distinct(operations: list[Operation]) -> list[Operation]:
    # The clash is a finding; what is generated all the same must not be broken.
    names, _ = unique((o.pointer, o.name) for o in operations)
    prefixes, _ = unique((o.pointer, o.class_prefix) for o in operations)
    return [
        _renamed(operation, names[operation.pointer], prefixes[operation.pointer])
        for operation in operations
    ]


def _renamed(operation: Operation, name: str, prefix: str) -> Operation:
    if (name, prefix) == (operation.name, operation.class_prefix):
        return operation
    old = operation.class_prefix
    responses = tuple(
        replace(response, class_name=prefix + response.class_name.removeprefix(old))
        if not response.shared
        else response
        for response in operation.responses
    )
    return replace(operation, name=name, class_prefix=prefix, responses=responses)


def _share_errors(
    operations: list[Operation],
) -> tuple[list[Operation], tuple[Response, ...]]:
    uses: defaultdict[str, list[Response]] = defaultdict(list)
    for operation in operations:
        for response in operation.responses:
            if response.shared and response.component:
                uses[response.component].append(response)
    names = shared_errors(uses)
    errors: dict[str, Response] = {}
    renamed = []
    for operation in operations:
        responses = []
        for response in operation.responses:
            found = response
            if response.shared and response.component:
                found = replace(response, class_name=names[response.component, response.status])
                errors.setdefault(found.class_name, found)
            responses.append(found)
        renamed.append(replace(operation, responses=tuple(responses)))
    return renamed, tuple(errors[name] for name in sorted(errors))


def _tags(lifted: Mapping[str, Any], operations: list[Operation]) -> tuple[Tag, ...]:
    declared = {
        str(tag["name"]): str(tag.get("description") or "")
        for tag in lifted.get("tags") or ()
        if isinstance(tag, dict) and "name" in tag
    }
    grouped: defaultdict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        grouped[operation.tag].append(operation)
    order = [*(name for name in declared if name in grouped)]
    order += [name for name in grouped if name not in declared]
    # A tag is a heading: two that differ in punctuation alone share no module.
    modules, _ = unique((name, snake(name)) for name in order)
    classes, _ = unique((name, pascal(name)) for name in order)
    return tuple(
        Tag(
            name=name,
            identifier=modules[name],
            class_name=f"{classes[name]}Api",
            description=declared.get(
                name, "Operations without a tag." if name == DEFAULT_TAG else ""
            ),
            operations=tuple(grouped[name]),
        )
        for name in order
    )


def _schemes(nodes: Nodes) -> tuple[SecurityScheme, ...]:
    entries = (nodes.root.get("components") or {}).get("securitySchemes") or {}
    schemes = []
    for name, entry in entries.items():
        node = nodes.resolve(entry)
        scheme = SecurityScheme(
            name=name,
            identifier=snake(name),
            type=str(node.get("type") or ""),
            scheme=str(node["scheme"]).lower() if "scheme" in node else None,
            location=node.get("in"),
            parameter=node.get("name"),
            description=str(node.get("description") or ""),
        )
        schemes.append(scheme)
    return tuple(schemes)


def _server(node: Mapping[str, Any]) -> Server:
    url = str(node.get("url") or "/")
    for name, variable in (node.get("variables") or {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    return Server(url=url, description=str(node.get("description") or ""))


def _common_headers(operations: Iterable[Operation]) -> tuple[Header, ...]:
    found: dict[str, Header] = {}
    for operation in operations:
        for response in operation.responses:
            for header in response.common_headers:
                found.setdefault(header.name, header)
    return tuple(found[name] for name in sorted(found))
