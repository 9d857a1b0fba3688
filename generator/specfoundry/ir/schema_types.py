"""Which Python annotation says what a schema says?

Schemas that need a class of their own have been lifted into components before (`ir.lift`); here
stand references to them, and plain values.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specfoundry.ir.patterns import runnable_pattern
from specfoundry.ir.types import TypeRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specfoundry.ir.nodes import Nodes

ANY = TypeRef("Any", ("from typing import Any",))
_ANNOTATED = ("from typing import Annotated", "from pydantic import Field")
EXACT = {"date-time": "ExactDatetime", "date": "ExactDate"}
"""Formats whose Python type is the runtime's: it gives back the text that came in."""
UUID_PATTERN = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
"""RFC 4122, 3. A `UUID` would leave in lower case."""
_DATES = "from specfoundry.runtime.dates import"
_STRING = (("minLength", "min_length"), ("maxLength", "max_length"))
_NUMBER = (
    ("minimum", "ge"),
    ("exclusiveMinimum", "gt"),
    ("maximum", "le"),
    ("exclusiveMaximum", "lt"),
    ("multipleOf", "multiple_of"),
)
_ARRAY = (("minItems", "min_length"), ("maxItems", "max_length"))
_OBJECT = (("minProperties", "min_length"), ("maxProperties", "max_length"))


@dataclass(frozen=True, slots=True)
class TypeMaker:
    """Writes annotations for the schemas of one document."""

    nodes: Nodes
    models: Mapping[str, str]
    """Class names of components.schemas."""
    tuples: bool = False
    """Arrays become tuples: parameters are hashable."""

    def type_of(self, schema: Any) -> TypeRef:
        """Return the annotation of a schema."""
        if not isinstance(schema, dict) or not schema:
            return ANY
        name = self.nodes.component(schema, "schemas")
        if name is not None:
            return self._model(name)
        if isinstance(schema.get("$ref"), str):
            return self.type_of(self.nodes.resolve(schema))
        if "const" in schema or "enum" in schema:
            return _literal(schema)
        for key in ("anyOf", "oneOf"):
            if schema.get(key):
                return union([self.type_of(part) for part in schema[key]])
        parts: list[Any] = schema.get("allOf") or []
        if len(parts) == 1:
            return self.type_of(parts[0])
        return self._plain(schema)

    def _model(self, name: str) -> TypeRef:
        class_name = self.models.get(name)
        if class_name is None:
            return ANY
        return TypeRef(f"models.{class_name}", ("from .. import models",))

    def _plain(self, schema: Mapping[str, Any]) -> TypeRef:
        given = schema.get("type")
        kinds = given if isinstance(given, list) else [given] if given else _implied(schema)
        return union([self._of_kind(kind, schema) for kind in kinds]) if kinds else ANY

    def _of_kind(self, kind: Any, schema: Mapping[str, Any]) -> TypeRef:
        match kind:
            case "string":
                return _string(schema)
            case "integer":
                return _constrained(
                    TypeRef("int"), ["strict=True", *_limits(_whole(schema), _NUMBER)]
                )
            case "number":
                return _constrained(TypeRef("float"), ["strict=True", *_limits(schema, _NUMBER)])
            case "boolean":
                return _constrained(TypeRef("bool"), ["strict=True"])
            case "null":
                return TypeRef("None")
            case "array":
                return self._array(schema)
            case "object":
                return self._object(schema)
            case _:
                return ANY

    def _array(self, schema: Mapping[str, Any]) -> TypeRef:
        items = self.type_of(schema.get("items"))
        code = f"tuple[{items.code}, ...]" if self.tuples else f"list[{items.code}]"
        return _constrained(TypeRef(code, items.imports), _limits(schema, _ARRAY))

    def _object(self, schema: Mapping[str, Any]) -> TypeRef:
        values = self.type_of(schema.get("additionalProperties"))
        return _constrained(
            TypeRef(f"dict[str, {values.code}]", values.imports), _limits(schema, _OBJECT)
        )


def union(types: list[TypeRef]) -> TypeRef:
    """Return the union of annotations, each once, None last."""
    codes = list(dict.fromkeys(one.code for one in types))
    if "Any" in codes:
        return ANY
    if "None" in codes:
        codes = [*(code for code in codes if code != "None"), "None"]
    imports = tuple(dict.fromkeys(line for one in types for line in one.imports))
    return TypeRef(" | ".join(codes), imports)


def default_code(schema: Mapping[str, Any], kind: TypeRef) -> str | None:
    """Return Python source of a schema's default, None when it has none that fits its type.

    Args:
        schema: the schema itself, references followed.
        kind: its annotation.
    """
    value = schema.get("default")
    if value is None or "Exact" in kind.code:
        return None
    if isinstance(value, list):
        is_plain = all(isinstance(item, bool | int | float | str) for item in value)
        if not is_plain or "[" not in kind.code:
            return None
        return repr(value) if "list[" in kind.code else repr(tuple(value))
    return repr(value) if is_fitting(value, schema) else None


def is_fitting(value: Any, schema: Mapping[str, Any]) -> bool:
    """Return whether a scalar default is a value of its schema's type."""
    if "enum" in schema:
        return value in schema["enum"]
    given = schema.get("type")
    kinds = given if isinstance(given, list) else [given]
    match value:
        case bool():
            return "boolean" in kinds
        case int():
            return not {"integer", "number"}.isdisjoint(kinds)
        case float():
            return "number" in kinds
        case _:
            is_text = schema.get("format") not in EXACT or "pattern" in schema
            return isinstance(value, str) and "string" in kinds and is_text


def _implied(schema: Mapping[str, Any]) -> list[str]:
    if "items" in schema:
        return ["array"]
    return ["object"] if "properties" in schema or "additionalProperties" in schema else []


def _literal(schema: Mapping[str, Any]) -> TypeRef:
    values = schema["enum"] if "enum" in schema else [schema["const"]]
    plain = [value for value in values if isinstance(value, str | int) or value is None]
    if len(plain) != len(values) or not values:
        return ANY
    codes = ", ".join(dict.fromkeys("None" if value is None else repr(value) for value in values))
    return TypeRef(f"Literal[{codes}]", ("from typing import Literal",))


def _string(schema: Mapping[str, Any]) -> TypeRef:
    limits = _limits(schema, _STRING)
    pattern = schema.get("pattern")
    given = str(schema.get("format"))
    if given in EXACT and not pattern:
        return TypeRef(EXACT[given], (f"{_DATES} {EXACT[given]}",))
    if given == "uuid" and not pattern:
        pattern = UUID_PATTERN
    imports: tuple[str, ...] = ()
    if isinstance(pattern, str):
        code, imports = _pattern(pattern)
        limits += [code] if code else []
    found = _constrained(TypeRef("str"), limits)
    return TypeRef(found.code, (*found.imports, *imports))


def _pattern(pattern: str) -> tuple[str, tuple[str, ...]]:
    found = runnable_pattern(pattern)
    if found is None:
        return "", ()
    if found.compiled:
        return f"pattern=re.compile({found.text!r})", ("import re",)
    return f"pattern={found.text!r}", ()


def _whole(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return an integer's limits as the nearest integers, which exclude the same values."""
    found: dict[str, Any] = {}
    for keyword, _ in _NUMBER:
        value = schema.get(keyword)
        if not isinstance(value, float):
            found[keyword] = value
        elif keyword in {"minimum", "exclusiveMaximum"}:
            found[keyword] = math.ceil(value)
        elif keyword != "multipleOf" or value.is_integer():
            found[keyword] = math.floor(value)
    return found


def _limits(schema: Mapping[str, Any], names: tuple[tuple[str, str], ...]) -> list[str]:
    return [
        f"{python}={json.dumps(int(schema[keyword]) if 'length' in python else schema[keyword])}"
        for keyword, python in names
        if isinstance(schema.get(keyword), int | float) and not isinstance(schema[keyword], bool)
        if "length" not in python or 0 <= schema[keyword] <= sys.maxsize
    ]


def _constrained(kind: TypeRef, limits: list[str]) -> TypeRef:
    if not limits:
        return kind
    code = f"Annotated[{kind.code}, Field({', '.join(limits)})]"
    return TypeRef(code, (*kind.imports, *_ANNOTATED))
