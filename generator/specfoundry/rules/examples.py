"""Is every example and default a value that its schema allows?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema_rs

from specfoundry.document.pointer import join
from specfoundry.rules.context import Context, Violation
from specfoundry.rules.messages import describe, leaves, pointer_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.document.structure import Place

_BASE = "urn:specfoundry:bundle"


class SchemaValidators:
    """Validators of the schemas in one bundle, by pointer; references lead into the bundle."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._registry = _registry(root)
        self._validator = cache(self._compile)

    def errors(self, pointer: str, value: Any) -> Iterator[tuple[str, str]]:
        """Yield (pointer inside the value, message) of what the schema refuses."""
        validator = self._validator(pointer)
        if validator is None or validator.is_valid(value):
            return
        for leaf in leaves(validator.iter_errors(value), value):
            yield pointer_of(leaf), describe(leaf)

    def allows(self, pointer: str, value: Any) -> bool:
        """Return whether the schema takes a value; one that is wrong itself takes every value."""
        validator = self._validator(pointer)
        return validator is None or bool(validator.is_valid(value))

    def _compile(self, pointer: str) -> Any:
        if self._registry is None:
            return None
        reference = f"{_BASE}#{quote(pointer, safe='/~')}"
        try:
            return jsonschema_rs.Draft202012Validator(
                {"$ref": reference}, registry=self._registry, validate_formats=True, offline=True
            )
        except (ValueError, jsonschema_rs.ReferencingError):
            # The schema itself is wrong, and `schema-object` says so.
            return None


def _registry(root: dict[str, Any]) -> Any:
    try:
        return jsonschema_rs.Registry([(_BASE, root)], draft=jsonschema_rs.Draft202012)
    except (ValueError, jsonschema_rs.ReferencingError):
        # An `$id` or `$ref` somewhere is no URI, and `schema-object` says where.
        return None


def media_examples(context: Context) -> Iterator[Violation]:
    """Examples of bodies, parameters and headers are values of their schemas."""
    validators = SchemaValidators(context.root)
    for kind in ("mediaType", "parameter", "header"):
        for place in context.by_kind[kind]:
            if isinstance(place.node.get("schema"), dict) and _is_comparable(place):
                yield from _check_holder(context, validators, place)


def _is_comparable(place: Place) -> bool:
    """Return whether an example is the value itself, not a text of another syntax such as XML."""
    return place.kind != "mediaType" or "json" in str(place.key) or "form" in str(place.key)


def _check_holder(
    context: Context, validators: SchemaValidators, place: Place
) -> Iterator[Violation]:
    node = place.node
    schema = join(place.pointer, "schema")
    if "example" in node:
        yield from _check(validators, schema, node["example"], join(place.pointer, "example"))
    examples = node.get("examples")
    for name, item in examples.items() if isinstance(examples, dict) else ():
        where, example = context.resolve(item, join(place.pointer, "examples", name))
        if isinstance(example, dict) and "value" in example:
            yield from _check(validators, schema, example["value"], join(where, "value"))


def _check(
    validators: SchemaValidators, schema: str, value: Any, pointer: str
) -> Iterator[Violation]:
    for inside, message in validators.errors(schema, value):
        yield Violation(pointer + inside, f"The example is not what its schema says: {message}")


def example_or_examples(context: Context) -> Iterator[Violation]:
    """Check that `example` and `examples` exclude each other (OpenAPI 3.1, 4.8.12.2)."""
    for kind in ("mediaType", "parameter", "header"):
        for place in context.by_kind[kind]:
            if "example" in place.node and "examples" in place.node:
                pointer = join(place.pointer, "example")
                yield Violation(pointer, "`example` and `examples` exclude each other.")


def schema_examples(context: Context) -> Iterator[Violation]:
    """Examples inside of a schema are values of that schema."""
    validators = SchemaValidators(context.root)
    for place in context.by_kind["schema"]:
        examples = place.node.get("examples")
        for index, value in enumerate(examples if isinstance(examples, list) else ()):
            where = join(place.pointer, "examples", index)
            yield from _check(validators, place.pointer, value, where)
        if "example" in place.node:
            where = join(place.pointer, "example")
            yield from _check(validators, place.pointer, place.node["example"], where)


def defaults(context: Context) -> Iterator[Violation]:
    """Check that a default is a value of its schema."""
    validators = SchemaValidators(context.root)
    for place in context.by_kind["schema"]:
        if "default" not in place.node:
            continue
        pointer = join(place.pointer, "default")
        for inside, message in validators.errors(place.pointer, place.node["default"]):
            text = f"The default is not what its schema says: {message}"
            yield Violation(pointer + inside, text)


def examples_present(context: Context) -> Iterator[Violation]:
    """Every JSON body has an example: readers, docs and fuzzing start from it."""
    for place in context.by_kind["mediaType"]:
        if "json" in str(place.key) and not {"example", "examples"} & set(place.node):
            yield Violation(place.pointer, f"The `{place.key}` body has no example.")
