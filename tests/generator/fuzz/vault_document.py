"""What does the document of the vault say: rooms, and boxes in them that take content?"""

from __future__ import annotations

from typing import Any


def _schema(kind: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{kind}"}}


def _ok(kind: str | None = None) -> dict[str, Any]:
    content = {"content": {"application/json": _schema(kind)}} if kind else {}
    return {"description": "It.", **content}


def _refusals(*statuses: str) -> dict[str, Any]:
    codes = {"400": "Bad", "401": "NoToken", "403": "Denied", "404": "Unknown", "409": "Full"}
    return {
        status: {
            "description": "No.",
            "x-error-codes": [codes[status]],
            "content": {
                "application/json": {
                    **_schema("Error"),
                    "example": {"code": codes[status], "number": int(status) * 10},
                }
            },
        }
        for status in statuses
    }


def _rights(*roles: str, denied: str = "", hidden: str = "", **more: Any) -> dict[str, Any]:
    refusals = {
        name: {"status": status, "roles": [role]}
        for name, status, role in (("denied", 403, denied), ("hidden", 404, hidden))
        if role
    }
    return {"x-permitted-roles": {"roles": ["admin", *roles], **refusals, **more}}


def _body(kind: str, **examples: Any) -> dict[str, Any]:
    shown = {name: {"value": value} for name, value in examples.items()}
    media = {**_schema(kind), "examples": shown}
    return {"requestBody": {"required": True, "content": {"application/json": media}}}


_WRITES = _rights("keeper", denied="visitor", hidden="stranger")
_READS = _rights("keeper", "visitor", hidden="stranger")
_ID = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]

_ROOMS = {
    "post": {
        "operationId": "createRoom",
        **_rights(),
        "x-creates": {"id": "/id", "get": "getRoom", "unique": ["/name"]},
        **_body("Room", hall={"name": "hall"}),
        "responses": {"201": _ok("Any"), **_refusals("400", "401", "403")},
    }
}
_ROOM = {
    "parameters": _ID,
    "get": {
        "operationId": "getRoom",
        **_READS,
        "responses": {"200": _ok("Any"), **_refusals("401", "403", "404")},
    },
}
_BOXES = {
    "get": {
        "operationId": "listBoxes",
        **_rights("keeper", "visitor", filtered=True),
        "x-pagination": {"items": "/boxes"},
        "responses": {"200": _ok("Any"), **_refusals("401", "403")},
    },
    "post": {
        "operationId": "createBox",
        **_WRITES,
        "x-creates": {
            "id": "/id",
            "get": "getBox",
            "lists": ["listBoxes"],
            "update": "updateBox",
            "delete": "deleteBox",
            "references": {"/room": "getRoom"},
        },
        **_body("Box", box={"room": "hall", "label": "red", "size": 3, "kind": "wood"}),
        "responses": {"201": _ok("Any"), **_refusals("400", "401", "403", "404")},
    },
}
_BOX = {
    "parameters": _ID,
    "get": {
        "operationId": "getBox",
        **_READS,
        "responses": {"200": _ok("Any"), **_refusals("401", "403", "404")},
    },
    "patch": {
        "operationId": "updateBox",
        **_WRITES,
        "x-merge-patch": {"get": "getBox"},
        **_body("BoxChange", label={"label": "blue"}),
        "responses": {"200": _ok("Any"), **_refusals("400", "401", "403", "404")},
    },
    "delete": {
        "operationId": "deleteBox",
        **_WRITES,
        "responses": {"204": _ok(), **_refusals("401", "403", "404")},
    },
}
_CONTENT = {
    "parameters": _ID,
    "put": {
        "operationId": "fillBox",
        **_WRITES,
        "x-blob": {
            "part": "file",
            "download": "emptyBox",
            "get": "getBox",
            "state": "/state",
            "pending": ["FILLING"],
            "ready": ["FULL"],
            "checksum": "/digest",
        },
        "x-cases": [
            {
                "title": "a box is filled once",
                "steps": [
                    {"operation": "createBox", "name": "box"},
                    {
                        "operation": "fillBox",
                        "set": {"{id}": "$box/id"},
                        "status": 200,
                        "headers": {"Receipt": "^box-[0-9a-f]{40}$"},
                    },
                    {
                        "operation": "fillBox",
                        "set": {"{id}": "$box/id"},
                        "status": 409,
                        "code": "Full",
                    },
                    {
                        "operation": "getBox",
                        "set": {"{id}": "$box/id"},
                        "shows": {"/state": "FULL"},
                        "hides": {"/digest": None},
                    },
                ],
            },
            {
                "title": "a note comes back as it was",
                "steps": [
                    {"operation": "createBox", "name": "box"},
                    {
                        "operation": "fillBox",
                        "set": {"{id}": "$box/id"},
                        "content": "fragile",
                        "status": 200,
                    },
                    {
                        "operation": "emptyBox",
                        "set": {"{id}": "$box/id"},
                        "says": ["fragile"],
                        "lacks": ["robust"],
                    },
                ],
            },
            {
                "title": "of those who fill a box at the same time one does",
                "steps": [
                    {"operation": "createBox", "name": "box", "together": 2},
                    {"operation": "fillBox", "set": {"{id}": "$box/id"}, "together": 2},
                    {
                        "operation": "getBox",
                        "set": {"{id}": "$box/id"},
                        "shows": {"/state": "FULL"},
                    },
                ],
            },
            {
                "title": "what a new box holds cannot be told",
                "steps": [
                    {"operation": "createBox", "name": "box"},
                    {
                        "operation": "getBox",
                        "set": {"{id}": "$box/id"},
                        "unless": ["NEW"],
                        "shows": {"/state": "FULL"},
                    },
                ],
            },
            {
                "title": "what nobody knows is refused by number",
                "steps": [
                    {
                        "operation": "emptyBox",
                        "address": "/cellar",
                        "status": 404,
                        "shows": {"/number": 4040},
                    },
                    {
                        "operation": "emptyBox",
                        "method": "POST",
                        "status": 405,
                        "shows": {"/number": 4050},
                    },
                ],
            },
            {
                "title": "a box is still there when the vault opens again",
                "steps": [
                    {"operation": "createBox", "name": "box"},
                    {
                        "operation": "getBox",
                        "set": {"{id}": "$box/id"},
                        "after-restart": True,
                        "status": 200,
                    },
                ],
            },
        ],
        "x-state-dependent": {"409": "a box is filled once"},
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "additionalProperties": False,
                        "properties": {"file": {"type": "string", "format": "binary"}},
                    }
                }
            },
        },
        "responses": {"200": _ok("Any"), **_refusals("400", "401", "403", "404", "409")},
    },
    "get": {
        "operationId": "emptyBox",
        **_READS,
        "responses": {
            "200": {"description": "It.", "content": {"application/octet-stream": {}}},
            **_refusals("401", "403", "404"),
        },
    },
}

_LABEL = {"type": "string", "minLength": 1, "maxLength": 10, "pattern": "^[a-z]+$"}
_SIZE = {"type": "integer", "minimum": 1, "maximum": 10}
_KIND = {"enum": ["wood", "tin"]}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": properties,
    }


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Vault", "version": "1"},
    "x-unknown-method-status": 405,
    "x-roles": {"everywhere": ["admin"], "nobody": "stranger"},
    "security": [{"bearer": []}],
    "paths": {
        "/info": {
            "get": {
                "operationId": "getInfo",
                "security": [],
                "x-permitted-roles": {"public": True},
                "responses": {"200": _ok("Any"), **_refusals("401")},
            }
        },
        "/rooms": _ROOMS,
        "/rooms/{id}": _ROOM,
        "/boxes": _BOXES,
        "/boxes/{id}": _BOX,
        "/boxes/{id}/content": _CONTENT,
    },
    "components": {
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Any": {"type": "object"},
            "Error": _object(
                ["code", "number"], code={"type": "string"}, number={"type": "integer"}
            ),
            "Room": _object(["name"], name={"type": "string"}),
            "Box": _object(
                ["room", "label"],
                room={"type": "string"},
                label=_LABEL,
                size=_SIZE,
                kind=_KIND,
                lid=_object(["colour"], colour={"type": "string"}, hinge={"type": "boolean"}),
            ),
            "BoxChange": _object([], label=_LABEL, size=_SIZE, kind=_KIND),
        },
    },
}
