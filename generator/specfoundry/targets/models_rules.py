"""Which rules about whole objects are printed into the models?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = "specfoundry.runtime.objects.CheckedModel"
_IMPORT = "from specfoundry.runtime.objects import CheckedModel"

_CLASS = re.compile(
    r"(?P<head>^class (?P<name>\w+)\(CheckedModel\):\n(?:.*\n)*?)(?P<config>    model_config = )",
    re.MULTILINE,
)


def take_rules(schemas: Mapping[str, Any]) -> dict[str, str]:
    """Give the schemas with such rules the runtime's base class.

    Returns:
        Class name → source of its `ObjectRules`.
    """
    found = {}
    for name, schema in schemas.items():
        # A schema without members is a plain dict, whose length pydantic checks itself.
        if isinstance(schema, dict) and schema.get("properties") and not schema.keys() & _MIXED:
            rules = _rules(schema)
            if rules:
                schema["customBasePath"] = BASE
                found[name] = f"ObjectRules({', '.join(rules)})"
    return found


# Schemas that become something else than one class, or a subclass of another.
_MIXED = frozenset({"allOf", "anyOf", "oneOf", "enum", "const"})


def with_rules(source: str, rules: Mapping[str, str]) -> str:
    """Return the source of the models with the rules printed into their classes."""

    def printed(found: re.Match[str]) -> str:
        line = f"    object_rules: ClassVar[ObjectRules] = {rules[found['name']]}\n\n"
        return f"{found['head']}{line}{found['config']}"

    source = _CLASS.sub(printed, source)
    if rules:
        imports = f"from typing import ClassVar\n\n{_IMPORT}, ObjectRules"
        source = source.replace(_IMPORT, imports, 1)
    return source


def _rules(schema: Mapping[str, Any]) -> list[str]:
    rules = []
    if schema.get("minProperties"):
        rules.append(f"at_least={int(schema['minProperties'])}")
    if "maxProperties" in schema:
        rules.append(f"at_most={int(schema['maxProperties'])}")
    together = {
        str(member): tuple(map(str, others))
        for member, others in (schema.get("dependentRequired") or {}).items()
        if others
    }
    if together:
        rules.append(f"together={together!r}")
    return rules
