"""Which small server guards boxes, and what may be wrong with it?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request

HOME = "home"
"""The room in which the roles hold."""


def token(role: str) -> str:
    """Return the header of somebody with a role."""
    head, claims = (_encoded(part) for part in ({"alg": "HS256"}, {"role": role}))
    return f"Bearer {head}.{claims}.{_signature(f'{head}.{claims}')}"


def _encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _signature(text: str) -> str:
    return hmac.new(b"a key", text.encode(), hashlib.sha256).hexdigest()


class RefusedError(Exception):
    """What is asked for is refused."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


_CODES = {400: "Bad", 401: "NoToken", 403: "Denied", 404: "Unknown", 405: "Method", 409: "Full"}
_READING = {"keeper", "visitor"}


class Vault:
    """The server of a document; `faults` are the names of what is wrong with it."""

    def __init__(self, document: Mapping[str, Any], faults: Iterable[str] = ()) -> None:
        self._schemas = document["components"]["schemas"]
        self._faults = frozenset(faults)
        self._rooms = {HOME: {"id": HOME, "name": "home"}}
        self._boxes: dict[str, dict[str, Any]] = {}
        self._content: dict[str, bytes] = {}
        self._count = itertools.count(1)
        self.app = Starlette(
            routes=[
                Route("/info", self._info),
                Route("/rooms", self._create_room, methods=["POST"]),
                Route("/rooms/{id}", self._get_room),
                Route("/boxes", self._list_boxes),
                Route("/boxes", self._create_box, methods=["POST"]),
                Route("/boxes/{id}", self._get_box),
                Route("/boxes/{id}", self._update_box, methods=["PATCH"]),
                Route("/boxes/{id}", self._delete_box, methods=["DELETE"]),
                Route("/boxes/{id}/content", self._fill_box, methods=["PUT"]),
                Route("/boxes/{id}/content", self._empty_box),
            ],
            exception_handlers={
                RefusedError: self._refused,
                404: self._lost,
                405: self._no_method,
            },
        )

    def restart(self) -> None:
        """Do what a server does that comes back."""
        if self._has("forgetful"):
            self._boxes.clear()

    def _has(self, fault: str) -> bool:
        return fault in self._faults

    async def _refused(self, _request: Request, error: Any) -> Response:
        code = "Other" if self._has("other-codes") else _CODES[error.status]
        number = 7 if self._has("other-numbers") else error.status * 10
        return JSONResponse({"code": code, "number": number}, error.status)

    async def _lost(self, request: Request, _error: Any) -> Response:
        if self._has("unknown-paths-answered"):
            return JSONResponse({})
        if self._has("lost-in-words"):
            return Response("There is nothing here.", 404)
        return await self._refused(request, RefusedError(404))

    async def _no_method(self, request: Request, _error: Any) -> Response:
        status = 404 if self._has("methods-not-found") else 405
        return await self._refused(request, RefusedError(status))

    def _role(self, request: Request) -> str:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if not value and self._has("no-token-needed"):
            return "admin"
        try:
            head, claims, signature = value.split(".")
            padded = claims + "=" * (-len(claims) % 4)
            role = json.loads(base64.urlsafe_b64decode(padded))["role"]
        except (ValueError, KeyError, TypeError):
            raise RefusedError(401) from None
        good = signature == _signature(f"{head}.{claims}") or self._has("signature-not-checked")
        if scheme.lower() != "bearer" or not good:
            raise RefusedError(401)
        if role == "retired" and not self._has("retired-let-in"):
            raise RefusedError(401)
        return str(role)

    def _allow(self, request: Request, room: str, *, writing: bool) -> None:
        """Refuse who may not read, or write, what is in a room."""
        role = self._role(request)
        at_home = room == HOME or self._has("roles-hold-everywhere")
        if role == "admin":
            return
        if not at_home or role not in _READING:
            if self._has("stranger-reads") and not writing:
                return
            raise RefusedError(403 if self._has("hidden-is-denied") else 404)
        if writing and role != "keeper" and not self._has("visitor-writes"):
            raise RefusedError(403)
        if role == "keeper" and self._has("keeper-refused"):
            raise RefusedError(403)

    async def _read(self, request: Request, schema: str) -> dict[str, Any]:
        is_json = request.headers.get("content-type", "").startswith("application/json")
        if not is_json and not self._has("any-media-type"):
            raise RefusedError(400)
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            if self._has("unreadable-taken"):
                body = {"label": "none", "room": HOME}
            else:
                raise RefusedError(400) from None
        allowed = self._schema(schema)
        if not jsonschema_rs.is_valid(allowed, body, offline=True):
            raise RefusedError(400)
        if self._has("most-refused") and body.get("size") == 10:
            raise RefusedError(400)
        return dict(body)

    def _schema(self, name: str) -> dict[str, Any]:
        found = json.loads(json.dumps(self._schemas[name]))
        if self._has("unknown-members-taken"):
            found["additionalProperties"] = True
        if self._has("missing-members-taken"):
            found["required"] = ["room"] if "room" in found["properties"] else []
        for fault, member in (("long-labels", "label"), ("any-kind", "kind")):
            if self._has(fault) and member in found["properties"]:
                found["properties"][member] = {"type": "string"}
        if self._has("any-colour") and "lid" in found["properties"]:
            found["properties"]["lid"]["properties"]["colour"] = {}
        if self._has("size-beyond") and "size" in found["properties"]:
            found["properties"]["size"]["maximum"] = 11
        return found  # type: ignore[no-any-return] # JSON

    async def _info(self, request: Request) -> Response:
        if self._has("info-needs-token"):
            self._role(request)
        return JSONResponse({})

    async def _create_room(self, request: Request) -> Response:
        if self._role(request) != "admin":
            raise RefusedError(403)
        body = await self._read(request, "Room")
        made = {"id": f"room-{next(self._count)}", **body}
        self._rooms[made["id"]] = made
        return JSONResponse(made, 201)

    async def _get_room(self, request: Request) -> Response:
        name = request.path_params["id"]
        self._allow(request, name, writing=False)
        if name not in self._rooms:
            raise RefusedError(404)
        return JSONResponse(self._rooms[name])

    async def _list_boxes(self, request: Request) -> Response:
        role = self._role(request)
        everything = role == "admin" or self._has("list-shows-all")
        seen = everything or (role in _READING and not self._has("list-shows-none"))
        found = [
            box for box in self._boxes.values() if seen and (everything or box["room"] == HOME)
        ]
        return JSONResponse({"boxes": found})

    async def _create_box(self, request: Request) -> Response:
        role = self._role(request)
        if role != "admin":
            self._allow(request, HOME, writing=True)
        body = await self._read(request, "Box")
        self._allow(request, body["room"], writing=True)
        made = {"id": f"box-{next(self._count)}", "state": "NEW", "digest": None, **body}
        self._boxes[made["id"]] = made
        return JSONResponse(made, 201)

    def _box(self, request: Request, *, writing: bool) -> dict[str, Any]:
        box = self._boxes.get(request.path_params["id"])
        if box is None:
            self._role(request)
            if self._has("unknown-ids-answered"):
                return {"room": HOME, "id": "none"}
            raise RefusedError(404)
        self._allow(request, box["room"], writing=writing)
        return box

    async def _get_box(self, request: Request) -> Response:
        charset = "; charset=iso-8859-1" if self._has("other-charset") else ""
        found = self._box(request, writing=False)
        return JSONResponse(found, media_type=f"application/json{charset}")

    async def _update_box(self, request: Request) -> Response:
        if self._has("refused-but-done") and request.path_params["id"] in self._boxes:
            self._boxes[request.path_params["id"]]["touched"] = next(self._count)
        box = self._box(request, writing=True)
        box |= await self._read(request, "BoxChange")
        return JSONResponse(box)

    async def _delete_box(self, request: Request) -> Response:
        del self._boxes[self._box(request, writing=True)["id"]]
        return Response(status_code=204)

    async def _fill_box(self, request: Request) -> Response:
        box = self._box(request, writing=True)
        try:
            form = await request.form()
        except (HTTPException, MultiPartException):
            raise RefusedError(400) from None
        parts = list(form.multi_items())
        if [name for name, _ in parts] != ["file"] and not (self._has("any-part") and parts):
            raise RefusedError(400)
        if isinstance(parts[0][1], str):
            raise RefusedError(400)
        if box["state"] == "FULL" and not self._has("filled-twice"):
            raise RefusedError(409)
        content = await parts[0][1].read()
        if self._has("line-ends-rewritten"):
            content = content.replace(b"\r", b"")
        self._content[box["id"]] = content[:65536] if self._has("cut-off") else content
        digest = hashlib.sha1 if not self._has("digest-of-another") else hashlib.sha256
        box["digest"] = digest(content).hexdigest()[:40]
        box["state"] = "STUCK" if self._has("never-ready") else "FULL"
        name = "box" if self._has("receipt-of-another") else f"box-{box['digest']}"
        return JSONResponse(box, headers={"Receipt": name})

    async def _empty_box(self, request: Request) -> Response:
        box = self._box(request, writing=False)
        if box["id"] not in self._content and not self._has("early-download"):
            raise RefusedError(404)
        content = self._content.get(box["id"], b"")
        if self._has("other-notes"):
            content = content.replace(b"fragile", b"robust")
        return Response(content, media_type="application/octet-stream")
