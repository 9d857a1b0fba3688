"""Do discriminators choose the class that the document means?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

PETS = """
cat: {type: object, required: [kind], properties: {kind: {type: string}, lives: {type: integer}}}
dog: {type: object, required: [kind], properties: {kind: {type: string}}}
bird: {type: object, required: [kind], properties: {kind: {enum: [tit, duck]}}}
"""
PET = """
pet:
  oneOf: [{$ref: '#/components/schemas/cat'}, {$ref: '#/components/schemas/dog'}, {$ref: '#/components/schemas/bird'}]
"""


def _chosen(module: Any, value: dict[str, Any]) -> str:
    return type(TypeAdapter(module.Pet).validate_python(value)).__name__


def test_without_a_mapping_the_names_of_the_document_count(models: Callable[[str], Any]) -> None:
    module = models(PETS + PET + "  discriminator: {propertyName: kind}")
    assert _chosen(module, {"kind": "cat"}) == "Cat"
    with pytest.raises(ValidationError):
        _chosen(module, {"kind": "Cat"})


def test_values_that_a_variant_lists_count(models: Callable[[str], Any]) -> None:
    module = models(PETS + PET + "  discriminator: {propertyName: kind}")
    assert _chosen(module, {"kind": "duck"}) == "Bird"


def test_a_mapping_may_name_a_schema_and_several_values(models: Callable[[str], Any]) -> None:
    module = models(
        PETS + PET + "  discriminator: {propertyName: kind, mapping: {tom: cat, kitty: cat}}"
    )
    assert _chosen(module, {"kind": "kitty"}) == "Cat"
    assert _chosen(module, {"kind": "tom"}) == "Cat"
    assert _chosen(module, {"kind": "dog"}) == "Dog"


@pytest.mark.parametrize(
    "union",
    [
        "  discriminator: {propertyName: kind, mapping: {swan: '#/components/schemas/bird'}}",
        "  discriminator: {propertyName: kind, mapping: {cat: dog}}",
        "  discriminator: {}",
    ],
)
def test_where_values_contradict_each_other_the_variants_are_tried(
    models: Callable[[str], Any], union: str
) -> None:
    module = models(PETS + PET + union)
    assert _chosen(module, {"kind": "duck"})
    assert _chosen(module, {"kind": "x", "lives": 9}) == "Cat"


def test_two_unions_that_divide_a_class_differently_both_work(models: Callable[[str], Any]) -> None:
    module = models("""
    act: {type: object, required: [type], properties: {type: {type: string, enum: [stop, start, copy]}}}
    copy: {allOf: [{$ref: '#/components/schemas/act'}, {properties: {name: {type: string}}}]}
    one:
      oneOf: [{$ref: '#/components/schemas/act'}, {$ref: '#/components/schemas/copy'}]
      discriminator: {propertyName: type, mapping: {stop: act, copy: copy}}
    two:
      oneOf: [{$ref: '#/components/schemas/act'}, {$ref: '#/components/schemas/copy'}]
      discriminator: {propertyName: type, mapping: {stop: act, start: act, copy: copy}}
    """)
    for union in (module.One, module.Two):
        adapter = TypeAdapter(union)
        assert adapter.validate_python({"type": "stop"}).type == "stop"
        assert adapter.validate_python({"type": "copy", "name": "n"}).name == "n"


def test_a_base_with_a_discriminator_stands_for_its_children(models: Callable[[str], Any]) -> None:
    module = models("""
    base: {type: object, required: [t], properties: {t: {type: string}}, discriminator: {propertyName: t}}
    sub_a: {allOf: [{$ref: '#/components/schemas/base'}, {properties: {x: {type: integer}}}]}
    sub_b: {allOf: [{$ref: '#/components/schemas/base'}, {properties: {y: {type: integer}}}]}
    holder: {type: object, properties: {item: {$ref: '#/components/schemas/base'}}}
    """)
    value = {"item": {"t": "sub_b", "y": 1}}
    assert module.Holder.model_validate(value).model_dump(mode="json") == value
