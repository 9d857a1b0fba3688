"""Do the generated models accept, refuse and give back what the schemas say?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import MISSING, TypeAdapter, ValidationError

from specfoundry.ir.naming import schema_names
from specfoundry.render.cache import Cache
from specfoundry.targets.models import ModelsError, build_models
from specfoundry.targets.models_input import models_input

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PET = """
Name: {type: string, maxLength: 5}
Pet:
  type: object
  description: Something with a name.
  required: [name, age, born]
  properties:
    name: {$ref: '#/components/schemas/Name'}
    age: {type: integer}
    weight: {type: number}
    tame: {type: boolean}
    note: {type: [string, 'null']}
    born: {type: string, format: date-time, pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$'}
    link: {type: string, format: uri}
    class: {type: string}
    results-per-page: {type: integer}
"""
FIDO = {"name": "Fido", "age": 3, "born": "2015-11-03T00:53:54Z"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"note": None},
        {"note": "x"},
        {"weight": 1.5, "tame": True},
        {"link": "HTTP://a"},
        {"class": "dog"},
    ],
)
def test_a_valid_value_comes_back_as_it_went_in(
    models: Callable[[str], Any], change: dict[str, Any]
) -> None:
    pet = models(PET).Pet
    value = FIDO | change
    assert pet.model_validate(value).model_dump(mode="json", by_alias=True) == value
    assert (
        json.loads(pet.model_validate_json(json.dumps(value)).model_dump_json(by_alias=True))
        == value
    )


@pytest.mark.parametrize(
    "change",
    [
        {"name": 5},
        {"name": "too long"},
        {"age": "3"},
        {"age": 3.5},
        {"age": True},
        {"age": None},
        {"weight": "1.5"},
        {"tame": "true"},
        {"tame": 1},
        {"note": 5},
        {"link": None},
        {"born": 5},
        {"born": "2015-11-03"},
    ],
)
def test_a_wrong_type_is_refused(models: Callable[[str], Any], change: dict[str, Any]) -> None:
    pet = models(PET).Pet
    with pytest.raises(ValidationError):
        pet.model_validate(FIDO | change)
    with pytest.raises(ValidationError):
        pet.model_validate_json(json.dumps(FIDO | change))


@pytest.mark.parametrize("name", FIDO)
def test_a_required_member_cannot_be_left_out(models: Callable[[str], Any], name: str) -> None:
    with pytest.raises(ValidationError):
        models(PET).Pet.model_validate({key: value for key, value in FIDO.items() if key != name})


def test_absent_is_not_null_and_names_are_plain_texts(models: Callable[[str], Any]) -> None:
    pet = models(PET).Pet.model_validate(FIDO)
    assert pet.note is MISSING
    assert pet.name == "Fido"
    assert pet.born == "2015-11-03T00:53:54Z"


def test_members_can_be_given_by_their_python_names(models: Callable[[str], Any]) -> None:
    pet = models(PET).Pet(**FIDO, class_="dog", results_per_page=5)
    assert pet.model_dump(by_alias=True)["class"] == "dog"
    assert pet.model_dump(by_alias=True)["results-per-page"] == 5


def test_descriptions_become_docstrings(models: Callable[[str], Any]) -> None:
    assert models(PET).Pet.__doc__.strip() == "Something with a name."


def test_a_discriminator_chooses_the_variant(models: Callable[[str], Any]) -> None:
    module = models("""
    Cat: {type: object, required: [kind], properties: {kind: {type: string, const: cat}, lives: {type: integer}}}
    Dog: {type: object, required: [kind], properties: {kind: {type: string, const: dog}}}
    Animal:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog'}}
    """)
    adapter = TypeAdapter(module.Animal)
    assert type(adapter.validate_python({"kind": "dog"})) is module.Dog
    with pytest.raises(ValidationError, match="cat"):
        adapter.validate_python({"kind": "cow"})


def test_unknown_members_are_refused_where_the_schema_is_closed(
    models: Callable[[str], Any],
) -> None:
    module = models("""
    Open: {type: object, properties: {a: {type: string}}}
    Closed: {type: object, additionalProperties: false, properties: {a: {type: string}}}
    """)
    module.Open.model_validate({"b": 1})
    with pytest.raises(ValidationError):
        module.Closed.model_validate({"b": 1})


def test_what_only_one_direction_sends_is_not_required(models: Callable[[str], Any]) -> None:
    module = models("""
    Pet:
      type: object
      required: [id, name]
      properties: {id: {type: integer, readOnly: true}, name: {type: string}}
    """)
    assert module.Pet.model_validate({"name": "Fido"}).id is MISSING


def test_a_schema_that_points_nowhere_is_an_error(tmp_path: Path) -> None:
    node = {"components": {"schemas": {"A": {"$ref": "#/components/schemas/B"}}}}
    with pytest.raises(ModelsError):
        build_models(node, {"A": "A"}, "#", Cache(tmp_path))


def test_the_same_input_is_answered_from_the_cache(tmp_path: Path) -> None:
    node = {"components": {"schemas": {"A": {"type": "object", "properties": {"a": {}}}}}}
    first = build_models(node, {"A": "A"}, "#", Cache(tmp_path))
    again = build_models(node, {"A": "A"}, "#", Cache(tmp_path))
    assert (first[0], first[1], again[1]) == (again[0], False, True)


def test_references_follow_the_names_of_the_classes() -> None:
    node = {
        "components": {
            "schemas": {"a b": {"type": "object"}, "c": {"$ref": "#/components/schemas/a b"}}
        }
    }
    names = schema_names(node["components"]["schemas"])
    schemas = models_input(node, names)["components"]["schemas"]
    assert schemas["C"] == {"$ref": "#/components/schemas/AB"}
