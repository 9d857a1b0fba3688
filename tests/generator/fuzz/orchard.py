"""Which small server lives through what oracles of resources' lives ask? Its faults are switched on."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

Thing = dict[str, Any]


class Orchard:
    """Farms with trees; everything is kept in `store`, which may outlive the server."""

    def __init__(self, store: dict[str, Any], fault: str = "") -> None:
        if fault == "forgets-at-start":
            store.clear()
        for name in ("farms", "trees", "jobs"):
            store.setdefault(name, {})
        store.setdefault("settings", {"open": True, "note": None})
        self._store = store
        self._fault = fault
        self._names = itertools.count(1)

    def application(self) -> Starlette:
        """Return the server."""
        routes = [
            Route("/settings", self.settings, methods=["GET", "PATCH"]),
            Route("/jobs/{id}", self.job, methods=["GET"]),
            Route("/farms/{id}/trees", self.trees_of, methods=["GET"]),
            Route("/{kind}", self._roomy(self.collection), methods=["GET", "POST"]),
            Route("/{kind}/{id}", self._roomy(self.single), methods=["GET", "PATCH", "DELETE"]),
        ]
        return Starlette(routes=routes)

    def hamper(self, is_short: bool) -> None:
        """Take the room to store anything away, or give it back."""
        self._store["short"] = is_short or self._fault == "stays-cramped"

    def _roomy(self, endpoint: Callable[[Request], Awaitable[Response]]) -> Any:
        """Return an endpoint that refuses to write while there is no room."""
        half = {"half-created": "POST", "half-changed": "PATCH", "half-removed": "DELETE"}

        async def answer(request: Request) -> Response:
            reads = request.method == "GET" and self._fault != "reading-needs-room"
            if reads or not self._store.get("short"):
                return await endpoint(request)
            if half.get(self._fault) == request.method:
                await endpoint(request)
            return _refused(422 if self._fault == "blames-the-caller" else 503)

        return answer

    async def settings(self, request: Request) -> Response:
        """Read or change the settings."""
        found = dict(self._store["settings"])
        if request.method == "PATCH":
            found |= await request.json()
            if self._fault != "settings-only-echoed":
                self._store["settings"] = found
        return JSONResponse(found)

    async def job(self, request: Request) -> Response:
        """Read a job, which goes on with every look."""
        job = self._store["jobs"].get(request.path_params["id"])
        if job is None or self._fault == "job-not-found":
            return _refused(404)
        shown = {"state": "GOING" if job["looks"] > 0 else job["state"], "link": job["link"]}
        job["looks"] -= 1
        return JSONResponse(shown)

    async def trees_of(self, request: Request) -> Response:
        """List the trees of one farm."""
        farm = request.path_params["id"]
        if farm not in self._store["farms"]:
            return _refused(404)
        return _page([one for one in self._store["trees"].values() if one["farm"] == farm])

    async def collection(self, request: Request) -> Response:
        """List, or create."""
        kind = request.path_params["kind"]
        things: dict[str, Thing] = self._store[kind]
        if request.method == "GET":
            hidden = 1 if self._fault == "last-one-not-listed" else 0
            return _page(list(things.values())[: len(things) - hidden])
        sent = await request.json()
        refusal = self._refusal(kind, sent)
        if refusal or (kind == "trees" and sent.get("farm") not in self._farms(sent)):
            return refusal or _refused(422)
        await asyncio.sleep(0.01 if self._fault == "races-for-names" else 0)
        thing = self._made(kind, sent, str(request.base_url))
        things[thing["id"]] = thing
        return JSONResponse(thing, 201)

    async def single(self, request: Request) -> Response:
        """Read, change or remove one."""
        kind = request.path_params["kind"]
        thing = self._store[kind].get(request.path_params["id"])
        if thing is None and self._fault == "gone-is-gone-once" and request.method == "DELETE":
            return self._job(request)
        if thing is None:
            return _refused(404)
        if request.method == "GET":
            return JSONResponse(thing)
        if request.method == "DELETE":
            return self._removed(request, kind, thing)
        return await self._changed(request, kind, thing)

    def _farms(self, sent: Thing) -> set[Any]:
        known = set(self._store["farms"])
        return known | {sent.get("farm")} if self._fault == "takes-any-farm" else known

    def _refusal(self, kind: str, sent: Thing, own: str = "") -> Response | None:
        taken = {one["name"] for one in self._store[kind].values() if one["id"] != own}
        if self._fault == "names-stay-taken":
            taken |= self._store.setdefault("old names", set())
        if sent.get("name") not in taken or self._fault == "takes-names-twice":
            return None
        return None if own and self._fault == "renames-to-taken-names" else _refused(409)

    def _made(self, kind: str, sent: Thing, base: str) -> Thing:
        own, now = str(uuid.uuid4()), _now()
        thing = {
            "id": own,
            "self": f"{base}{kind}/{own if self._fault != 'self-leads-astray' else uuid.uuid4()}",
            "created_at": "2001-01-01T00:00:00Z" if self._fault == "made-long-ago" else now,
            "updated_at": now,
            "labels": {},
            **sent,
        }
        if kind == "trees":
            thing = {"height": None, "note": None, **thing}
            if self._fault == "trims-notes" and thing["note"]:
                thing["note"] = thing["note"].strip()
            self._place(thing, sent.get("position", 1))
        return thing

    def _place(self, thing: Thing, wanted: int) -> None:
        trees = sorted(self._store["trees"].values(), key=lambda one: one["position"])
        others = [one for one in trees if one["id"] != thing["id"]]
        others.insert(min(max(wanted, 1), len(others) + 1) - 1, thing)
        if self._fault == "swaps-neighbours" and len(others) > 2:
            others[0], others[1] = others[1], others[0]
        if self._fault == "others-do-not-give-way":
            thing["position"] = min(wanted, len(others))
            return
        for number, one in enumerate(others, start=1):
            one["position"] = number

    async def _changed(self, request: Request, kind: str, thing: Thing) -> Response:
        sent = await request.json()
        refusal = self._refusal(kind, sent, thing["id"]) if "name" in sent else None
        if refusal:
            if self._fault == "others-plant":  # in front of all, at this very moment
                for tree in self._store["trees"].values():
                    tree["position"] += 1
            return refusal
        labels = dict(thing["labels"])
        if self._fault == "loses-updates":
            await asyncio.sleep(0.01)
        new = self._labels(labels, sent)
        if self._fault == "nulls-are-kept":
            sent = {name: value for name, value in sent.items() if value is not None}
        if self._fault == "forgets-the-rest" and kind == "trees":
            thing["note"] = None
        thing |= {**sent, "labels": new}
        if self._fault != "time-stands-still":
            thing["updated_at"] = _now()
        if "position" in sent:
            self._place(thing, sent["position"])
        return JSONResponse(thing)

    def _labels(self, labels: Thing, sent: Thing) -> Thing:
        change = sent.get("labels") or {}
        merged = change if self._fault == "replaces-labels" else {**labels, **change}
        if self._fault == "null-labels-are-kept":
            return {key: "" if value is None else value for key, value in merged.items()}
        return {key: value for key, value in merged.items() if value is not None}

    def _removed(self, request: Request, kind: str, thing: Thing) -> Response:
        if self._fault == "removes-nothing":
            return self._job(request)
        del self._store[kind][thing["id"]]
        self._store.setdefault("old names", set()).add(thing["name"])
        if self._fault == "takes-siblings-along":
            self._store[kind].clear()
        if kind == "farms" and self._fault != "trees-outlive-farms":
            trees = self._store["trees"]
            for tree in [one for one in trees.values() if one["farm"] == thing["id"]]:
                del trees[tree["id"]]
        if self._fault != "leaves-gaps":
            left = sorted(self._store["trees"].values(), key=lambda one: one["position"])
            for number, one in enumerate(left, start=1):
                one["position"] = number
        return self._job(request)

    def _job(self, request: Request) -> Response:
        own = str(next(self._names))
        state = "FAILED" if self._fault == "jobs-fail" else "DONE"
        link = str(request.url) if self._fault == "jobs-name-what-is-gone" else None
        self._store["jobs"][own] = {"state": state, "looks": 1, "link": link}
        return Response(status_code=202, headers={"Location": f"{request.base_url}jobs/{own}"})


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _page(things: list[Thing]) -> Response:
    return JSONResponse({"items": things, "total": len(things), "next": None})


def _refused(status: int) -> Response:
    return Response(status_code=status)
