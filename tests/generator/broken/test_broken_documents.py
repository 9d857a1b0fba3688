"""Does every mistake in a document get its exact message, at its exact place?

`SPECFOUNDRY_GOLDEN=renew` writes `expected.txt` anew; review the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from specfoundry.cli import main

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/openapi.*"))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_broken_document_gets_its_exact_messages(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    document = next(folder.glob("openapi.*")).name
    profile = "contract" if folder.name.startswith("contract-") else "errors"

    code = main(["validate", "--rules", profile, document])

    said = capsys.readouterr().err
    expected = folder / "expected.txt"
    if os.environ.get("SPECFOUNDRY_GOLDEN") == "renew":
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")
    assert code == (1 if ": error " in said else 0)


def test_there_is_a_case_for_every_kind_of_mistake() -> None:
    assert len(CASES) >= 25
