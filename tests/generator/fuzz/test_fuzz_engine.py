"""Does the fuzzer find what breaks a document, and nothing else?"""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from specfoundry.cli import main
from specfoundry.fuzz.phases.engine import Options, Target, iter_unreached, run
from specfoundry.fuzz.promises.plan import build_plan

if TYPE_CHECKING:
    from specfoundry.fuzz.reports.report import FuzzReport

HERE = Path(__file__).parent
SHOP = runpy.run_path(str(HERE / "shop.py"))
DOCUMENT: dict[str, Any] = SHOP["DOCUMENT"]


def _fuzz(fault: str = "", **options: Any) -> FuzzReport:
    target = Target(app=SHOP["shop"](fault))
    chosen = Options(max_examples=10, shrink=False, **options)
    return run(DOCUMENT, target, build_plan(DOCUMENT), chosen)


def test_a_healthy_server_gives_no_finding_and_every_operation_is_reached() -> None:
    report = _fuzz()
    assert report.ok, "\n".join(report.lines())
    assert list(iter_unreached(report)) == []
    assert report.untested == ()


def test_ids_reach_the_server_whatever_they_are_made_of() -> None:
    report = _fuzz("odd-ids", phases=("fuzzing", "stateful"))
    assert report.ok, "\n".join(report.lines())
    assert report.statuses["GET /orders/{id}"]["200"] > 1


@pytest.mark.parametrize(
    ("fault", "operation", "check"),
    [
        ("wrong-type", "GET /orders/{id}", "response_schema_conformance"),
        ("accepts-anything", "POST /orders", "negative_data_rejection"),
        ("unknown-method", "POST /orders", "unknown_method"),
    ],
)
def test_a_fault_is_found_by_the_check_that_knows_it(
    fault: str, operation: str, check: str
) -> None:
    found = {(finding.operation, finding.check) for finding in _fuzz(fault).findings}
    assert (operation, check) in found


def test_the_same_seed_sends_the_same_requests() -> None:
    first, again = (_fuzz(seed=7, phases=("examples", "coverage", "fuzzing")) for _ in range(2))
    assert first.statuses == again.statuses
    assert first.cases == again.cases


def test_only_the_operations_that_were_asked_for_are_tested() -> None:
    report = _fuzz(operations=("getOrder",), phases=("examples", "coverage", "fuzzing"))
    assert list(report.statuses) == ["GET /orders/{id}"]
    assert report.untested == ()
    assert list(iter_unreached(report)) == []


def test_what_is_not_applied_as_it_comes_is_told_with_its_reason() -> None:
    told = [(d.check, d.operation) for d in build_plan(DOCUMENT).deviations]
    assert told == [("unsupported_method", "*")]


def test_a_report_is_junit_json_and_text_without_credentials() -> None:
    report = _fuzz("wrong-type", headers={"Authorization": "bearer very-secret"})
    root = ET.fromstring(report.to_junit())  # noqa: S314  (our own)
    assert root.attrib["failures"] == str(len(report.findings))
    assert json.loads(report.to_json())["seed"] == 1
    text = "\n".join([*report.lines(), report.to_json(), report.to_junit()])
    assert "curl -X GET" in text
    assert "very-secret" not in text


def _command(
    *arguments: str, folder: Path, document: Any = DOCUMENT
) -> subprocess.CompletedProcess[str]:
    spec = folder / "shop.json"
    spec.write_text(json.dumps(document))
    (folder / "shop.py").write_text((HERE / "shop.py").read_text())
    command = [str(Path(sys.executable).with_name("specfoundry")), "fuzz", str(spec), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_ends_with_zero_and_leaves_its_reports(tmp_path: Path) -> None:
    done = _command("--app", "shop:healthy", "--quick", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 findings" in done.stdout
    assert (tmp_path / "build/fuzz/report.json").is_file()
    assert (tmp_path / "build/fuzz/junit.xml").is_file()


def test_the_command_ends_with_one_when_something_was_found(tmp_path: Path) -> None:
    done = _command("--app", "shop:broken", "--quick", folder=tmp_path)
    assert done.returncode == 1
    assert "response_schema_conformance" in done.stdout


def test_a_finding_is_made_small_and_found_again_until_it_is_mended(tmp_path: Path) -> None:
    _command("--app", "shop:broken", "--phase", "examples", folder=tmp_path)
    [script] = (tmp_path / "build/fuzz/trials").iterdir()
    steps = [step["operation"] for step in json.loads(script.read_text())["steps"]]
    assert steps == ["createOrder", "getOrder"]
    still = _command("--app", "shop:broken", "--replay", str(script), folder=tmp_path)
    assert (still.returncode, "still: " in still.stdout) == (1, True)
    mended = _command("--app", "shop:healthy", "--replay", str(script), folder=tmp_path)
    assert (mended.returncode, "it is mended" in mended.stdout) == (0, True)


@pytest.mark.parametrize("scheme", ["Authorization", "X-Api-Key"])
def test_credentials_are_written_nowhere(tmp_path: Path, scheme: str) -> None:
    kind = {"type": "http", "scheme": "bearer"}
    if scheme != "Authorization":
        kind = {"type": "apiKey", "in": "header", "name": scheme}
    components = {**DOCUMENT["components"], "securitySchemes": {"key": kind}}
    secured = {**DOCUMENT, "components": components, "security": [{"key": []}]}
    options = ("--app", "shop:broken", "--header", f"{scheme}: very-secret", "--phase", "coverage")
    assert _command(*options, folder=tmp_path, document=secured).returncode == 1

    files = [one for one in tmp_path.rglob("*") if one.is_file()]

    assert any(one.parent.name == "trials" for one in files)
    assert [one for one in files if b"very-secret" in one.read_bytes()] == []


def test_an_accepted_finding_does_not_fail_the_run(tmp_path: Path) -> None:
    options = ("--phase", "examples", "--baseline", "accepted.toml")
    first = _command("--app", "shop:broken", *options, "--write-baseline", folder=tmp_path)
    assert first.returncode == 0, first.stdout + first.stderr
    again = _command("--app", "shop:broken", *options, folder=tmp_path)
    assert again.returncode == 0
    assert "0 findings (1 more accepted)" in again.stdout
    healthy = _command("--app", "shop:healthy", *options, folder=tmp_path)
    assert "is accepted but was not found" in healthy.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say where the server is: either --url or --app"),
        (("--url", "http://127.0.0.1:1"), "http://127.0.0.1:1 cannot be reached"),
        (("--app", "nowhere:app"), "No module named 'nowhere'"),
        (("--app", "shop"), "'shop' is not MODULE:NAME"),
        (("--app", "shop:healthy", "--time", "soon"), "'soon' is not a duration"),
        (("--app", "shop:healthy", "--header", "secret"), "is not NAME:VALUE"),
        (("--app", "shop:healthy", "--phase", "dreaming"), "'dreaming' is none of examples"),
        (("--app", "shop:healthy", "--only", "taste"), "'taste' is none of"),
        (("--app", "shop:healthy", "--operation", "none"), "has no such operation"),
        (("--app", "shop:healthy", "--identity", "boss"), "'boss' is not NAME=VALUE"),
        (("--app", "shop:healthy", "--reference", "x=1"), "has no operation 'x'"),
        (("--app", "shop:healthy", "--baseline", "none.toml"), "none.toml: "),
        (("--app", "shop:healthy", "--write-baseline"), "--write-baseline needs --baseline"),
        (("--app", "shop:healthy", "--replay", "none.json"), "none.json: "),
    ],
)
def test_a_wrong_call_is_one_clear_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    (tmp_path / "shop.json").write_text(json.dumps(DOCUMENT))
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.chdir(tmp_path)
    assert main(["fuzz", "shop.json", *arguments]) == 1
    told = capsys.readouterr().err
    assert message in told
    assert "Traceback" not in told
