"""Does a 3.0 document mean the same when it is said in 3.1?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{type: string, nullable: true}", {"type": ["string", "null"]}),
        ("{type: string, nullable: false}", {"type": "string"}),
        (
            "{type: string, nullable: true, enum: [a, null]}",
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            "{nullable: true, allOf: [{$ref: '#/components/schemas/B'}]}",
            {"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}]},
        ),
        (
            "{nullable: true, oneOf: [{type: string}, {type: integer}]}",
            {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
        ),
        (
            "{type: integer, minimum: 1, exclusiveMinimum: true}",
            {"type": "integer", "exclusiveMinimum": 1},
        ),
        (
            "{type: integer, maximum: 9, exclusiveMaximum: false}",
            {"type": "integer", "maximum": 9},
        ),
        ("{type: string, example: a}", {"type": "string", "examples": ["a"]}),
        ("{type: string, format: binary}", {"type": "string", "format": "binary"}),
        ("{type: string, format: byte}", {"type": "string", "format": "byte"}),
        (
            "{$ref: '#/components/schemas/B', description: ignored, nullable: true}",
            {"$ref": "#/components/schemas/B"},
        ),
        (
            "{properties: {nullable: {type: boolean}, example: {type: string}}}",
            {"properties": {"nullable": {"type": "boolean"}, "example": {"type": "string"}}},
        ),
        (
            "{items: {additionalProperties: {nullable: true, type: integer}}}",
            {"items": {"additionalProperties": {"type": ["integer", "null"]}}},
        ),
    ],
)
def test_a_schema_of_3_0_is_said_in_3_1(
    schema_of: Callable[..., Any], old: str, new: dict[str, Any]
) -> None:
    assert schema_of(old) == new


def test_a_schema_of_3_1_stays_as_it_is(schema_of: Callable[..., Any]) -> None:
    schema = schema_of("{type: string, example: a, nullable: true}", version="3.1.0")

    assert schema == {"type": "string", "example": "a", "nullable": True}


def test_a_boolean_bound_is_read_as_in_3_0_everywhere(schema_of: Callable[..., Any]) -> None:
    schema = schema_of("{minimum: 0, exclusiveMinimum: true}", version="3.1.0")

    assert schema == {"exclusiveMinimum": 0}
