"""Which document describes the orchard, the server on which oracles of resources' lives are tried?"""

from __future__ import annotations

from typing import Any

_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_TIMES = {
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"},
}
_LABELS = {"type": "object", "additionalProperties": {"type": ["string", "null"]}}
_JOB = {
    "get": "getJob",
    "location": "Location",
    "state": "/state",
    "done": ["DONE"],
    "failed": ["FAILED"],
}
_PAGES = {"items": "/items", "total": "/total", "next": "/next"}
_MERGE = {
    "maps": ["/labels"],
    "keeps": ["/id", "/created_at"],
    "bumps": ["/updated_at"],
    "unique": ["/name"],
}


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orchard", "version": "1"},
        "paths": {
            **_collection("Farm", {"name": "north"}, unique=["/name"], lists=["listFarms"]),
            **_collection(
                "Tree",
                {"name": "oak", "farm": "?", "height": 5, "labels": {"kind": "old"}},
                {"name": "elm", "farm": "?", "note": "  néw 🌳 "},
                unique=["/name"],
                lists=["listTrees", "listTreesOfFarm"],
                references={"/farm": "getFarm"},
                owners=["/farm"],
                position={"at": "/position", "sent": "/position"},
            ),
            "/farms/{id}/trees": {"get": _listing("listTreesOfFarm", "Tree", [_ID])},
            "/jobs/{id}": {"get": _reading("getJob", "Job", [_ID])},
            "/settings": {
                "get": _reading("getSettings", "Settings", []),
                "patch": _change("updateSettings", {"open": True, "note": "x"}, "Settings")
                | {"x-merge-patch": {"get": "getSettings"}},
            },
        },
        "components": {"schemas": _schemas()},
    }


def _collection(kind: str, *examples: dict[str, Any], **creates: Any) -> dict[str, Any]:
    base = f"/{kind.lower()}s"
    names = {word: f"{word}{kind}" for word in ("create", "get", "update", "delete")}
    creation = {
        "id": "/id",
        "self": "/self",
        **{word: names[word] for word in ("get", "update", "delete")},
        **creates,
    }
    update = {name: value for name, value in examples[0].items() if name not in {"farm", "name"}}
    delete: dict[str, Any] = {
        "operationId": names["delete"],
        "parameters": [_ID],
        "responses": {"202": {"description": "Going."}, **_REFUSALS},
        "x-async-job": _JOB,
    }
    return {
        base: {
            "get": _listing(f"list{kind}s", kind, []),
            "post": {
                "operationId": names["create"],
                "requestBody": _body(examples, f"New{kind}"),
                "responses": {"201": _answer(kind), **_REFUSALS},
                "x-creates": creation,
            },
        },
        f"{base}/{{id}}": {
            "get": _reading(names["get"], kind, [_ID]),
            "patch": _change(names["update"], update, kind, f"Changed{kind}")
            | {"parameters": [_ID], "x-merge-patch": {"get": names["get"], **_MERGE}},
            "delete": delete,
        },
    }


_REFUSALS = {status: {"description": "No."} for status in ("404", "409", "422", "503")}


def _body(examples: tuple[dict[str, Any], ...], schema: str) -> dict[str, Any]:
    named = {f"example{number}": {"value": value} for number, value in enumerate(examples)}
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "examples": named}
    return {"required": True, "content": {"application/json": content}}


def _answer(kind: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind}"}}}
    return {"description": "It.", "content": content}


def _reading(name: str, kind: str, parameters: list[Any]) -> dict[str, Any]:
    responses = {"200": _answer(kind), **_REFUSALS}
    return {"operationId": name, "parameters": parameters, "responses": responses}


def _listing(name: str, kind: str, parameters: list[Any]) -> dict[str, Any]:
    return _reading(name, f"{kind}s", parameters) | {"x-pagination": _PAGES}


def _change(
    name: str, example: dict[str, Any], kind: str, schema: str | None = None
) -> dict[str, Any]:
    return {
        "operationId": name,
        "requestBody": _body((example,) if example else (), schema or kind),
        "responses": {"200": _answer(kind), **_REFUSALS},
    }


def _schemas() -> dict[str, Any]:
    text, nullable = {"type": "string"}, {"type": ["string", "null"]}
    farm = {"name": text, "labels": _LABELS}
    tree = {
        **farm,
        "farm": text,
        "height": {"type": ["integer", "null"]},
        "note": nullable,
        "position": {"type": "integer"},
    }
    shown = {"id": text, "self": text, **_TIMES}
    changed = {name: value for name, value in tree.items() if name != "farm"}
    settings = {"open": {"type": "boolean"}, "note": nullable}
    kinds = {
        "Farm": {**farm, **shown},
        "NewFarm": farm,
        "ChangedFarm": farm,
        "Tree": {**tree, **shown},
        "NewTree": tree,
        "ChangedTree": changed,
        "Job": {"state": {"enum": ["GOING", "DONE", "FAILED"]}, "link": nullable},
        "Settings": settings,
    }
    lists = {
        f"{kind}s": {
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{kind}"}},
            "total": {"type": "integer"},
            "next": nullable,
        }
        for kind in ("Farm", "Tree")
    }
    return {
        name: {"type": "object", "properties": members}
        for name, members in {**kinds, **lists}.items()
    }
