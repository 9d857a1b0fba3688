"""Which rules are there, and how bad is each in which profile?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from specfoundry.document.finding import Finding, Severity
from specfoundry.rules import structure
from specfoundry.rules.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from specfoundry.document.bundle import Bundle
    from specfoundry.rules.context import Violation

ERROR, WARNING = Severity.ERROR, Severity.WARNING


class Rule(NamedTuple):
    """One rule: its name in findings, and its severity in each profile (None: does not apply)."""

    name: str
    find: Callable[[Context], Iterator[Violation]]
    plain: Severity | None
    contract: Severity | None


RULES = (
    Rule("openapi-object", structure.openapi_objects, ERROR, ERROR),
    Rule("schema-object", structure.schema_objects, ERROR, ERROR),
    Rule("old-keyword", structure.old_keywords, WARNING, ERROR),
)


def check(bundle: Bundle, profile: str = "errors") -> list[Finding]:
    """Return everything that the rules of a profile find, each at the place a person wrote."""
    context = Context(bundle)
    found: dict[Finding, None] = {}
    for rule in RULES:
        severity = rule.contract if profile == "contract" else rule.plain
        if severity is None:
            continue
        for violation in rule.find(context):
            place = bundle.origin(violation.pointer)
            worst = violation.severity or severity
            if violation.severity is not None and profile == "contract":
                worst = severity
            found[Finding.at(place, rule.name, violation.message, worst)] = None
    return list(found)
