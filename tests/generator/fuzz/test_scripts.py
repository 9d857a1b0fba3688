"""Does a script lead to its complaint again, on another server with other ids, and no step too many?"""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from specfoundry.fuzz.live.trial import VERDICTS
from specfoundry.fuzz.oracles.bench import Bench, Circumstances
from specfoundry.fuzz.phases import wire
from specfoundry.fuzz.scripts.replay import replay
from specfoundry.fuzz.scripts.script import Script, ScriptError
from specfoundry.fuzz.scripts.shrinking import shrink
from specfoundry.fuzz.scripts.slicing import script_of

PARTS = runpy.run_path(str(Path(__file__).with_name("library.py")))
LIBRARY, DOCUMENT = PARTS["Library"], PARTS["DOCUMENT"]


def _bench(library: object, prefix: str) -> Bench:
    client = TestClient(library.app)  # type: ignore[attr-defined]
    return Bench.of(DOCUMENT, client, Circumstances(prefix=prefix))


def _first_script(fault: str, check: str) -> Script:
    bench = _bench(LIBRARY(first=1, fault=fault), "found")
    for complaint in bench.examine(("order",)):
        if complaint.check == check:
            ground = bench.ground
            return script_of(complaint, ground.past, bench.contract, ground.garden)
    raise AssertionError(f"nothing complained of {check}")


@pytest.mark.parametrize(("fault", "check"), [("order", "order"), ("number", "schema")])
def test_a_script_leads_to_its_complaint_on_another_server_and_not_on_a_mended_one(
    fault: str, check: str
) -> None:
    script = Script.from_json(_first_script(fault, check).to_json())

    faulty, mended = LIBRARY(first=500, fault=fault), LIBRARY(first=900)
    again = replay(script, _bench(faulty, "again"))
    settled = replay(script, _bench(mended, "again"))

    assert again.message
    assert settled.message is None
    assert all(taken.ok for taken in settled.taken)
    assert (faulty.books, faulty.shelves, mended.books, mended.shelves) == ({}, {}, {}, {})


def test_what_is_not_needed_is_left_out() -> None:
    script = _first_script("order", "order")
    runs = iter(range(1000))

    def still_fails(one: Script) -> bool:
        library = LIBRARY(first=5000, fault="order")
        return replay(one, _bench(library, f"try-{next(runs)}")).message is not None

    small = shrink(script, still_fails, attempts=200)

    calls = [step.call.operation for step in small.steps if step.call]
    # One shelf that exists, two books, and the list that shows them.
    assert calls == ["createShelf", "createBook", "createBook", "listBooks"]
    assert all("note" not in step.call.body for step in small.steps[1:3] if step.call)
    assert still_fails(small)


def test_what_does_not_happen_again_is_taken_once_and_kept_as_it_is() -> None:
    script = _first_script("order", "order")
    library = LIBRARY(first=5000)
    runs: list[Script] = []

    def still_fails(one: Script) -> bool:
        runs.append(one)
        return replay(one, _bench(library, f"try-{len(runs)}")).message is not None

    assert shrink(script, still_fails) is script
    assert runs == [script]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not json", "it is no JSON"),
        ("{}", "it has no member `script`"),
        ('{"script": 99}', "it is of version 99, not 1"),
        ('{"script": 1, "check": "order"}', "it is damaged"),
    ],
)
def test_what_is_no_script_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ScriptError, match=reason):
        Script.from_json(text)


def test_findings_of_stock_checks_name_verdicts_that_there_are() -> None:
    assert set(wire._VERDICTS.values()) <= VERDICTS.keys()
