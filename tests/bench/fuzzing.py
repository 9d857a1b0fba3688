"""How many cases and findings do `specfoundry fuzz` and `schemathesis run` give in the same time?"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SPEC = ROOT / "generated/capi/openapi.json"


def measure_fuzzing(address: str, header: str, folder: Path, seconds: int) -> Iterator[Any]:
    """Let both fuzz the same faulty server, one after the other, and compare.

    Args:
        address: Of the server.
        header: What logs the administrator in.
        folder: For the reports.
        seconds: How long each may take.

    """
    ours = _ours(address, header, folder / "ours", seconds)
    theirs = _theirs(address, header, folder / "theirs", seconds)
    against = f"schemathesis run with all phases, on the same server for {seconds} s"
    for number, name in enumerate(("cases", "findings")):
        ratio = ours[number] / max(theirs[number], 1e-9)
        told = {"ratio": ratio, "unit": f"{name}/s", "against": against}
        yield f"fuzz-{name}", {**told, "ours": ours[number], "theirs": theirs[number]}


def _ours(address: str, header: str, folder: Path, seconds: int) -> tuple[float, float]:
    command = [str(BIN / "specfoundry"), "fuzz", str(SPEC), "--url", address, "--header", header]
    options = ["--time", f"{seconds}s", "--report", str(folder), "--no-shrink"]
    begun = time.perf_counter()
    subprocess.run([*command, *options], capture_output=True, check=False)
    spent = time.perf_counter() - begun
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    found = {(one["check"], one["operation"]) for one in report["findings"]}
    return report["cases"] / spent, len(found) / spent


def _theirs(address: str, header: str, folder: Path, seconds: int) -> tuple[float, float]:
    folder.mkdir(parents=True, exist_ok=True)
    command = [str(BIN / "schemathesis"), "run", str(SPEC), "--url", address, "--header", header]
    reports = ["--report-ndjson-path", str(folder / "events.ndjson")]
    options = ["--max-time", str(seconds), "--continue-on-failure", "--seed", "1", *reports]
    begun = time.perf_counter()
    subprocess.run([*command, *options], capture_output=True, check=False, cwd=folder)
    spent = time.perf_counter() - begun
    cases, found = _read(folder / "events.ndjson")
    return cases / spent, found / spent


def _read(events: Path) -> tuple[int, int]:
    cases, found = 0, set()
    with events.open(encoding="utf-8") as lines:
        for line in lines:
            scenario = json.loads(line).get("ScenarioFinished")
            if not scenario:
                continue
            recorder = scenario["recorder"]
            cases += len(recorder.get("interactions", {}))
            for checks in recorder.get("checks", {}).values():
                found |= {_failure(one) for one in checks if one["status"] == "failure"}
    return cases, len(found)


def _failure(check: dict[str, Any]) -> tuple[str, str]:
    return check["name"], check["failure_info"]["failure"]["operation"]
