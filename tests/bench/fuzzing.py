"""How many cases and findings do `specfoundry fuzz` and `schemathesis run` give in the same time?"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SPEC = ROOT / "generated/capi/openapi.json"


@dataclass(frozen=True, slots=True)
class Race:
    """What a fuzzer did: how many cases, in how many seconds, and where which check failed."""

    cases: int
    seconds: float
    findings: frozenset[tuple[str, str]]


Fuzzer: TypeAlias = "Callable[[str, str, Path, int], Race]"


def measure_fuzzing(
    faulty: tuple[str, str], healthy: tuple[str, str], folder: Path, seconds: int
) -> Iterator[Any]:
    """Let both fuzz the same faulty server, one after the other, and compare.

    What a fuzzer says of the healthy server as well, in as much time, is no finding.

    Args:
        faulty: Address of a server full of faults, and the header that logs the administrator in.
        healthy: The same of a server without.
        folder: For the reports.
        seconds: How long each may take with each server.

    """
    told: dict[str, dict[str, float]] = {}
    for name, fuzz in (("ours", _ours), ("theirs", _theirs)):
        alarms = fuzz(*healthy, folder / name / "healthy", seconds).findings
        race = fuzz(*faulty, folder / name / "faulty", seconds)
        found = race.findings - alarms
        told[name] = {
            "cases": race.cases / race.seconds,
            "findings": len(found) / race.seconds,
            "false": float(len(alarms)),
        }
    against = f"schemathesis run with all phases, on the same server for {seconds} s"
    for what in ("cases", "findings"):
        ours, theirs = told["ours"], told["theirs"]
        yield (
            f"fuzz-{what}",
            {
                "ratio": ours[what] / max(theirs[what], 1e-9),
                "unit": f"{what}/s",
                "against": against,
                "ours": ours[what],
                "theirs": theirs[what],
                "false alarms of ours": ours["false"],
                "false alarms of theirs": theirs["false"],
            },
        )


def _ours(address: str, header: str, folder: Path, seconds: int) -> Race:
    command = [str(BIN / "specfoundry"), "fuzz", str(SPEC), "--url", address, "--header", header]
    options = ["--time", f"{seconds}s", "--report", str(folder), "--no-shrink", "--disposable"]
    begun = time.perf_counter()
    subprocess.run([*command, *options], capture_output=True, check=False)
    spent = time.perf_counter() - begun
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    found = frozenset((one["check"], one["operation"]) for one in report["findings"])
    return Race(report["cases"], spent, found)


def _theirs(address: str, header: str, folder: Path, seconds: int) -> Race:
    folder.mkdir(parents=True, exist_ok=True)
    command = [str(BIN / "schemathesis"), "run", str(SPEC), "--url", address, "--header", header]
    reports = ["--report-ndjson-path", str(folder / "events.ndjson")]
    options = ["--max-time", str(seconds), "--continue-on-failure", "--seed", "1", *reports]
    begun = time.perf_counter()
    subprocess.run([*command, *options], capture_output=True, check=False, cwd=folder)
    spent = time.perf_counter() - begun
    cases, found = _read(folder / "events.ndjson")
    return Race(cases, spent, frozenset(found))


def _read(events: Path) -> tuple[int, set[tuple[str, str]]]:
    cases, found = 0, set[tuple[str, str]]()
    with events.open(encoding="utf-8") as lines:
        for line in lines:
            scenario = json.loads(line).get("ScenarioFinished")
            if not scenario:
                continue
            recorder = scenario["recorder"]
            cases += len(recorder.get("interactions", {}))
            for checks in recorder.get("checks", {}).values():
                found |= {_failure(one) for one in checks if one["status"] == "failure"}
    return cases, found


def _failure(check: dict[str, Any]) -> tuple[str, str]:
    return check["name"], check["failure_info"]["failure"]["operation"]
