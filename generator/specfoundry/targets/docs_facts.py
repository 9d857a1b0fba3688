"""What does one schema say of itself, in words?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from specfoundry.targets.docs_nodes import mapping, sequence, text
from specfoundry.targets.docs_views import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MAX_VALUE = 200
_JSON_TYPES = {
    bool: "boolean",
    str: "string",
    int: "integer",
    float: "number",
    dict: "object",
    list: "array",
}
# Keyword (JSON Schema 2020-12, Validation) and what it is called on a page.
_NUMBER_FACTS = (
    ("minimum", "minimum"),
    ("exclusiveMinimum", "greater than"),
    ("maximum", "maximum"),
    ("exclusiveMaximum", "less than"),
    ("multipleOf", "multiple of"),
)
_COUNT_FACTS = (
    ("length", "minLength", "maxLength"),
    ("items", "minItems", "maxItems"),
    ("members", "minProperties", "maxProperties"),
    ("matching items", "minContains", "maxContains"),
)
_TEXT_FACTS = (
    ("pattern", "pattern"),
    ("contentEncoding", "encoding"),
    ("contentMediaType", "content type"),
)


def json_text(value: object) -> str:
    """Return a value as JSON on one line; what JSON has no form for is written as text."""
    return json.dumps(value, ensure_ascii=False, default=str)


def json_types(schema: Mapping[str, Any]) -> list[str]:
    """Return the JSON types which a schema states or, failing that, implies."""
    stated = schema.get("type")
    if isinstance(stated, str):
        return [stated]
    if isinstance(stated, list):
        return [kind for kind in stated if isinstance(kind, str)]
    if "properties" in schema or "additionalProperties" in schema or "patternProperties" in schema:
        return ["object"]
    if "items" in schema or "prefixItems" in schema:
        return ["array"]
    values = [schema["const"]] if "const" in schema else sequence(schema.get("enum"))
    kinds = (_JSON_TYPES.get(type(value), "null") for value in values)
    return list(dict.fromkeys(kinds))


def schema_facts(schema: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return the constraints, defaults and short examples of one schema, in a fixed order."""
    facts: list[Fact] = []
    if "const" in schema:
        facts.append(Fact("always", json_text(schema["const"]), code=True))
    if "default" in schema:
        facts.append(Fact("default", json_text(schema["default"]), code=True))
    facts += [
        Fact(term, json_text(schema[keyword]))
        for keyword, term in _NUMBER_FACTS
        if keyword in schema
    ]
    facts += [
        Fact(term, count_range(schema.get(low), schema.get(high)))
        for term, low, high in _COUNT_FACTS
        if low in schema or high in schema
    ]
    if schema.get("uniqueItems") is True:
        facts.append(Fact("items", "no two alike"))
    facts += [
        Fact(term, text(schema[keyword]), code=True)
        for keyword, term in _TEXT_FACTS
        if keyword in schema
    ]
    facts += _object_facts(schema)
    facts += [Fact("example", example, code=True) for example in short_examples(schema)]
    return tuple(facts)


def _object_facts(schema: Mapping[str, Any]) -> Iterable[Fact]:
    if schema.get("additionalProperties") is False or schema.get("unevaluatedProperties") is False:
        yield Fact("other members", "refused")
    names = mapping(schema.get("propertyNames"))
    if "pattern" in names:
        yield Fact("member names match", text(names["pattern"]), code=True)
    if "maxLength" in names or "minLength" in names:
        yield Fact(
            "length of member names", count_range(names.get("minLength"), names.get("maxLength"))
        )
    for name, needed in mapping(schema.get("dependentRequired")).items():
        yield Fact(f"with {name}", f"also {', '.join(map(str, sequence(needed)))}")


def count_range(low: object, high: object) -> str:
    """Return a range of counts in words; either end may be missing."""
    if low is None or low == 0:
        return f"at most {high}"
    if high is None:
        return f"at least {low}"
    return f"exactly {low}" if low == high else f"{low} to {high}"


def short_examples(schema: Mapping[str, Any]) -> list[str]:
    """Return the schema's examples that fit on a line."""
    values = [schema["example"]] if "example" in schema else []
    values += sequence(schema.get("examples"))
    scalar = [value for value in values if not isinstance(value, dict | list)]
    texts = (json_text(value) for value in scalar)
    return list(dict.fromkeys(value for value in texts if len(value) <= _MAX_VALUE))[:3]


def schema_flags(schema: Mapping[str, Any], *, required: bool, nullable: bool) -> tuple[str, ...]:
    """Return the words that stand beside a type."""
    flags = (
        ("required", required),
        ("nullable", nullable),
        ("deprecated", schema.get("deprecated") is True),
        ("read-only", schema.get("readOnly") is True),
        ("write-only", schema.get("writeOnly") is True),
    )
    return tuple(word for word, applies in flags if applies)
