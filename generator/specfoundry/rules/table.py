"""Which rules are there, and how bad is each in which profile?

`errors` applies to any document: errors are what makes it unusable or ambiguous, warnings what a
careful reader wants to know. `contract` applies to documents that a team writes as its contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from specfoundry.document.finding import Finding, Severity
from specfoundry.rules import (
    components,
    conventions,
    examples,
    extension_names,
    extension_pointers,
    extension_steps,
    extension_values,
    extensions,
    links,
    operations,
    paths,
    schemas,
    security,
    statements,
    structure,
    text,
)
from specfoundry.rules.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
    Rule("operation-id-present", operations.operation_id_present, None, ERROR),
    Rule("operation-id-unique", operations.operation_id_unique, ERROR, ERROR),
    Rule("operation-id-camel-case", operations.operation_id_camel_case, None, ERROR),
    Rule("one-tag", operations.one_tag, None, ERROR),
    Rule("tag-declared", operations.tag_declared, None, ERROR),
    Rule("tag-unique", operations.tag_unique, ERROR, ERROR),
    Rule("tag-used", operations.tag_used, None, ERROR),
    Rule("described", operations.described, None, ERROR),
    Rule("path-template", paths.path_templates, ERROR, ERROR),
    Rule("path-parameter", paths.path_parameters, ERROR, ERROR),
    Rule("parameter-unique", paths.parameter_unique, ERROR, ERROR),
    Rule("path-unique", paths.path_unique, ERROR, ERROR),
    Rule("paging", conventions.paging, None, ERROR),
    Rule("shared-error", conventions.shared_errors, None, ERROR),
    Rule("comma-list", conventions.comma_lists, None, ERROR),
    Rule("unused-component", components.unused_components, None, ERROR),
    Rule("unused-file", components.unused_files, None, ERROR),
    Rule("example", examples.media_examples, WARNING, ERROR),
    Rule("example-or-examples", examples.example_or_examples, WARNING, ERROR),
    Rule("schema-example", examples.schema_examples, WARNING, ERROR),
    Rule("default", examples.defaults, WARNING, ERROR),
    Rule("example-present", examples.examples_present, None, ERROR),
    Rule("link-target", links.link_targets, WARNING, ERROR),
    Rule("link-expression", links.link_expressions, WARNING, ERROR),
    Rule("security-scheme", security.security_schemes, ERROR, ERROR),
    Rule("security-scope", security.security_scopes, None, ERROR),
    Rule("security-stated", security.security_stated, None, ERROR),
    Rule("extension", extensions.extension_values, ERROR, ERROR),
    Rule("extension-operation", extensions.extension_operations, ERROR, ERROR),
    Rule("extension-parameter", extension_names.extension_parameters, WARNING, ERROR),
    Rule("extension-pointer", extension_pointers.extension_pointers, WARNING, ERROR),
    Rule("extension-status", extension_values.extension_statuses, WARNING, ERROR),
    Rule("extension-role", extension_values.extension_roles, WARNING, ERROR),
    Rule("extension-state", extension_values.extension_states, WARNING, ERROR),
    Rule("extension-step", extension_steps.extension_steps, WARNING, ERROR),
    Rule("extension-header", extensions.extension_headers, None, ERROR),
    Rule("job-stated", statements.jobs_stated, None, ERROR),
    Rule("creation-stated", statements.creations_stated, None, ERROR),
    Rule("merge-stated", statements.merges_stated, None, ERROR),
    Rule("filter-stated", statements.filters_stated, None, ERROR),
    Rule("discriminator-mapping", schemas.discriminator_mapping, ERROR, ERROR),
    Rule("discriminator-property", schemas.discriminator_property, None, ERROR),
    Rule("required-known", schemas.required_known, None, ERROR),
    Rule("item-schema", schemas.item_schemas, None, ERROR),
    Rule("control-character", text.control_characters, ERROR, ERROR),
    Rule("header-name", text.header_names, ERROR, ERROR),
)


def check(bundle: Bundle, profile: str = "errors", *, thorough: bool = True) -> list[Finding]:
    """Return everything that the rules of a profile find, each at the place a person wrote.

    `thorough` also runs openapi-spec-validator as a whole: seconds for a document of megabytes.
    """
    context = Context(bundle)
    found: dict[Finding, None] = {}
    known: dict[str, None] = {}
    for rule in RULES:
        severity = rule.contract if profile == "contract" else rule.plain
        if severity is None:
            continue
        for violation in rule.find(context):
            known[violation.pointer] = None
            bad = severity if profile == "contract" else violation.severity or severity
            found[_finding(bundle, rule.name, violation, bad)] = None
    if thorough:
        found |= dict.fromkeys(_library_findings(context, known))
    return list(found)


def _library_findings(context: Context, known: Iterable[str]) -> Iterator[Finding]:
    """Yield what openapi-spec-validator refuses at places of which no rule has spoken."""
    from specfoundry.rules.library import library_errors  # noqa: PLC0415  # half a second to import

    for violation in library_errors(context):
        if not _is_known(violation.pointer, known):
            yield _finding(context.bundle, "openapi-spec-validator", violation, ERROR)


def _finding(bundle: Bundle, rule: str, violation: Violation, severity: Severity) -> Finding:
    return Finding.at(bundle.origin(violation.pointer), rule, violation.message, severity)


def _is_known(pointer: str, known: Iterable[str]) -> bool:
    """Return whether a rule of ours has spoken of this place, one inside, or right around it."""
    around = pointer.rpartition("/")[0]
    return any(other in (pointer, around) or other.startswith(f"{pointer}/") for other in known)
