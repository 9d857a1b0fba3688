"""Does the contract notice faults of a server, and nothing else?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRACT = Path(__file__).resolve().parent
ROOT = CONTRACT.parents[1]

# One or two of each class; they are noticed soon.
QUICK = (
    "app-updated-at-renamed",
    "package-checksum-null-before-upload",
)


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
    only = [part for name in QUICK for part in ("--only", name)]
    done = mutants(*only, "--report", str(tmp_path / "mutants.json"))

    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "mutants.json").read_text("utf-8"))
    assert found["survivors"] == []
    assert len(found["results"]) == len(QUICK)
