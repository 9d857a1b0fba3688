"""Which small server with rooms and paintings do the tests of lists aim at? Its faults have names."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
NUMBER = {"type": "integer", "minimum": 1, "maximum": 50}
ORDERS = ["name", "-name", "kind", "-kind", "made", "-made"]


def _query(name: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "explode": False, **more}


def _filter(path: str, op: str = "in", **more: Any) -> dict[str, Any]:
    return {"x-filter": {"path": path, "op": op, **more}}


FLOOR: dict[str, Any] = {"through": [{"operation": "getRoom", "path": "/floor"}]}
PARAMETERS = [
    _query("names", TEXTS, **_filter("/name")),
    _query("kinds", TEXTS, **_filter("/kind", null="")),
    _query("rooms", TEXTS, **_filter("/room")),
    _query("floors", TEXTS, **_filter("/room", **FLOOR)),
    _query("part", TEXTS, **_filter("/name", "contains", **{"ignore-case": True})),
    _query("made[gt]", TEXT, **_filter("/made", "gt")),
    _query("made[lte]", TEXT, **_filter("/made", "lte")),
    _query("labels", TEXT, **_filter("/labels", "labels")),
    _query(
        "text",
        {"type": "string", "pattern": "^(name|kind) (is|after) .+$"},
        **{
            "x-filter": {
                "forms": {
                    "name is {}": {"path": "/name", "op": "in"},
                    "name after {}": {"path": "/name", "op": "gt"},
                }
            }
        },
    ),
    _query(
        "order",
        {"type": "string", "enum": ORDERS},
        **{
            "x-order": {
                "values": {"name": "/name", "kind": "/kind", "made": "/made"},
                "tie": "/id",
            }
        },
    ),
    _query("page", {"type": "integer", "minimum": 1, "default": 1}),
    _query("size", {**NUMBER, "default": 50}),
]
PAGING = {"items": "/items", "page": "page", "per-page": "size"} | {
    name: f"/{name}" for name in ("total", "pages", "first", "last", "next", "previous")
}
PAGE = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array"}}}


def _answer(schema: Any = None) -> dict[str, Any]:
    media = {"application/json": {"schema": schema or {"type": "object"}}}
    return {"description": "It.", "content": media}


def _list(identifier: str) -> dict[str, Any]:
    return {
        "operationId": identifier,
        "x-pagination": PAGING,
        "x-default-order": "created",
        "x-strict-query": True,
        "parameters": PARAMETERS,
        "responses": {"200": _answer(PAGE), "400": {"description": "No."}},
    }


def _post(kind: str, examples: list[Any], **creates: Any) -> dict[str, Any]:
    shown = {str(number): {"value": value} for number, value in enumerate(examples)}
    return {
        "operationId": f"create{kind}",
        "x-creates": {
            "id": "/id",
            "get": f"get{kind}",
            "update": f"update{kind}",
            "delete": f"delete{kind}",
            **creates,
        },
        "requestBody": {
            "content": {"application/json": {"schema": {"type": "object"}, "examples": shown}}
        },
        "responses": {"201": _answer(), "422": {"description": "No."}},
    }


def _one(kind: str) -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    gone = {"404": {"description": "No."}}
    return {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
        "get": {"operationId": f"get{kind}", "responses": {"200": _answer(), **gone}},
        "patch": {
            "operationId": f"update{kind}",
            "x-merge-patch": {"get": f"get{kind}", "maps": ["/labels"], "bumps": ["/made"]},
            "requestBody": body,
            "responses": {"200": _answer(), **gone},
        },
        "delete": {
            "operationId": f"delete{kind}",
            "responses": {"204": {"description": "x"}, **gone},
        },
    }


PAINTINGS = [
    {"name": "night", "kind": "oil", "room": "none"},
    {"name": "day", "kind": None, "room": "none"},
    {"name": "noon", "kind": "ink", "room": "none"},
]
LISTS = ["listPaintings", "listRoomPaintings"]
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Gallery", "version": "1"},
    "paths": {
        "/rooms": {"post": _post("Room", [{"floor": "first"}], unique=["/floor"])},
        "/rooms/{id}": _one("Room"),
        "/rooms/{id}/paintings": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            "get": _list("listRoomPaintings"),
        },
        "/paintings": {
            "get": _list("listPaintings"),
            "post": _post(
                "Painting",
                PAINTINGS,
                lists=LISTS,
                references={"/room": "getRoom"},
                unique=["/name"],
            ),
        },
        "/paintings/{id}": _one("Painting"),
    },
}


class Gallery:
    """The server; `fault` names what it does wrong, see the conditions below."""

    def __init__(self, fault: str = "") -> None:
        self.rows: dict[str, Any] = {}
        self._fault = fault
        self._clock = itertools.count(1000)
        self.app = Starlette(
            routes=[
                Route("/rooms/{id}/paintings", self._list, methods=["GET"]),
                Route("/paintings", self._list, methods=["GET"]),
                Route("/{kind}", self._create, methods=["POST"]),
                Route("/{kind}/{id}", self._one, methods=["GET", "PATCH", "DELETE"]),
            ]
        )

    async def _create(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        made = str(next(self._clock))
        row = {"id": f"{kind}-{made}-of-all", "labels": {}, "made": made, **await request.json()}
        if kind == "paintings" and row["room"] not in self.rows:
            return Response(status_code=422)
        self.rows[row["id"]] = row
        return JSONResponse(row, status_code=201)

    async def _one(self, request: Request) -> Response:
        row = self.rows.get(request.path_params["id"])
        if row is None:
            return Response(status_code=404)
        if request.method == "DELETE":
            del self.rows[row["id"]]
            return Response(status_code=204)
        if request.method == "PATCH":
            row["labels"] |= (await request.json()).get("labels", {})
            row["made"] = str(next(self._clock))
        return JSONResponse(row)

    async def _list(self, request: Request) -> Response:
        query = dict(request.query_params)
        known = {one["name"] for one in PARAMETERS}
        if not self._accepts(query, known):
            return Response(status_code=400)
        rows = [row for row in self.rows.values() if "room" in row]
        room = request.path_params.get("id")
        if room and self._fault != "other rooms":
            rows = [row for row in rows if row["room"] == room]
        if self._fault == "forgets the last":
            rows = rows[:-1]
        rows = self._ordered([row for row in rows if self._passes(row, query)], query)
        return JSONResponse(self._page(rows, query, request.url.path))

    def _accepts(self, query: dict[str, str], known: set[str]) -> bool:
        if set(query) - known and self._fault != "unknown parameters":
            return False
        if query.get("order", "name") not in ORDERS and self._fault != "unknown orders":
            return False
        understood = re.fullmatch(r"(name|kind) (is|after) .+", query.get("text", "name is x"))
        if not understood and self._fault != "other languages":
            return False
        page, size = query.get("page", "1"), query.get("size", "50")
        if not page.isdecimal() or not size.isdecimal():
            return False
        most = 1000 if self._fault == "large pages" else 50
        return int(page) >= 1 and 1 <= int(size) <= most

    def _passes(self, row: dict[str, Any], query: dict[str, str]) -> bool:
        verdicts = list(self._verdicts(row, query))
        return any(verdicts) if self._fault == "either filter" and verdicts else all(verdicts)

    def _verdicts(self, row: dict[str, Any], query: dict[str, str]) -> Iterator[bool]:
        fault = self._fault
        members = {name: value.split(",") for name, value in query.items()}
        if "names" in query and fault != "names ignored":
            names = members["names"][:1] if fault == "first name only" else members["names"]
            folded = [name.lower() for name in names] if fault == "case ignored" else names
            yield (row["name"].lower() if fault == "case ignored" else row["name"]) in folded
        if "kinds" in query:
            kind = row["kind"] if fault == "null is nothing" else row["kind"] or ""
            yield kind in members["kinds"]
        if "rooms" in query:
            yield fault == "rooms ignored" or row["room"] in members["rooms"]
        if "floors" in query:
            yield fault == "floors ignored" or self.rows[row["room"]]["floor"] in members["floors"]
        if "part" in query:
            name = row["name"] if fault == "parts mind case" else row["name"].lower()
            folded = (
                members["part"]
                if fault == "parts mind case"
                else [m.lower() for m in members["part"]]
            )
            yield any(member in name for member in folded)
        if "made[gt]" in query:
            bound = query["made[gt]"]
            yield row["made"] >= bound if fault == "after is since" else row["made"] > bound
        if "made[lte]" in query:
            yield row["made"] <= query["made[lte]"]
        if "labels" in query:
            yield all(
                self._label(row["labels"], one)
                for one in re.split(r",(?![^(]*\))", query["labels"])
            )
        if "text" in query and self._fault != "other languages":
            _, word, value = query["text"].split(" ", 2)
            is_after = row["name"] >= value if fault == "after is from" else row["name"] > value
            yield row["name"] == value if word == "is" else is_after

    def _label(self, labels: dict[str, str], text: str) -> bool:
        if match := re.fullmatch(r"(\S+) (in|notin) \((.*)\)", text):
            return (labels.get(match[1]) in match[3].split(",")) is (match[2] == "in")
        if "!=" in text:
            key, value = text.split("!=")
            known = key in labels or self._fault != "unlike needs the label"
            return labels.get(key) != value and known
        if "=" in text:
            key, _, value = text.replace("==", "=").partition("=")
            return labels.get(key) == value
        return (text.lstrip("!") in labels) is not text.startswith("!")

    def _ordered(self, rows: list[Any], query: dict[str, str]) -> list[Any]:
        order, fault = query.get("order", ""), self._fault
        if order not in ORDERS:
            return rows[::-1] if fault == "newest first" else rows
        name = order.lstrip("-")
        turned = order.startswith("-") and fault != "never turned"
        folded = fault == "order ignores case"
        tied = fault != "ties as they come"

        def key(row: dict[str, Any]) -> tuple[str, str]:
            text = row[name] or ""
            return (text.lower() if folded else text, row["id"] if tied else "")

        return sorted(rows, key=key, reverse=turned)

    def _page(self, rows: list[Any], query: dict[str, str], path: str) -> dict[str, Any]:
        fault = self._fault
        page, size = int(query.get("page", "1")), int(query.get("size", "50"))
        start = (page - 1) * size - (fault == "overlap" and page > 1)
        count = max(-(-len(rows) // size), 1)
        sent = {name: value for name, value in query.items() if name != "page"}
        if fault.startswith("links lose "):
            sent.pop(fault.removeprefix("links lose "), None)

        def link(number: int) -> str | None:
            there = 1 <= number <= count
            return f"{path}?{urlencode({**sent, 'page': number})}" if there else None

        return {
            "items": rows[start : start + size],
            "total": len(rows[start : start + size]) if fault == "total of a page" else len(rows),
            "pages": count,
            "first": link(1),
            "last": link(max(count - 1, 1) if fault == "last but one" else count),
            "next": link(page + 1),
            "previous": None if fault == "no way back" else link(page - 1),
        }
