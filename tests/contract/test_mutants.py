"""Does the contract notice faults of a server, and nothing else?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

CONTRACT = Path(__file__).resolve().parent


def mutants(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mutation", *arguments],
        cwd=CONTRACT,
        env={**os.environ, "PYTHONPATH": str(CONTRACT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_at_least_150_faults_fit_the_source() -> None:
    done = mutants("--list", "--mechanical", "0")

    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 150


def test_the_healthy_server_is_not_blamed_and_faults_of_every_class_are_noticed(
    tmp_path: Path,
) -> None:
    done = mutants("--quick", "--report", str(tmp_path / "mutants.json"))

    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "mutants.json").read_text("utf-8"))
    assert found["survivors"] == []
    assert len({result["group"] for result in found["results"]}) >= 8
    assert "start" not in {result["check"] for result in found["results"]}


def test_a_run_says_which_mutant_it_does_not_know() -> None:
    done = mutants("--only", "nothing-of-this-name")

    assert done.returncode == 1
    assert done.stderr == "mutants: there is no such mutant: nothing-of-this-name\n"
