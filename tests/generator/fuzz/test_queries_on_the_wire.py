"""Is a value that is wrong as JSON, and right in a URL, nothing to blame a server for?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from specfoundry.fuzz.promises.contract import read_contract
from specfoundry.fuzz.runs.running import Run
from specfoundry.fuzz.runs.shards import Work

if TYPE_CHECKING:
    from starlette.requests import Request

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Drawer", "version": "1"},
    "x-unknown-method-status": 405,
    "paths": {
        "/papers": {
            "get": {
                "operationId": "listPapers",
                "parameters": [
                    {"name": "page", "in": "query", "schema": {"type": "integer"}},
                    {
                        "name": "tags",
                        "in": "query",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "string"}},
                    },
                ],
                "responses": {"200": {"description": "Some."}, "400": {"description": "No."}},
            }
        }
    },
}


async def papers(request: Request) -> Response:
    """Take any tags, and a page that is a whole number."""
    pages = request.query_params.getlist("page")
    wrong = len(pages) > 1 or any(not page.removeprefix("-").isdigit() for page in pages)
    return Response(status_code=400) if wrong else JSONResponse([])


def drawer() -> Starlette:
    """Return the server."""
    return Starlette(routes=[Route("/papers", papers, methods=["GET"])])


def careless() -> Starlette:
    """Return a server that takes any page."""

    async def anything(_request: Request) -> Response:
        return JSONResponse([])

    return Starlette(routes=[Route("/papers", anything, methods=["GET"])])


def found(folder: Path, app: str) -> list[tuple[str, str]]:
    here = Path(__file__)
    work = Work(node=DOCUMENT, app=f"{here.stem}:{app}", folder=str(here.parent), max_examples=200)
    chosen = list(read_contract(DOCUMENT))
    report = Run(work=work, chosen=chosen, folder=folder, workers=1, stages=("fuzzing",)).go()
    assert not report.crashes
    return [(one.check, one.message) for one in report.findings]


def test_what_became_right_in_the_url_is_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, "drawer") == []


def test_what_stayed_wrong_is_one(tmp_path: Path) -> None:
    assert {check for check, _ in found(tmp_path, "careless")} == {"negative_data_rejection"}
