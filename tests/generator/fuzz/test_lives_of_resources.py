"""Is every fault in the life of a resource found, and none where there is none?"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from specfoundry.fuzz.oracles.bench import Bench, Circumstances
from specfoundry.fuzz.server.hosting import Host, Relay

HERE = Path(__file__).parent
Orchard = runpy.run_path(str(HERE / "orchard.py"))["Orchard"]
document = runpy.run_path(str(HERE / "orchard_document.py"))["document"]

LIVES = (
    "echo",
    "address",
    "merge-patch",
    "time",
    "unique",
    "position",
    "deletion",
    "cascade",
    "concurrency",
    "shortage",
    "durability",
)

FAULTS = [
    ("echo", "trims-notes"),
    ("echo", "last-one-not-listed"),
    ("echo", "takes-any-farm"),
    ("address", "self-leads-astray"),
    ("deletion", "jobs-name-what-is-gone"),
    ("merge-patch", "replaces-labels"),
    ("merge-patch", "null-labels-are-kept"),
    ("merge-patch", "nulls-are-kept"),
    ("merge-patch", "forgets-the-rest"),
    ("merge-patch", "settings-only-echoed"),
    ("time", "made-long-ago"),
    ("time", "time-stands-still"),
    ("unique", "takes-names-twice"),
    ("unique", "renames-to-taken-names"),
    ("unique", "names-stay-taken"),
    ("position", "others-do-not-give-way"),
    ("position", "swaps-neighbours"),
    ("position", "leaves-gaps"),
    ("deletion", "removes-nothing"),
    ("deletion", "takes-siblings-along"),
    ("deletion", "gone-is-gone-once"),
    ("deletion", "jobs-fail"),
    ("deletion", "job-not-found"),
    ("cascade", "trees-outlive-farms"),
    ("concurrency", "loses-updates"),
    ("concurrency", "races-for-names"),
    ("shortage", "blames-the-caller"),
    ("shortage", "half-created"),
    ("shortage", "half-changed"),
    ("shortage", "half-removed"),
    ("shortage", "stays-cramped"),
    ("shortage", "reading-needs-room"),
    ("durability", "forgets-at-start"),
]


def found(folder: Path, fault: str, *names: str, **circumstances: Any) -> list[tuple[str, str]]:
    store: dict[str, Any] = {}
    host = Host(lambda _folder: Orchard(store, fault).application(), folder)
    host.start()
    with TestClient(Relay(host)) as client:
        hamper = Orchard(store, fault).hamper
        told = Circumstances(restart=host.restart, hamper=hamper, **circumstances)
        bench = Bench.of(document(), client, told)
        complaints = [(one.check, one.message) for one in bench.examine(names)]
        list(bench.ground.garden.clear())
    host.stop()
    return complaints


@pytest.mark.parametrize("seed", [1, 2])
def test_a_server_that_keeps_its_promises_is_not_complained_about(
    tmp_path: Path, seed: int
) -> None:
    assert found(tmp_path, "", *LIVES, seed=seed) == []


@pytest.mark.parametrize(("oracle", "fault"), FAULTS)
def test_the_fault_is_found_by_its_oracle(tmp_path: Path, oracle: str, fault: str) -> None:
    assert found(tmp_path, fault, oracle)


def test_what_others_move_meanwhile_is_not_blamed_on_a_server(tmp_path: Path) -> None:
    assert found(tmp_path, "others-plant", "unique")
    assert found(tmp_path, "others-plant", "unique", has_others=True) == []


def test_nothing_is_changed_on_a_server_that_must_not_be_changed(tmp_path: Path) -> None:
    store: dict[str, Any] = {}
    host = Host(lambda _folder: Orchard(store).application(), tmp_path)
    host.start()
    with TestClient(Relay(host)) as client:
        bench = Bench.of(document(), client, Circumstances(read_only=True))
        list(bench.examine(LIVES))
    host.stop()

    assert store["farms"] == store["trees"] == {}


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    store: dict[str, Any] = {}
    host = Host(lambda _folder: Orchard(store).application(), tmp_path)
    host.start()
    with TestClient(Relay(host)) as client:
        bench = Bench.of(document(), client, Circumstances())
        list(bench.examine(LIVES))
        left = list(bench.ground.garden.clear())
    host.stop()

    assert not left
    assert store["farms"] == store["trees"] == {}
