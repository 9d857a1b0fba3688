"""How do documented responses become classes?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from specfoundry.ir.build_body import ContentBuilder
from specfoundry.ir.build_parameter import build_headers
from specfoundry.ir.naming import pascal
from specfoundry.ir.response import Response
from specfoundry.ir.scope import extensions_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specfoundry.ir.scope import Scope


def build_responses(
    scope: Scope, entries: Mapping[str, Any], class_prefix: str
) -> tuple[Response, ...]:
    """Return an operation's responses in ascending order of status, ranges and default last."""
    documented = {
        str(status).upper().replace("DEFAULT", "default"): entry
        for status, entry in entries.items()
        if not str(status).startswith("x-")
    }
    has_success = any(status[0] in "123" for status in documented)
    responses = [
        _response(scope, status, entry, class_prefix, is_only=not has_success)
        for status, entry in documented.items()
    ]
    return tuple(sorted(responses, key=lambda one: (not one.status.isdigit(), one.status)))


def _response(
    scope: Scope, status: str, entry: Any, class_prefix: str, *, is_only: bool
) -> Response:
    node = scope.nodes.resolve(entry)
    component = scope.nodes.component(entry, "responses")
    own_name = f"{class_prefix}{status if status.isdigit() else status.capitalize()}"
    headers = build_headers(scope, node.get("headers") or {})
    response = Response(
        status=status,
        class_name=own_name,
        description=str(node.get("description") or ""),
        media=ContentBuilder(scope, own_name, is_request=False).build(node.get("content")),
        headers=tuple(h for h in headers if h.name.lower() not in scope.common_headers),
        common_headers=tuple(h for h in headers if h.name.lower() in scope.common_headers),
        component=component,
        is_only=is_only and status == "default",
        extensions=extensions_of(node),
    )
    if component is not None and response.is_error:
        # One class serves every operation only if it always carries the same status.
        return replace(response, class_name=pascal(component), shared=True)
    return response


def shared_errors(responses: Mapping[str, list[Response]]) -> dict[tuple[str, str], str]:
    """Return class names for the (component, status) pairs of shared error responses.

    A component that answers several statuses gets one class for each, told apart by status.
    """
    names: dict[tuple[str, str], str] = {}
    for component, uses in responses.items():
        statuses = list(dict.fromkeys(use.status for use in uses))
        for status in statuses:
            suffix = "" if len(statuses) == 1 else status.capitalize()
            names[component, status] = f"{pascal(component)}{suffix}"
    return names
