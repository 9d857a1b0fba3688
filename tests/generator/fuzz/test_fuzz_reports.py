"""Do reports tell everything, and does the baseline accept what was accepted and no more?"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from specfoundry.fuzz.reports.baseline import BaselineError, baseline_text, read_baseline
from specfoundry.fuzz.reports.output import write_report
from specfoundry.fuzz.reports.report import Crash, Finding, FuzzReport

if TYPE_CHECKING:
    from pathlib import Path

FINDING = Finding(
    operation="GET /orders/{id}",
    operation_id="getOrder",
    check="order",
    title="order",
    message='the items are not in the order of /name\n<script>alert("1")</script>',
    curl="curl -X GET http://shop/orders/1",
    phase="oracles",
    status=200,
    steps=("curl -X POST http://shop/orders", "curl -X GET http://shop/orders/1"),
    trial="trials/order-getOrder.json",
)
REPORT = FuzzReport(
    seed=7,
    stop_reason="completed",
    seconds=1.5,
    cases=12,
    statuses={"GET /orders/{id}": {"200": 12}},
    findings=(FINDING,),
    crashes=(Crash(operation="*", phase="oracles", message="bug", is_ours=True, details="where"),),
    untested=(),
)


def test_every_file_tells_the_finding_and_the_steps_that_lead_to_it(tmp_path: Path) -> None:
    write_report(REPORT, tmp_path)
    [found] = json.loads((tmp_path / "report.json").read_text())["findings"]
    assert found["steps"] == list(FINDING.steps)
    root = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314  (our own)
    assert [one.text for one in root.iter("failure")] == ["\n".join(FINDING.steps)]
    page = (tmp_path / "report.html").read_text()
    assert all(step in page for step in FINDING.steps)
    assert FINDING.trial in page


def test_the_page_needs_no_other_file_and_shows_what_was_sent_as_text(tmp_path: Path) -> None:
    write_report(REPORT, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert 'alert("1")' not in page
    assert "<link" not in page
    assert "src=" not in page


def test_details_of_a_mistake_of_ours_stand_in_a_file_that_the_report_names(
    tmp_path: Path,
) -> None:
    write_report(REPORT, tmp_path)
    [crash] = json.loads((tmp_path / "report.json").read_text())["crashes"]
    assert (tmp_path / crash["details"]).read_text() == "where"


def test_what_was_found_is_accepted_by_the_baseline_that_is_written_of_it(tmp_path: Path) -> None:
    file = tmp_path / "accepted.toml"
    file.write_text(baseline_text([FINDING]))
    baseline = read_baseline(file)
    assert baseline.judge(FINDING).accepted
    assert baseline.stale == ()
    report = replace(REPORT, findings=(baseline.judge(FINDING),), crashes=())
    assert report.ok
    assert "accepted" in "\n".join(report.lines())


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, check="paging"),
        replace(FINDING, operation="GET /orders", operation_id="listOrders"),
        replace(FINDING, message="something else"),
    ],
)
def test_nothing_else_is_accepted_and_what_was_not_met_is_stale(
    tmp_path: Path, other: Finding
) -> None:
    file = tmp_path / "accepted.toml"
    file.write_text(baseline_text([FINDING]))
    baseline = read_baseline(file)
    assert not baseline.judge(other).accepted
    assert [entry.check for entry in baseline.stale] == ["order"]


def test_a_pattern_stands_for_many_messages(tmp_path: Path) -> None:
    file = tmp_path / "accepted.toml"
    entry = 'check = "order"\noperation = "getOrder"\nmessage = "the items*"\nreason = "Known."'
    file.write_text(f"[[accepted]]\n{entry}\n")
    assert read_baseline(file).judge(FINDING).accepted == "Known."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[accepted]", "accepted.toml: "),
        ("[other]", "it holds tables [[accepted]] only"),
        ('[[accepted]]\ncheck = "a"\noperation = "b"', "entry 1: `reason` is missing"),
        ('[[accepted]]\nchek = "a"', "entry 1: `chek` is none of"),
        ("[[accepted]]\ncheck = 1", "entry 1: its members are texts"),
    ],
)
def test_a_wrong_baseline_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "accepted.toml"
    file.write_text(text)
    with pytest.raises(BaselineError) as caught:
        read_baseline(file)
    assert told in str(caught.value)
