"""Whose lists are walked where others use the same server, and remove what they made?"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from specfoundry.fuzz.oracles.bench import Bench, Circumstances

if TYPE_CHECKING:
    from starlette.requests import Request

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
SORT = {
    "name": "sort",
    "in": "query",
    "schema": {"type": "string", "enum": ["name", "-name"]},
    "x-order": {"values": {"name": "/name"}},
}
SHOWN = {"description": "It.", "content": {"application/json": {}}}
ANSWERS = {"200": SHOWN, "404": {"description": "None."}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Trains", "version": "1"},
    "paths": {
        "/trains": {
            "get": {
                "operationId": "listTrains",
                "x-pagination": {"items": "/trains"},
                "responses": ANSWERS,
            },
            "post": {
                "operationId": "createTrain",
                "x-creates": {"id": "/id", "get": "getTrain", "delete": "deleteTrain"},
                "responses": {"201": SHOWN},
            },
        },
        "/trains/{id}": {
            "parameters": [ID],
            "get": {"operationId": "getTrain", "responses": ANSWERS},
            "delete": {
                "operationId": "deleteTrain",
                "responses": {"204": {"description": "Gone."}},
            },
        },
        "/trains/{id}/cars": {
            "get": {
                "operationId": "listCarsOfTrain",
                "x-pagination": {"items": "/cars"},
                "parameters": [ID, SORT],
                "responses": ANSWERS,
            },
        },
    },
}


class Station:
    """Trains come with cars; those of somebody else are longer, and leave once they were looked at."""

    def __init__(self, *, sorts: bool = True) -> None:
        self.trains = {"theirs": ["x", "y", "z"]}
        self._numbers = itertools.count(1)
        self._sorts = sorts
        self.app = Starlette(
            routes=[
                Route("/trains", self.list, methods=["GET"]),
                Route("/trains", self.create, methods=["POST"]),
                Route("/trains/{id}", self.one, methods=["GET", "DELETE"]),
                Route("/trains/{id}/cars", self.cars, methods=["GET"]),
            ]
        )

    async def list(self, _request: Request) -> Response:
        """Show all trains."""
        return JSONResponse({"trains": [{"id": name} for name in self.trains]})

    async def create(self, _request: Request) -> Response:
        """Make a train with two cars."""
        name = f"train-{next(self._numbers)}"
        self.trains[name] = ["a", "b"]
        return JSONResponse({"id": name}, 201)

    async def one(self, request: Request) -> Response:
        """Show a train, or remove it."""
        name = request.path_params["id"]
        if name not in self.trains:
            return Response(status_code=404)
        if request.method == "DELETE":
            del self.trains[name]
            return Response(status_code=204)
        return JSONResponse({"id": name})

    async def cars(self, request: Request) -> Response:
        """Show the cars of a train."""
        name = request.path_params["id"]
        cars = self.trains.pop(name, None) if name == "theirs" else self.trains.get(name)
        if cars is None:
            return Response(status_code=404)
        is_turned = request.query_params.get("sort") == "-name" and self._sorts
        return JSONResponse({"cars": [{"name": car} for car in sorted(cars, reverse=is_turned)]})


@pytest.mark.parametrize("read_only", [False, True])
def test_a_list_of_ours_is_enough_even_if_others_have_longer_ones(read_only: bool) -> None:
    station = Station()
    if read_only:
        station.trains = {"theirs to stay": ["x", "y", "z"]}
    with TestClient(station.app) as http:
        bench = Bench.of(DOCUMENT, http, Circumstances(read_only=read_only))

        assert [one.message for one in bench.examine(("order",))] == []


def test_the_faults_of_such_a_list_are_found() -> None:
    with TestClient(Station(sorts=False).app) as http:
        found = list(Bench.of(DOCUMENT, http, Circumstances()).examine(("order",)))

    assert [(one.check, one.operation) for one in found] == [("order", "listCarsOfTrain")]
