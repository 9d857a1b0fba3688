"""Does the intermediate representation say what the document says, one feature at a time?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from specfoundry.document.bundle import bundle_document
from specfoundry.document.load import load_document
from specfoundry.ir.build import build_api
from specfoundry.ir.lift import lift
from specfoundry.ir.naming import schema_names

if TYPE_CHECKING:
    from collections.abc import Callable

OK = "{'200': {description: fine}}"


def _only(api: Any) -> Any:
    (operation,) = api.operations
    return operation


def test_parameters_get_type_style_and_default(build: Callable[..., Any]) -> None:
    api, _, _ = build(f"""
      /things/{{id}}:
        parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
        get:
          operationId: getThing
          parameters:
            - {{name: page, in: query, schema: {{type: integer, minimum: 1, default: 1}}}}
            - {{name: names, in: query, explode: false, schema: {{type: array, items: {{type: string}}}}}}
            - {{name: X-Kind, in: header, schema: {{enum: [a, b]}}}}
          responses: {OK}
    """)
    described = [
        (p.identifier, p.location, p.type.code, p.required, p.default, p.style, p.explode)
        for p in _only(api).parameters
    ]
    assert described == [
        ("id", "path", "str", True, None, "simple", False),
        ("page", "query", "Annotated[int, Field(strict=True, ge=1)]", False, "1", "form", True),
        ("names", "query", "tuple[str, ...]", False, None, "form", False),
        ("x_kind", "header", "Literal['a', 'b']", False, None, "simple", False),
    ]


def test_an_operation_overrides_a_parameter_of_its_path(build: Callable[..., Any]) -> None:
    api, _, _ = build(f"""
      /things:
        parameters: [{{name: q, in: query, schema: {{type: string}}}}]
        get:
          parameters: [{{name: q, in: query, schema: {{type: boolean}}}}]
          responses: {OK}
    """)
    assert [p.type.code for p in _only(api).parameters] == ["Annotated[bool, Field(strict=True)]"]


def test_an_operation_without_an_id_or_tag_gets_a_name_from_its_place(
    build: Callable[..., Any],
) -> None:
    api, _, _ = build(f"/things/{{id}}: {{get: {{responses: {OK}}}}}")
    assert _only(api).name == "get_things_id"
    assert [(tag.name, tag.identifier) for tag in api.tags] == [("Default", "default")]


def test_two_ids_with_one_python_name_are_a_finding_and_stay_two_operations(
    build: Callable[..., Any],
) -> None:
    api, findings, _ = build(f"""
      /a: {{get: {{operationId: listThings, responses: {OK}}}}}
      /b: {{get: {{operationId: list_things, responses: {OK}}}}}
    """)
    assert [operation.name for operation in api.operations] == ["list_things", "list_things2"]
    assert [(f.rule, f.pointer) for f in findings] == [("name-clash", "/paths/~1b/get")]
    assert "`listThings`" in findings[0].message


def test_an_inline_body_gets_a_name_from_its_operation(build: Callable[..., Any]) -> None:
    api, _, lifted = build(f"""
      /things:
        post:
          operationId: createThing
          requestBody:
            required: true
            content: {{application/json: {{schema: {{type: object, properties: {{a: {{type: string}}}}}}}}}}
          responses: {OK}
    """)
    assert _only(api).body.type_code == "models.CreateThingBody"
    assert "CreateThingBody" in lifted["components"]["schemas"]


def test_the_parts_of_a_multipart_body_are_files_text_and_json(build: Callable[..., Any]) -> None:
    api, _, _ = build(f"""
      /things:
        post:
          operationId: upload
          requestBody:
            content:
              multipart/form-data:
                schema:
                  type: object
                  additionalProperties: false
                  required: [file]
                  properties:
                    file: {{type: string, format: binary}}
                    more: {{type: array, items: {{type: string, format: binary}}}}
                    note: {{type: string}}
                    meta: {{type: object, properties: {{a: {{type: integer}}}}}}
          responses: {OK}
    """)
    (media,) = _only(api).body.media
    assert media.kind == "multipart"
    assert media.closed
    assert [(p.name, p.kind, p.type.code, p.required, p.many) for p in media.parts] == [
        ("file", "file", "UploadedFile", True, False),
        ("more", "file", "list[UploadedFile]", False, True),
        ("note", "text", "str", False, False),
        ("meta", "json", "models.UploadMeta", False, False),
    ]


def test_responses_are_sorted_and_shared_errors_have_one_class(build: Callable[..., Any]) -> None:
    api, _, _ = build(
        """
      /a:
        get:
          operationId: getA
          responses:
            default: {description: other}
            '404': {$ref: '#/components/responses/Missing'}
            '200':
              description: fine
              headers:
                Location: {required: true, schema: {type: string}}
                X-Request-Id: {schema: {type: string}}
      /b:
        get:
          operationId: getB
          responses: {'404': {$ref: '#/components/responses/Missing'}}
    """,
        "{responses: {Missing: {description: gone}}}",
    )
    first, second = api.operations
    assert [(r.status, r.class_name, r.is_error) for r in first.responses] == [
        ("200", "GetA200", False),
        ("404", "Missing", True),
        ("default", "GetADefault", True),
    ]
    assert [header.identifier for header in first.responses[0].headers] == ["location"]
    assert [header.name for header in api.common_headers] == ["X-Request-Id"]
    assert second.responses[0].class_name == "Missing"
    assert [error.class_name for error in api.errors] == ["Missing"]


def test_security_knows_alternatives_scopes_and_anonymous_calls(build: Callable[..., Any]) -> None:
    api, _, _ = build(
        f"""
      /a: {{get: {{operationId: a, responses: {OK}, security: [{{key: [], oauth: [read]}}, {{}}]}}}}
      /b: {{get: {{operationId: b, responses: {OK}, security: []}}}}
      /c: {{get: {{operationId: c, responses: {OK}}}}}
    """,
        "{securitySchemes: {key: {type: apiKey, in: header, name: K}, oauth: {type: http, scheme: Bearer}}}",
        security=[{"key": []}],
    )
    first, second, third = (operation.security for operation in api.operations)
    assert [[(use.scheme, use.scopes) for use in uses] for uses in first.alternatives] == [
        [("key", ()), ("oauth", ("read",))],
        [],
    ]
    assert (first.optional, second.none, third.none) == (True, True, False)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{type: [string, 'null'], maxLength: 3}", "Annotated[str, Field(max_length=3)] | None"),
        ("{anyOf: [{$ref: '#/components/schemas/Pet'}, {type: 'null'}]}", "models.Pet | None"),
        ("{type: object, additionalProperties: true}", "dict[str, Any]"),
        ("{type: array, items: {$ref: '#/components/schemas/Pet'}}", "list[models.Pet]"),
        ("{const: 5}", "Literal[5]"),
        ("{}", "Any"),
        ("{type: string, format: date-time}", "ExactDatetime"),
        ("{type: [string, 'null'], format: date}", "ExactDate | None"),
        (
            "{type: string, pattern: '^a(?=b)'}",
            "Annotated[str, Field(pattern=re.compile('^a(?=b)'))]",
        ),
    ],
)
def test_a_schema_becomes_an_annotation(
    build: Callable[..., Any], schema: str, expected: str
) -> None:
    api, _, _ = build(
        f"/a: {{get: {{responses: {{'200': {{description: x, content: {{application/json: {{schema: {schema}}}}}}}}}}}}}",
        "{schemas: {Pet: {type: object, properties: {name: {type: string}}}}}",
    )
    assert _only(api).responses[0].body_code == expected


CORPUS = Path(os.environ.get("SPECFOUNDRY_CORPUS", "none"))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="SPECFOUNDRY_CORPUS names no folder of documents")
@pytest.mark.parametrize("path", sorted(CORPUS.glob("*")), ids=lambda path: path.stem)
def test_foreign_documents_come_through_whole(path: Path) -> None:
    bundle = bundle_document(load_document(path))
    lifted = lift(bundle.node)
    api, _ = build_api(lifted, schema_names(lifted["components"]["schemas"]), bundle)
    documented = sum(
        method in {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
        for item in bundle.node["paths"].values()
        for method in item
    )
    assert len(api.operations) == documented
    assert len({operation.name for operation in api.operations}) == documented


def test_an_operation_with_only_a_default_answers_by_it(build: Callable[..., Any]) -> None:
    api, _, _ = build("/a: {get: {operationId: getA, responses: {default: {description: any}}}}")
    (answer,) = _only(api).responses
    assert (answer.class_name, answer.is_error) == ("GetADefault", False)


def test_headers_never_hide_what_every_answer_has(build: Callable[..., Any]) -> None:
    api, _, _ = build("""
      /a:
        get:
          responses:
            '200':
              description: fine
              headers:
                Status: {schema: {type: string}}
                X-A: {content: {application/json: {schema: {type: integer}}}}
                X_A: {schema: {type: string}}
                Content-Type: {schema: {type: string}}
    """)
    (answer,) = _only(api).responses
    assert [(h.name, h.identifier, h.type.code) for h in answer.headers] == [
        ("Status", "header_status", "str"),
        ("X-A", "x_a", "Annotated[int, Field(strict=True)]"),
        ("X_A", "header_x_a", "str"),
    ]


def test_links_lead_to_operations_by_id_and_by_place(build: Callable[..., Any]) -> None:
    api, _, _ = build("""
      /a:
        post:
          operationId: makeA
          responses:
            '201':
              description: made
              links:
                byId: {operationId: getA, parameters: {id: $response.body#/id}}
                byPlace: {operationRef: '#/paths/~1a~1{id}/get'}
      /a/{id}:
        parameters: [{name: id, in: path, required: true, schema: {type: string}}]
        get: {operationId: getA, responses: {'200': {description: fine}}}
    """)
    links = api.operations[0].links
    assert [(link.name, link.status, link.operation_id) for link in links] == [
        ("byId", "201", "getA"),
        ("byPlace", "201", "getA"),
    ]
    assert links[0].parameters == (("id", "$response.body#/id"),)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{type: integer, default: 5}", "5"),
        ("{type: integer, default: '5'}", None),
        ("{type: boolean, default: 1}", None),
        ("{type: string, enum: [a, b], default: b}", "'b'"),
        ("{$ref: '#/components/schemas/Order'}", "'up'"),
        ("{type: array, items: {type: string}, default: [a, b]}", "('a', 'b')"),
        ("{type: array, items: {type: string}, default: []}", "()"),
        ("{type: string, format: date, default: '2020-01-01'}", None),
    ],
)
def test_a_default_is_kept_where_it_fits(
    build: Callable[..., Any], schema: str, expected: str | None
) -> None:
    api, _, _ = build(
        f"/a: {{get: {{parameters: [{{name: p, in: query, schema: {schema}}}], responses: {OK}}}}}",
        "{schemas: {Order: {type: string, enum: [up, down], default: up}}}",
    )
    (parameter,) = _only(api).parameters
    assert parameter.default == expected


def test_form_fields_have_lists_and_defaults_of_lists(build: Callable[..., Any]) -> None:
    api, _, _ = build(f"""
      /a:
        post:
          operationId: fill
          requestBody:
            content:
              application/x-www-form-urlencoded:
                schema:
                  type: object
                  properties: {{tags: {{type: array, items: {{type: string}}, default: [a]}}}}
          responses: {OK}
    """)
    (media,) = _only(api).body.media
    assert [(p.type.code, p.default) for p in media.parts] == [("list[str]", "['a']")]


def test_a_schema_in_the_middle_of_another_place_becomes_a_component(
    build: Callable[..., Any],
) -> None:
    api, _, lifted = build(
        """
      /a:
        get:
          operationId: getA
          responses:
            '200':
              description: fine
              content: {application/json: {schema: {$ref: '#/components/schemas/Pet/properties/owner'}}}
    """,
        "{schemas: {Pet: {type: object, properties: {owner: {type: object, properties: {n: {type: string}}}}}}}",
    )
    assert _only(api).responses[0].body_code == "models.PetOwner"
    pet = lifted["components"]["schemas"]["Pet"]
    assert pet["properties"]["owner"] == {"$ref": "#/components/schemas/PetOwner"}


def test_the_document_itself_is_not_changed_by_lifting() -> None:
    body = {"type": "object", "properties": {"a": {"type": "string"}}}
    content = {"application/json": {"schema": body}}
    document = {
        "paths": {"/a": {"post": {"requestBody": {"content": content}, "responses": {}}}},
        "components": {},
    }
    before = repr(document)
    lift(document)
    assert repr(document) == before


def test_what_cannot_be_checked_is_a_warning_at_its_place(build: Callable[..., Any]) -> None:
    _, findings, _ = build(
        f"/a: {{get: {{parameters: [{{name: p, in: query, schema: {{enum: [1.5]}}}}], responses: {OK}}}}}",
        "{schemas: {Odd: {type: string, pattern: '(?<=a|bc)x'}}}",
    )
    assert [(f.rule, f.severity.value, f.pointer) for f in findings] == [
        ("unchecked", "warning", "/components/schemas/Odd"),
        ("unchecked", "warning", "/paths/~1a/get"),
    ]
    assert "(?<=a|bc)x" in findings[0].message
