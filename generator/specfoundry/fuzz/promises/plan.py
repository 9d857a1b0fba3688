"""Which checks does a document allow, for each of its operations, and why are the others off?

Everything here is read from the document. A check that is switched off or widened leaves a
`Deviation` behind, which the report prints: nothing is silenced without its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.structure import METHODS, path_items

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LENIENT: Final = "leading-integer"
"""The `x-decode` of a number that is read as far as it is one."""
_ASYNC = "its deletion is a job (x-async-job): the resource may stay visible until that has run"
_METHOD = "the document says what an unknown method is answered (x-unknown-method-status)"

# What Schemathesis accepts as an answer to valid data, before a document widens it.
_ACCEPTED = ("2xx", "3xx", "401", "403", "404", "409", "429", "5xx")
# What it takes for anything but a server error.
_NO_ERROR = ("2xx", "3xx", "4xx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """A stock check that is not applied as it comes."""

    check: str
    operation: str
    """operationId, or `*` for all."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the engine is told about one document."""

    operations: tuple[Mapping[str, Any], ...]
    """Entries of Schemathesis' `operations` setting."""
    checks: Mapping[str, Any]
    """Its `checks` setting."""
    lenient: frozenset[tuple[str, str]] = frozenset()
    """(location, name) of parameters whose numbers are read from leading digits (`x-decode`)."""
    selectors: frozenset[tuple[str, str]] = frozenset()
    """(location, name) of parameters that select by labels (`x-filter`)."""
    unknown_method: int | None = None
    """Status that the document promises for a method which a path lacks."""
    deviations: tuple[Deviation, ...] = field(default=())


def build_plan(node: Mapping[str, Any]) -> Plan:
    """Read the checks' settings from a bundled document.

    Args:
        node: an OpenAPI 3.1 document without external references.
    """
    settings: list[Mapping[str, Any]] = []
    deviations: list[Deviation] = []
    slow = tuple(
        path for path, _, operation in _iter_operations(node) if "x-async-job" in operation
    )
    for path, name, operation in _iter_operations(node):
        for check, setting, reason in _iter_operation_checks(path, operation, slow):
            settings.append({"include-operation-id": name, "checks": {check: setting}})
            deviations.append(Deviation(check=check, operation=name, reason=reason))
    checks: dict[str, Any] = {}
    unknown_method = node.get("x-unknown-method-status")
    if unknown_method is not None:
        checks["unsupported_method"] = {"enabled": False}
        deviations.append(Deviation(check="unsupported_method", operation="*", reason=_METHOD))
    return Plan(
        operations=tuple(settings),
        checks=checks,
        lenient=frozenset(_iter_lenient(node)),
        selectors=frozenset(_iter_selectors(node)),
        unknown_method=unknown_method,
        deviations=tuple(deviations),
    )


def _iter_operations(node: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in path_items(node):
        for method in METHODS:
            operation = item.get(method)
            if operation and "operationId" in operation:
                yield path, operation["operationId"], operation


def _iter_operation_checks(
    path: str, operation: Mapping[str, Any], slow: tuple[str, ...]
) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    if path.startswith(slow):
        yield "use_after_free", {"enabled": False}, _ASYNC
    reasons = operation.get("x-state-dependent")
    if reasons:
        accepted = [*_ACCEPTED, *map(str, reasons)]
        told = "; ".join(f"{status}: {reason}" for status, reason in reasons.items())
        reason = f"valid input may be refused for reasons of state: {told}"
        yield "positive_data_acceptance", {"expected-statuses": accepted}, reason
        ours = [str(status) for status in reasons if str(status).startswith("5")]
        if ours:
            reason = f"the document promises a refusal with {', '.join(ours)}: {told}"
            yield "not_a_server_error", {"expected-statuses": [*_NO_ERROR, *ours]}, reason


def _iter_lenient(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for parameter in _iter_parameters(node):
        if parameter.get("x-decode") == LENIENT:
            yield parameter["in"], parameter["name"]


def _iter_selectors(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for parameter in _iter_parameters(node):
        if parameter.get("x-filter", {}).get("op") == "labels":
            yield parameter["in"], parameter["name"]


def _iter_parameters(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    shared = node.get("components", {}).get("parameters", {}).values()
    inline = (
        parameter
        for _, item in path_items(node)
        for holder in (item, *(item.get(method) or {} for method in METHODS))
        for parameter in holder.get("parameters", ())
    )
    yield from (*shared, *inline)
