"""Is a server questioned well whose document says nothing beyond OpenAPI?"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from specfoundry.fuzz.oracles.bench import Bench, Circumstances
from specfoundry.fuzz.promises.contract import read_contract
from specfoundry.fuzz.promises.inference import completed
from specfoundry.fuzz.promises.samples import NoSampleError, sample

if TYPE_CHECKING:
    from starlette.requests import Request

LIVES = ("echo", "address", "text", "merge-patch", "time", "unique", "deletion", "concurrency")
NEW = {
    "type": "object",
    "required": ["name", "weight"],
    "properties": {"name": {"type": "string", "minLength": 3}, "weight": {"minimum": 2}},
}
NEW["properties"]["weight"]["type"] = "integer"  # type: ignore[index] # it is a dict of dicts
PET = {"type": "object", "properties": {"petId": {"type": "string"}, "name": {"type": "string"}}}
PARAMETER = {"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}


def answer(schema: Any) -> dict[str, Any]:
    return {"description": "It.", "content": {"application/json": {"schema": schema}}}


def document() -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": NEW}}}
    toy = {
        "type": "object",
        "required": ["pet_id"],
        "properties": {"pet_id": {"type": "string"}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {
            "/pets": {"post": {"requestBody": body, "responses": {"201": answer(PET)}}},
            "/pets/{petId}": {
                "parameters": [PARAMETER],
                "get": {"responses": {"200": answer(PET), "404": {"description": "None."}}},
                "delete": {"responses": {"204": {"description": "."}, "404": {"description": "."}}},
            },
            "/toys": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": toy}}},
                    "responses": {"201": answer({"properties": {"id": {"type": "string"}}})},
                }
            },
            "/toys/{id}": {
                "get": {
                    "parameters": [{**PARAMETER, "name": "id"}],
                    "responses": {"200": answer(toy)},
                }
            },
        },
    }


def pets(fault: str = "") -> Starlette:
    known: dict[str, dict[str, Any]] = {}

    async def create(request: Request) -> Response:
        own = str(uuid.uuid4())
        known[own] = {"petId": own, "name": (await request.json())["name"].title()}
        return JSONResponse(known[own], 201)

    async def one(request: Request) -> Response:
        own = request.path_params["pet"]
        if own not in known or (fault == "forgets" and request.method == "GET"):
            return Response(status_code=404)
        if request.method == "DELETE":
            if fault != "keeps":
                del known[own]
            return Response(status_code=204)
        return JSONResponse(known[own])

    routes = [
        Route("/pets", create, methods=["POST"]),
        Route("/pets/{pet}", one, methods=["GET", "DELETE"]),
    ]
    return Starlette(routes=routes)


def checks(fault: str = "") -> set[str]:
    node = document()
    del node["paths"]["/toys"], node["paths"]["/toys/{id}"]
    with TestClient(pets(fault)) as client:
        bench = Bench.of(node, client, Circumstances())
        return {one.check for one in bench.examine(LIVES)}


def test_a_healthy_server_is_not_complained_about_although_it_alters_names() -> None:
    assert checks() == set()


@pytest.mark.parametrize(("fault", "check"), [("forgets", "echo"), ("keeps", "deletion")])
def test_faults_are_found_without_a_word_from_the_document(fault: str, check: str) -> None:
    assert check in checks(fault)


def test_what_creates_refers_and_removes_is_told_by_paths_and_names() -> None:
    contract = completed(read_contract(document()))

    pet, toy = (contract[f"POST {path}"].node["x-creates"] for path in ("/pets", "/toys"))

    assert pet["id"] == "/petId"
    assert pet["delete"] == "DELETE /pets/{petId}"
    assert toy["references"] == {"/pet_id": "GET /pets/{petId}"}


def test_a_document_that_says_what_it_creates_is_believed() -> None:
    node = document()
    node["paths"]["/pets"]["post"]["x-creates"] = {"id": "/petId", "get": "GET /pets/{petId}"}

    contract = completed(read_contract(node))

    assert "x-creates" not in contract["POST /toys"].node


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (NEW, {"name": "text", "weight": 2}),
        ({"type": ["null", "string"], "format": "date"}, "2020-01-02"),
        ({"anyOf": [{"type": "null"}, {"const": 7}]}, 7),
        ({"type": "integer", "exclusiveMinimum": 10, "multipleOf": 4}, 12),
        ({"type": "array", "minItems": 2, "items": {"enum": ["a", "b"]}}, ["a", "a"]),
        ({"$ref": "#/x"}, "shown"),
    ],
)
def test_a_sample_is_what_must_be_there(schema: Any, value: Any) -> None:
    assert sample({"x": {"type": "string", "example": "shown"}}, schema) == value


def test_a_schema_without_an_end_has_no_sample() -> None:
    schema = {"type": "object", "required": ["x"], "properties": {"x": {"$ref": "#/x"}}}

    with pytest.raises(NoSampleError):
        sample({"x": schema}, schema)
