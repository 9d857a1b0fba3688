"""Does a run come to the same end however many processes share it, and whatever becomes of them?"""

from __future__ import annotations

import json
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from specfoundry.fuzz.promises.contract import read_contract
from specfoundry.fuzz.runs.running import Run
from specfoundry.fuzz.runs.shards import Work, choose, divide

if TYPE_CHECKING:
    from specfoundry.fuzz.reports.report import FuzzReport

HERE = Path(__file__).parent
DOCUMENT: dict[str, Any] = runpy.run_path(str(HERE / "shop.py"))["DOCUMENT"]
# What has a tag of its own may become a part of its own.
DOCUMENT["paths"]["/orders"]["post"]["tags"] = ["Selling"]
DOCUMENT["paths"]["/orders/{id}"]["get"]["tags"] = ["Looking"]
CONTRACT = read_contract(DOCUMENT)


def _run(folder: Path, app: str = "healthy", workers: int = 1, **options: Any) -> FuzzReport:
    work = Work(
        node=DOCUMENT, app=f"shop:{app}", folder=str(HERE), report=str(folder), max_examples=5
    )
    options = {"stages": ("oracles", "examples", "coverage", "fuzzing"), **options}
    run = Run(work=work, chosen=list(CONTRACT), folder=folder, workers=workers, size=1, **options)
    return run.go()


def _essence(report: FuzzReport) -> object:
    found = [(one.check, one.operation, one.title, one.phase) for one in report.findings]
    assert report.coverage is not None
    return found, report.statuses, report.cases, report.coverage.counts


def test_the_same_seed_gives_the_same_report_whatever_the_number_of_processes(
    tmp_path: Path,
) -> None:
    one, two = (_run(tmp_path / str(n), "broken", workers=n) for n in (1, 2))
    assert _essence(one) == _essence(two)
    assert one.findings


def test_parts_depend_on_the_document_alone_and_hold_each_operation_once() -> None:
    parts = divide(CONTRACT, CONTRACT, size=1)
    assert sorted(part.operations for part in parts) == [("createOrder",), ("getOrder",)]
    assert parts == divide(CONTRACT, reversed(list(CONTRACT)), size=1)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("getOrder", ["getOrder"]),
        ("POST /orders", ["createOrder"]),
        ("* /orders/{id}", ["getOrder"]),
        ("none", []),
    ],
)
def test_operations_are_chosen_by_name_or_by_method_and_path(
    pattern: str, names: list[str]
) -> None:
    assert [one.id for one in choose(CONTRACT, [pattern])] == names


def test_a_process_that_dies_is_an_error_and_the_others_go_on(tmp_path: Path) -> None:
    report = _run(tmp_path, "deadly", workers=2, stages=("examples",))
    assert not report.ok
    assert any("ended with status" in crash.message for crash in report.crashes)
    assert "POST /orders" in report.statuses


def test_the_first_finding_ends_the_run_when_that_is_wanted(tmp_path: Path) -> None:
    report = _run(tmp_path, "broken", fail_fast=True)
    assert report.stop_reason == "stopped at the first finding"
    assert report.open


def test_time_that_is_left_is_spent_on_fresh_seeds(tmp_path: Path) -> None:
    report = _run(tmp_path, stages=("fuzzing",), seconds=8)
    events = [json.loads(line) for line in (tmp_path / "events.ndjson").read_text().splitlines()]
    assert {0, 1} <= {event["round"] for event in events if event["event"] == "stage"}
    assert report.ok, "\n".join(report.lines())


def test_an_interrupted_run_still_leaves_its_reports(tmp_path: Path) -> None:
    spec = tmp_path / "shop.json"
    spec.write_text(json.dumps(DOCUMENT))
    (tmp_path / "shop.py").write_text((HERE / "shop.py").read_text())
    command = [str(Path(sys.executable).with_name("specfoundry")), "fuzz", str(spec)]
    with subprocess.Popen(
        [*command, "--app", "shop:healthy", "--time", "10m"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        _await_event(process, tmp_path / "build/fuzz/events.ndjson")
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=120)
    assert process.returncode == 130, told
    assert "(interrupted)" in told
    assert json.loads((tmp_path / "build/fuzz/report.json").read_text())["cases"] > 0


def _await_event(process: subprocess.Popen[str], path: Path) -> None:
    """Wait until the first event is told, or the run is over."""
    while process.poll() is None and not (path.is_file() and path.stat().st_size):
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
