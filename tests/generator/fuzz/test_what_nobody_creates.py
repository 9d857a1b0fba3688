"""Which resource is used where one is needed that no operation creates?"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from specfoundry.fuzz.oracles.bench import Bench, Circumstances

if TYPE_CHECKING:
    from starlette.requests import Request

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
ANSWERS = {"200": {"description": "It."}, "404": {"description": "None."}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Cars", "version": "1"},
    "paths": {
        "/cars": {
            "post": {
                "operationId": "createCar",
                "x-creates": {"id": "/id", "get": "getCar", "delete": "deleteCar"},
                "responses": {"201": {"description": "It."}},
            }
        },
        "/cars/{id}": {
            "parameters": [ID],
            "get": {"operationId": "getCar", "responses": ANSWERS},
            "delete": {"operationId": "deleteCar", "responses": {"204": {"description": "Gone."}}},
        },
        "/wheels": {
            "get": {
                "operationId": "listWheels",
                "x-pagination": {"items": "/wheels", "next": "/next"},
                "responses": ANSWERS,
            }
        },
        "/wheels/{id}": {
            "parameters": [ID],
            "get": {"operationId": "getWheel", "responses": ANSWERS},
        },
    },
}


class Garage:
    """Every car has a wheel; two of somebody else's stand there from the beginning."""

    def __init__(self) -> None:
        self.cars = {"theirs-1": "wheel-1", "theirs-2": "wheel-2"}
        self._numbers = itertools.count(3)
        self.app = Starlette(
            routes=[
                Route("/cars", self.create, methods=["POST"]),
                Route("/cars/{id}", self.remove, methods=["DELETE"]),
                Route("/wheels", self.wheels, methods=["GET"]),
                Route("/wheels/{id}", self.wheel, methods=["GET"]),
            ]
        )

    async def create(self, _request: Request) -> Response:
        """Make a car, and its wheel."""
        number = next(self._numbers)
        self.cars[f"car-{number}"] = f"wheel-{number}"
        return JSONResponse({"id": f"car-{number}"}, 201)

    async def remove(self, request: Request) -> Response:
        """Remove a car, and its wheel."""
        del self.cars[request.path_params["id"]]
        return Response(status_code=204)

    async def wheels(self, request: Request) -> Response:
        """Show one wheel on a page."""
        at = int(request.query_params.get("at", "0"))
        rows = [{"id": wheel, "car": car} for car, wheel in self.cars.items()]
        following = f"{request.base_url}wheels?at={at + 1}" if at + 1 < len(rows) else None
        return JSONResponse({"wheels": rows[at : at + 1], "next": following})

    async def wheel(self, request: Request) -> Response:
        """Show a wheel."""
        name = request.path_params["id"]
        known = name in self.cars.values()
        return JSONResponse({"id": name}) if known else Response(status_code=404)


def test_it_is_one_that_came_with_what_was_created_as_long_as_that_is_there() -> None:
    with TestClient(Garage().app) as http:
        garden = Bench.of(DOCUMENT, http, Circumstances()).ground.garden
        assert garden.reference("getWheel") == "wheel-1"
        garden.discovered.clear()
        garden.shared.clear()
        first, second = (garden.grow(*garden.creators["getCar"]) for _ in range(2))

        assert garden.reference("getWheel") == "wheel-3"
        garden.remove(first)
        assert garden.reference("getWheel") == "wheel-4"
        garden.remove(second)
        assert garden.reference("getWheel") == "wheel-1"
