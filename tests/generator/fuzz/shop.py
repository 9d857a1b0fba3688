"""Which small server do the fuzzing tests aim at? Its faults are switched on one by one."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

ORDER = {
    "type": "object",
    "required": ["id", "amount"],
    "properties": {"id": {"type": "string"}, "amount": {"type": "integer", "minimum": 1}},
}
NEW_ORDER = {
    "type": "object",
    "required": ["amount"],
    "properties": {"amount": {"type": "integer", "minimum": 1}},
}
ONE = {
    "description": "The order.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
}
PLAIN = {"description": "None."}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "x-unknown-method-status": 404,
    "paths": {
        "/orders": {
            "post": {
                "operationId": "createOrder",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": NEW_ORDER,
                            "examples": {"one": {"value": {"amount": 5}}},
                        }
                    },
                },
                "responses": {
                    "201": ONE
                    | {
                        "links": {
                            "getOrder": {
                                "operationId": "getOrder",
                                "parameters": {"id": "$response.body#/id"},
                            }
                        }
                    },
                    "400": PLAIN,
                },
            }
        },
        "/orders/{id}": {
            "get": {
                "operationId": "getOrder",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {"200": ONE, "404": PLAIN},
            }
        },
    },
    "components": {"schemas": {"Order": ORDER}},
}


def shop(fault: str = "") -> Starlette:
    """Return a server that keeps the document's promises but for one fault."""
    orders: dict[str, int] = {}

    async def create(request: Request) -> Response:
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return Response(status_code=400)
        try:
            body = await request.json()
        except (ValueError, RecursionError):
            return Response(status_code=400)
        amount = body.get("amount") if isinstance(body, dict) else None
        if isinstance(amount, float) and amount.is_integer():
            amount = int(amount)  # JSON Schema counts 5.0 as an integer
        wrong = type(amount) is not int or amount < 1
        if wrong and (fault != "accepts-anything" or type(amount) is not int):
            return Response(status_code=400)
        order = f"50% #{uuid.uuid4()}?" if fault == "odd-ids" else str(uuid.uuid4())
        orders[order] = amount
        return JSONResponse({"id": order, "amount": max(amount, 1)}, 201)

    async def get(request: Request) -> Response:
        order = request.path_params["id"]
        if order not in orders:
            return Response(status_code=404)
        amount = str(orders[order]) if fault == "wrong-type" else max(orders[order], 1)
        return JSONResponse({"id": order, "amount": amount})

    async def unknown(_request: Request) -> Response:
        return Response(status_code=405 if fault == "unknown-method" else 404)

    return Starlette(
        routes=[
            Route("/orders", create, methods=["POST"]),
            Route("/orders/{id}", get, methods=["GET"]),
            Route("/{rest:path}", unknown, methods=["GET", "PUT", "PATCH", "DELETE", "TRACE"]),
        ],
        exception_handlers={405: lambda request, _: _plain(fault)},  # noqa: ARG005
    )


def _plain(fault: str) -> Response:
    return Response(status_code=405 if fault == "unknown-method" else 404)


def healthy() -> Starlette:
    """Return the server without a fault."""
    return shop()


def broken() -> Starlette:
    """Return the server that answers a text where the document says an integer."""
    return shop("wrong-type")


def deadly() -> Starlette:
    """Return a server whose process dies when an order is looked at."""

    async def die(_request: Request) -> Response:
        os._exit(9)

    return Starlette(routes=[Route("/orders/{id}", die, methods=["GET"]), Mount("/", shop())])


def lasting(folder: Path) -> Starlette:
    """Return a server that remembers, in a folder, how often it was made."""
    with (folder / "made").open("a") as file:
        file.write("once\n")
    return shop()


def strangers(_client: object) -> dict[str, Any]:
    """Let nobody in."""
    raise ValueError("who are you?")
