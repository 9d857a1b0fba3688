"""What becomes of a server that goes on, and of what was on it before?"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specfoundry.fuzz.promises.contract import read_contract
from specfoundry.fuzz.runs.running import Run
from specfoundry.fuzz.runs.shards import Work, choose

if TYPE_CHECKING:
    from collections.abc import Callable

    from specfoundry.fuzz.reports.report import FuzzReport

HERE = Path(__file__).parent
ORCHARD = runpy.run_path(str(HERE / "orchard.py"))
ORCHARD_DOCUMENT = runpy.run_path(str(HERE / "orchard_document.py"))
PARTS = runpy.run_path(str(HERE / "library.py"))
LIBRARY, DOCUMENT = PARTS["Library"], PARTS["DOCUMENT"]
SHELF = {"id": "shelf-00000001", "name": "old"}
BOOK = {"id": "book-00000001", "title": "Evelina", "note": "rare", "shelf": SHELF["id"]}


def _run(folder: Path, seconds: float | None = None, **options: Any) -> FuzzReport:
    work = Work(node=DOCUMENT, report=str(folder), folder=str(HERE), max_examples=50, **options)
    chosen = list(read_contract(DOCUMENT))
    return Run(work=work, chosen=chosen, folder=folder, workers=1, seconds=seconds).go()


def test_what_was_there_before_stays_and_what_was_created_goes(
    serve: Callable[[Any], str], tmp_path: Path
) -> None:
    library = LIBRARY(first=10)
    library.shelves[SHELF["id"]] = dict(SHELF)
    library.books[BOOK["id"]] = dict(BOOK)

    report = _run(tmp_path, url=serve(library.app))

    assert report.statuses["DELETE /books/{id}"]["204"]
    assert library.shelves == {SHELF["id"]: SHELF}
    assert library.books == {BOOK["id"]: BOOK}


def test_a_run_ends_when_nobody_can_log_in_any_more(
    serve: Callable[[Any], str], tmp_path: Path
) -> None:
    report = _run(tmp_path, 3600, url=serve(LIBRARY(1).app), login="shop:strangers")

    assert report.stop_reason == "nothing could be asked any more"
    assert not report.ok
    assert "who are you?" in "\n".join(report.lines())


def test_what_is_there_once_for_all_is_left_alone_where_others_ask_too(
    serve: Callable[[Any], str], tmp_path: Path
) -> None:
    store: dict[str, Any] = {}
    app = ORCHARD["Orchard"](store).application()
    document = ORCHARD_DOCUMENT["document"]()
    work = Work(node=document, url=serve(app), has_others=True, max_examples=10)
    chosen = choose(read_contract(document), ["*Settings", "listFarms"])
    run = Run(work=work, chosen=chosen, folder=tmp_path, workers=1)

    report = run.go()

    assert store["settings"] == {"open": True, "note": None}
    assert report.withheld == ("updateSettings: it would change what is there once, for everybody",)
