"""Is generated/ exactly what the document and the toolchain make, and does it hold up?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_generated_code_is_what_the_document_makes() -> None:
    result = _run("specfoundry", "generate", "--check")
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_generated_module_says_that_it_is_not_to_be_edited() -> None:
    modules = list((ROOT / "generated").rglob("*.py"))
    assert modules
    for module in modules:
        assert "do not edit" in module.read_text().splitlines()[0].lower(), module


def test_the_reference_server_satisfies_the_generated_protocols_and_all_code_is_typed() -> None:
    result = _run("mypy", "--no-error-summary")
    assert result.returncode == 0, result.stdout


def test_the_linter_and_the_formatter_have_nothing_to_say() -> None:
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."]):
        result = _run(*command)
        assert result.returncode == 0, result.stdout


def test_rooms_import_only_what_they_may() -> None:
    result = _run("lint-imports", "--no-cache")
    assert result.returncode == 0, result.stdout
