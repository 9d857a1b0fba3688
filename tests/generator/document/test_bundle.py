"""Do many files become one document, with stable names and bytes?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from specfoundry.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from specfoundry.document import Bundle

HEAD = "openapi: 3.1.1\ninfo: {title: Pets, version: '1'}\n"
INDEX = f"{HEAD}paths:\n  /pets:\n    $ref: paths/pets.yaml#/~1pets\n"
PETS = """\
/pets:
  get:
    operationId: listPets
    parameters:
      - $ref: ../components/parameters/Page.yaml
    responses:
      "200":
        description: Pets.
        headers:
          X-Next: {$ref: ../components/headers/Next.yaml}
        content:
          application/json:
            schema: {$ref: ../components/schemas/PetList.yaml}
            examples:
              two: {$ref: ../examples/two.yaml}
              raw: {externalValue: ../examples/raw.json}
        links:
          again: {$ref: ../components/links/Again.yaml}
      "404": {$ref: ../components/responses/NotFound.yaml}
  post:
    operationId: createPet
    requestBody: {$ref: ../components/requestBodies/Pet.yaml}
    responses: {"204": {description: Done.}}
"""
FILES = {
    "openapi.yaml": INDEX,
    "paths/pets.yaml": PETS,
    "components/parameters/Page.yaml": "name: page\nin: query\nschema: {type: integer}\n",
    "components/headers/Next.yaml": "schema: {type: string}\n",
    "components/links/Again.yaml": "operationId: listPets\n",
    "components/responses/NotFound.yaml": "description: No pet.\n",
    "components/requestBodies/Pet.yaml": (
        "content: {application/json: {schema: {$ref: ../schemas/Pet.yaml}}}\n"
    ),
    "components/schemas/PetList.yaml": "type: array\nitems: {$ref: Pet.yaml}\n",
    "components/schemas/Pet.yaml": (
        "type: object\nproperties:\n  parent: {$ref: '#', description: Its mother.}\n"
        "  size: {$ref: '#/$defs/Size'}\n$defs:\n  Size: {type: integer}\n"
    ),
    "examples/two.yaml": "value: [{}, {}]\n",
    "examples/raw.json": "[{}]",
}


def test_files_become_components_named_after_them(bundled: Callable[..., Bundle]) -> None:
    components = bundled(FILES).node["components"]

    assert {section: list(members) for section, members in components.items()} == {
        "schemas": ["Pet", "PetList", "Size"],
        "responses": ["NotFound"],
        "parameters": ["Page"],
        "examples": ["two"],
        "requestBodies": ["Pet"],
        "headers": ["Next"],
        "links": ["Again"],
    }


def test_references_point_to_the_components(bundled: Callable[..., Bundle]) -> None:
    node = bundled(FILES).node

    get = node["paths"]["/pets"]["get"]
    assert get["parameters"] == [{"$ref": "#/components/parameters/Page"}]
    assert node["components"]["schemas"]["PetList"]["items"] == {"$ref": "#/components/schemas/Pet"}


def test_what_stands_beside_a_schema_reference_is_kept(bundled: Callable[..., Bundle]) -> None:
    pet = bundled(FILES).node["components"]["schemas"]["Pet"]

    assert pet["properties"]["parent"] == {
        "$ref": "#/components/schemas/Pet",
        "description": "Its mother.",
    }


def test_an_external_value_is_written_into_the_document(bundled: Callable[..., Bundle]) -> None:
    get = bundled(FILES).node["paths"]["/pets"]["get"]

    examples = get["responses"]["200"]["content"]["application/json"]["examples"]
    assert examples["raw"] == {"value": [{}]}


@pytest.mark.parametrize(
    ("written", "file"),
    [
        ("../cases/listPets.yaml", "cases/listPets.yaml"),
        ("'../cases/pets.yaml#/list'", "cases/pets.yaml"),
        ("'#/x-list'", "paths/pets.yaml"),
    ],
)
def test_cases_are_written_into_their_operation(
    bundled: Callable[..., Bundle], written: str, file: str
) -> None:
    pets = PETS.replace("listPets\n", f"listPets\n    x-cases: {{$ref: {written}}}\n", 1)
    files = {
        "cases/listPets.yaml": "- {title: none}\n",
        "cases/pets.yaml": "list: [{title: none}]\n",
        "paths/pets.yaml": f"{pets}x-list: [{{title: none}}]\n",
    }

    bundle = bundled(FILES | files)

    assert bundle.node["paths"]["/pets"]["get"]["x-cases"] == [{"title": "none"}]
    assert bundle.origin("/paths/~1pets/get/x-cases/0").file == file


def test_cases_that_are_nowhere_are_told_with_their_place(bundled: Callable[..., Bundle]) -> None:
    pets = PETS.replace("listPets\n", "listPets\n    x-cases: {$ref: '#/x-none'}\n", 1)

    with pytest.raises(DocumentError) as error:
        bundled(FILES | {"paths/pets.yaml": pets})

    told = error.value.findings[0]
    assert (told.rule, told.file, told.line) == ("unresolved-ref", "paths/pets.yaml", 4)


def test_a_bundle_of_a_bundle_is_the_same_text(bundled: Callable[..., Bundle]) -> None:
    text = bundled(FILES).text()

    assert bundled({"again/openapi.json": text}).text() == text


def test_the_root_decides_the_order_and_the_names(bundled: Callable[..., Bundle]) -> None:
    index = (
        f"{INDEX}components:\n  schemas:\n    Zebra: {{type: object}}\n"
        "    Animal: {$ref: components/schemas/Pet.yaml}\n"
    )

    schemas = bundled(FILES | {"openapi.yaml": index}).node["components"]["schemas"]

    assert list(schemas) == ["Zebra", "Animal", "PetList", "Size"]
    assert schemas["Animal"]["type"] == "object"
    assert schemas["PetList"]["items"] == {"$ref": "#/components/schemas/Animal"}


def test_two_files_of_one_name_get_names_that_tell_them_apart(
    bundled: Callable[..., Bundle],
) -> None:
    files = {
        "openapi.yaml": (
            f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    Both:\n      type: object\n"
            "      properties:\n        a: {$ref: cats/Food.yaml}\n        b: {$ref: dogs/Food.yaml}\n"
        ),
        "cats/Food.yaml": "type: string\n",
        "dogs/Food.yaml": "type: integer\n",
    }

    schemas = bundled(files).node["components"]["schemas"]

    assert {name: schema["type"] for name, schema in schemas.items()} == {
        "Both": "object",
        "Food": "string",
        "dogs_Food": "integer",
    }


def test_a_local_reference_stays_as_it_was_written(bundled: Callable[..., Bundle]) -> None:
    text = f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A: {{type: object}}\n    B: {{$ref: '#/components/schemas/A'}}\n"

    assert bundled({"openapi.yaml": text}).node["components"]["schemas"]["B"] == {
        "$ref": "#/components/schemas/A"
    }


def test_a_reference_by_anchor_becomes_one_by_place(bundled: Callable[..., Bundle]) -> None:
    text = f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A: {{$anchor: a}}\n    B: {{$ref: '#a'}}\n"

    assert bundled({"openapi.yaml": text}).node["components"]["schemas"]["B"] == {
        "$ref": "#/components/schemas/A"
    }


def test_a_reference_back_to_the_root_becomes_local(bundled: Callable[..., Bundle]) -> None:
    files = {
        "openapi.yaml": (
            f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A: {{type: object}}\n"
            "    B: {items: {$ref: other.yaml}}\n"
        ),
        "other.yaml": "items: {$ref: 'openapi.yaml#/components/schemas/A'}\n",
    }

    assert bundled(files).node["components"]["schemas"]["other"] == {
        "items": {"$ref": "#/components/schemas/A"}
    }


def test_a_discriminator_mapping_follows_its_files(bundled: Callable[..., Bundle]) -> None:
    files = {
        "openapi.yaml": (
            f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    Pet:\n      oneOf: [{{$ref: Cat.yaml}}]\n"
            "      discriminator: {propertyName: kind, mapping: {cat: Cat.yaml}}\n"
        ),
        "Cat.yaml": "type: object\n",
    }

    pet = bundled(files).node["components"]["schemas"]["Pet"]

    assert pet["discriminator"]["mapping"] == {"cat": "#/components/schemas/Cat"}


def test_a_ref_inside_of_an_example_is_data(bundled: Callable[..., Bundle]) -> None:
    text = f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A: {{examples: [{{$ref: nowhere.yaml}}], default: {{$ref: 1}}}}\n"

    bundled({"openapi.yaml": text})


def test_a_property_may_be_called_ref(bundled: Callable[..., Bundle]) -> None:
    text = f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A: {{properties: {{$ref: {{type: string}}}}}}\n"

    bundled({"openapi.yaml": text})


def test_origin_names_the_file_that_a_person_wrote(bundled: Callable[..., Bundle]) -> None:
    bundle = bundled(FILES)

    places = {
        pointer: bundle.origin(pointer)
        for pointer in (
            "/paths/~1pets/get/operationId",
            "/components/schemas/Pet/properties/size",
            "/components/schemas/Size/type",
            "/info/title",
            "/nowhere/at/all",
        )
    }
    assert {
        pointer: (place.file, place.line, place.pointer) for pointer, place in places.items()
    } == {
        "/paths/~1pets/get/operationId": ("paths/pets.yaml", 3, "/~1pets/get/operationId"),
        "/components/schemas/Pet/properties/size": (
            "components/schemas/Pet.yaml",
            4,
            "/properties/size",
        ),
        "/components/schemas/Size/type": ("components/schemas/Pet.yaml", 6, "/$defs/Size/type"),
        "/info/title": ("openapi.yaml", 2, "/info/title"),
        "/nowhere/at/all": ("openapi.yaml", 1, ""),
    }


def test_the_text_is_json_in_utf_8_with_a_newline(bundled: Callable[..., Bundle]) -> None:
    text = bundled({"openapi.yaml": HEAD.replace("Pets", "Füchse") + "paths: {}\n"}).text()

    assert json.loads(text)["info"]["title"] == "Füchse"
    assert "Füchse" in text
    assert text.endswith("}\n")
