"""Is every fault of a list found by the check that is there for it, and none in a healthy list?"""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from specfoundry.fuzz.oracles.bench import Bench, Circumstances
from specfoundry.fuzz.scripts.replay import replay
from specfoundry.fuzz.scripts.slicing import script_of

PARTS = runpy.run_path(str(Path(__file__).with_name("gallery.py")))
GALLERY, DOCUMENT = PARTS["Gallery"], PARTS["DOCUMENT"]
CHECKS = ("query", "list", "filter", "order", "pagination")


def _bench(gallery: object, **circumstances: object) -> Bench:
    client = TestClient(gallery.app)  # type: ignore[attr-defined]
    return Bench.of(DOCUMENT, client, Circumstances(**circumstances))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_healthy_server_is_not_blamed_and_left_as_it_was(seed: int) -> None:
    gallery = GALLERY()
    bench = _bench(gallery, seed=seed)

    assert [one.message for one in bench.examine(CHECKS)] == []
    assert list(bench.ground.garden.clear()) == []
    assert gallery.rows == {}


def test_a_server_that_must_not_be_changed_is_judged_by_what_it_has() -> None:
    gallery = GALLERY(fault="names ignored")
    for bench in (_bench(gallery), _bench(gallery, read_only=True)):
        before = dict(gallery.rows)
        found = {(one.check, one.operation) for one in bench.examine(("filter",))}

        assert ("filter", "listPaintings") in found
    assert before == gallery.rows


@pytest.mark.parametrize(
    ("fault", "check", "words"),
    [
        ("names ignored", "filter", "names=(a value): items came"),
        ("first name only", "filter", "names=(nobody's and two values): items are missing"),
        ("case ignored", "filter", "names=(a value in another case): items came"),
        ("null is nothing", "filter", "kinds=(null): items are missing"),
        ("rooms ignored", "filter", "rooms="),
        ("floors ignored", "filter", "floors="),
        ("parts mind case", "filter", "part=(a value in another case)"),
        ("after is since", "filter", "made[gt]="),
        ("after is from", "filter", "text=name after (an item's): items came"),
        ("unlike needs the label", "filter", "labels="),
        ("either filter", "filter", "names=(a value) and rooms=(a value): items came"),
        ("never turned", "order", "order=-"),
        ("order ignores case", "order", "order=name"),
        ("ties as they come", "order", "order=-kind"),
        ("newest first", "order", "order of creation"),
        ("overlap", "pagination", "are not the"),
        ("total of a page", "pagination", "/total is"),
        ("last but one", "pagination", "/last leads to page"),
        ("no way back", "pagination", "/previous does not lead to page 1"),
        ("links lose names", "pagination", "does not repeat names"),
        ("links lose order", "pagination", "does not repeat order"),
        ("links lose size", "pagination", "does not repeat size"),
        ("other rooms", "list", "another parent is shown"),
        ("forgets the last", "list", "is missing"),
        ("unknown parameters", "strict-query", "nobody knows"),
        ("unknown orders", "query-values", "order="),
        ("other languages", "query-values", "text="),
        ("large pages", "query-values", "size='51'"),
    ],
)
def test_a_fault_is_found_by_the_check_for_it(fault: str, check: str, words: str) -> None:
    found = list(_bench(GALLERY(fault=fault)).examine(CHECKS))

    assert any(one.check == check and words in one.message for one in found), found


@pytest.mark.parametrize("fault", ["floors ignored", "overlap", "newest first", "other rooms"])
def test_what_is_found_can_be_shown_again_on_another_server(fault: str) -> None:
    bench = _bench(GALLERY(fault=fault))
    complaint = next(iter(bench.examine(CHECKS)))
    ground = bench.ground
    script = script_of(complaint, ground.past, bench.contract, ground.garden)

    again = replay(script, _bench(GALLERY(fault=fault), prefix="again"))
    mended = replay(script, _bench(GALLERY(), prefix="again"))

    assert again.message == complaint.message
    assert mended.message is None
