"""Do security requirements name schemes and scopes that exist?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.rules.context import Context, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator


def security_schemes(context: Context) -> Iterator[Violation]:
    """Every scheme that a requirement names is a component."""
    schemes = context.components("securitySchemes")
    for pointer, name, _ in _requirements(context):
        if name not in schemes:
            yield Violation(pointer, f"There is no security scheme `{name}`.")


def security_scopes(context: Context) -> Iterator[Violation]:
    """Every scope that a requirement names is described by a flow of its OAuth 2 scheme."""
    schemes = context.components("securitySchemes")
    for pointer, name, scopes in _requirements(context):
        scheme = context.resolved(schemes.get(name), "")
        if scheme.get("type") != "oauth2" or not isinstance(scopes, list):
            continue
        flows = scheme.get("flows")
        known = {
            scope
            for flow in (flows.values() if isinstance(flows, dict) else ())
            if isinstance(flow, dict) and isinstance(flow.get("scopes"), dict)
            for scope in flow["scopes"]
        }
        for scope in scopes:
            if scope not in known:
                yield Violation(pointer, f"No flow of `{name}` describes the scope `{scope}`.")


def security_stated(context: Context) -> Iterator[Violation]:
    """Every operation says who may call it, `security: []` included, unless the root does."""
    if "security" in context.root:
        return
    for operation in context.operations:
        if "security" not in operation.node:
            yield Violation(operation.pointer, f"`{operation.label}` has no `security`.")


def _requirements(context: Context) -> Iterator[tuple[str, str, Any]]:
    holders = [("", context.root)]
    holders += [(operation.pointer, operation.node) for operation in context.operations]
    for base, holder in holders:
        requirements = holder.get("security")
        for index, item in enumerate(requirements if isinstance(requirements, list) else ()):
            for name, scopes in item.items() if isinstance(item, dict) else ():
                yield join(base, "security", index, name), name, scopes
