"""Is the generated server byte for byte what it was, and does it pass the type check?

`make golden` renews the expected trees; review the difference.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from specfoundry.document.bundle import bundle_document
from specfoundry.document.load import load_document
from specfoundry.render.cache import Cache
from specfoundry.targets.context import TargetOptions
from specfoundry.targets.plan import build_tree

HERE = Path(__file__).parent
FEATURES = sorted(folder.name for folder in HERE.iterdir() if (folder / "spec.yaml").is_file())
RENEW = os.environ.get("SPECFOUNDRY_GOLDEN") == "renew"


def generated(feature: str, cache: Path) -> dict[str, str]:
    options = TargetOptions(package=feature, only=frozenset({"models", "server"}))
    tree = build_tree(
        bundle_document(load_document(HERE / feature / "spec.yaml")), options, Cache(cache)
    ).tree
    kept = {path: text for path, text in tree.items() if path != "openapi.json"}
    return {**kept, "py.typed": ""}


def expected(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in files
        if "__pycache__" not in path.parts
    }


def write(folder: Path, tree: dict[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


@pytest.mark.parametrize("feature", FEATURES)
def test_the_tree_is_the_expected_one(feature: str, tmp_path: Path) -> None:
    tree = generated(feature, tmp_path)
    folder = HERE / feature / "expected"
    if RENEW:
        write(folder, tree)
    assert expected(folder) == tree


@pytest.mark.parametrize("feature", FEATURES)
def test_the_specification_is_short(feature: str) -> None:
    lines = (HERE / feature / "spec.yaml").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40


def test_all_trees_pass_the_strict_type_check_and_can_be_imported(tmp_path: Path) -> None:
    for feature in FEATURES:
        shutil.copytree(HERE / feature / "expected", tmp_path / feature)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--cache-dir",
            str(tmp_path / ".cache"),
            *FEATURES,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    code = "".join(f"import {feature}.server as s; s.create_app\n" for feature in FEATURES)
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
