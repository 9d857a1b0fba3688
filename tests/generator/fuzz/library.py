"""Which small server with shelves and books do the tests of scripts aim at?"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request


def _body(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _answer(schema: str | None = None) -> dict[str, Any]:
    return {"description": "It."} | ({"content": _body(schema)} if schema else {})


def _one(kind: str) -> dict[str, Any]:
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "parameters": [parameter],
        "get": {"operationId": f"get{kind}", "responses": {"200": _answer(kind), "404": _answer()}},
        "delete": {
            "operationId": f"delete{kind}",
            "responses": {"204": _answer(), "404": _answer()},
        },
    }


def _post(kind: str, example: dict[str, Any], **creates: Any) -> dict[str, Any]:
    media = _body(f"New{kind}")["application/json"] | {"examples": {"one": {"value": example}}}
    return {
        "operationId": f"create{kind}",
        "x-creates": {"id": "/id", "get": f"get{kind}", "delete": f"delete{kind}", **creates},
        "requestBody": {"required": True, "content": {"application/json": media}},
        "responses": {"201": _answer(kind), "422": _answer()},
    }


def _object(**members: str) -> dict[str, Any]:
    properties = {name: {"type": kind} for name, kind in members.items()}
    return {"type": "object", "required": list(members), "properties": properties}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Library", "version": "1"},
    "paths": {
        "/shelves": {"post": _post("Shelf", {"name": "novels"}, unique=["/name"])},
        "/shelves/{id}": _one("Shelf"),
        "/books": {
            "get": {
                "operationId": "listBooks",
                "x-pagination": {"items": "/books"},
                "parameters": [
                    {
                        "name": "sort",
                        "in": "query",
                        "schema": {"type": "string", "enum": ["title", "-title"]},
                        "x-order": {"values": {"title": "/title"}},
                    }
                ],
                "responses": {"200": _answer("Books"), "400": _answer()},
            },
            "post": _post(
                "Book",
                {"title": "emma", "note": "worn", "shelf": "none"},
                lists=["listBooks"],
                unique=["/title"],
                references={"/shelf": "getShelf"},
            ),
        },
        "/books/{id}": _one("Book"),
    },
    "components": {
        "schemas": {
            "NewShelf": _object(name="string"),
            "Shelf": _object(id="string", name="string"),
            "NewBook": _object(title="string", shelf="string"),
            "Book": _object(id="string", title="string", shelf="string"),
            "Books": {
                "type": "object",
                "required": ["books"],
                "properties": {
                    "books": {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}
                },
            },
        }
    },
}


class Library:
    """The server: ids are long enough to be told from other texts."""

    def __init__(self, first: int, fault: str = "") -> None:
        self.shelves: dict[str, Any] = {}
        self.books: dict[str, Any] = {}
        self.app = Starlette(
            routes=[
                Route("/shelves", self._create(self.shelves, "shelf"), methods=["POST"]),
                Route("/shelves/{id}", self._one(self.shelves), methods=["GET", "DELETE"]),
                Route("/books", self._create(self.books, "book"), methods=["POST"]),
                Route("/books", self._list, methods=["GET"]),
                Route("/books/{id}", self._one(self.books), methods=["GET", "DELETE"]),
            ],
            exception_handlers={404: _nothing},
        )
        self._ids = itertools.count(first)
        self._fault = fault

    def _create(self, rows: dict[str, Any], kind: str) -> Any:
        async def create(request: Request) -> Response:
            sent = await _sent(request)
            unique = "title" if kind == "book" else "name"
            if not isinstance(sent.get(unique), str):
                return Response(status_code=422)
            if any(row[unique] == sent[unique] for row in rows.values()):
                return Response(status_code=422)
            if kind == "book" and str(sent.get("shelf")) not in self.shelves:
                return Response(status_code=422)
            row = {**sent, "id": f"{kind}-{next(self._ids):08}"}
            if kind == "book" and self._fault == "number":
                row["title"] = 7
            rows[row["id"]] = row
            return JSONResponse(row, status_code=201)

        return create

    def _one(self, rows: dict[str, Any]) -> Any:
        async def one(request: Request) -> Response:
            row = rows.get(request.path_params["id"])
            if row is None:
                return Response(status_code=404)
            if request.method == "DELETE":
                del rows[row["id"]]
                return Response(status_code=204)
            return JSONResponse(row)

        return one

    async def _list(self, request: Request) -> Response:
        sort = request.query_params.get("sort", "")
        if sort not in {"", "title", "-title"}:
            return Response(status_code=400)
        rows = list(self.books.values())
        if sort:
            turned = sort.startswith("-") and self._fault != "order"
            rows.sort(key=lambda row: str(row["title"]), reverse=turned)
        return JSONResponse({"books": rows})


async def _sent(request: Request) -> dict[str, Any]:
    """Return the object that was sent; an empty one for anything else."""
    if request.headers.get("content-type") != "application/json":
        return {}
    try:
        value = await request.json()
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


async def _nothing(_request: Request, _error: Exception) -> Response:
    return Response(status_code=404)
