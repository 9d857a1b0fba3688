"""How does one documented operation become ours?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from specfoundry.document.pointer import join, split
from specfoundry.document.structure import status_responses
from specfoundry.ir.build_body import build_body
from specfoundry.ir.build_parameter import build_parameters
from specfoundry.ir.build_response import build_responses
from specfoundry.ir.naming import pascal, snake
from specfoundry.ir.operation import Link, Operation
from specfoundry.ir.scope import extensions_of
from specfoundry.ir.security import SchemeUse, Security

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.ir.scope import Scope

DEFAULT_TAG = "Default"


def build_operation(
    scope: Scope, path: str, method: str, node: Mapping[str, Any], item: Mapping[str, Any]
) -> Operation:
    """Return the operation at one method of one path item."""
    operation_id = str(node.get("operationId") or f"{method} {path}")
    prefix = pascal(operation_id)
    tags = node.get("tags") or [DEFAULT_TAG]
    return Operation(
        operation_id=operation_id,
        name=snake(operation_id),
        class_prefix=prefix,
        method=method.upper(),
        path=path,
        tag=str(tags[0]),
        summary=str(node.get("summary") or item.get("summary") or ""),
        description=str(node.get("description") or item.get("description") or ""),
        parameters=build_parameters(
            scope, item.get("parameters") or (), node.get("parameters") or ()
        ),
        body=build_body(scope, scope.nodes.resolve(node.get("requestBody")), prefix),
        responses=build_responses(scope, node.get("responses") or {}, prefix),
        security=build_security(node.get("security", scope.nodes.root.get("security"))),
        links=tuple(_iter_links(scope, node)),
        deprecated=bool(node.get("deprecated")),
        strict_query=bool(node.get("x-strict-query")),
        extensions=extensions_of(node),
        pointer=join("", "paths", path, method),
    )


def build_security(alternatives: Any) -> Security:
    """Return the alternatives of credentials (OpenAPI 3.1, 4.8.30)."""
    return Security(
        alternatives=tuple(
            tuple(
                SchemeUse(scheme=name, scopes=tuple(map(str, scopes or ())))
                for name, scopes in alternative.items()
            )
            for alternative in alternatives or ()
            if isinstance(alternative, dict)
        )
    )


def _target_of(scope: Scope, link: Mapping[str, Any]) -> str | None:
    """Return the operationId that a link leads to, None for one outside the document."""
    named = link.get("operationId")
    reference = link.get("operationRef")
    if isinstance(reference, str) and reference.startswith("#/paths/"):
        steps = split(unquote(reference[1:]))
        operation = scope.nodes.at(reference)
        if isinstance(operation, dict) and len(steps) == 3:
            named = operation.get("operationId") or f"{steps[2]} {steps[1]}"
    return named if isinstance(named, str) else None


def _iter_links(scope: Scope, operation: Mapping[str, Any]) -> Iterator[Link]:
    for status, entry in status_responses(operation):
        for name, link in (scope.nodes.resolve(entry).get("links") or {}).items():
            node = scope.nodes.resolve(link)
            target = _target_of(scope, node)
            if target is not None:
                yield Link(
                    name=name,
                    status=status,
                    operation_id=target,
                    parameters=tuple((node.get("parameters") or {}).items()),
                    description=str(node.get("description") or ""),
                )
