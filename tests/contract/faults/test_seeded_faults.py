"""Do the seeded faults still fit the server that they are faults of?"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
LEAST = {
    "response-shape": 25,
    "input": 28,
    "auth-roles": 20,
    "lifecycle-jobs-blobs": 25,
    "filter-order-paging-merge-echo": 35,
    "headers-media-types": 12,
    "concurrency": 10,
    "persistence": 10,
}
FAULTS: dict[str, list[dict[str, Any]]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    for path in sorted(Path(__file__).parent.glob("*.toml"))
}
ALL = [fault for faults in FAULTS.values() for fault in faults]


def test_every_class_has_enough_faults() -> None:
    assert FAULTS.keys() == LEAST.keys()
    assert {kind: len(faults) for kind, faults in FAULTS.items() if len(faults) < LEAST[kind]} == {}


def test_names_are_unique_and_kebab_case() -> None:
    names = [fault["name"] for fault in ALL]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: str(fault["name"]))
def test_a_fault_applies_once_and_compiles(fault: dict[str, Any]) -> None:
    assert fault["description"].endswith(".")
    texts: dict[Path, str] = {}
    for edit in fault.get("edits") or [fault]:
        path = ROOT / edit["file"]
        text = texts.get(path) or path.read_text(encoding="utf-8")
        assert text.count(edit["find"]) == 1, f"{edit['file']}: {edit['find']!r}"
        assert edit["replace"] != edit["find"]
        texts[path] = text.replace(edit["find"], edit["replace"])
    for path, text in texts.items():
        compile(text, str(path), "exec", dont_inherit=True)
