"""Does the package of a large foreign document import, and is it typed throughout?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from specfoundry.document.bundle import bundle_document
from specfoundry.document.load import load_document
from specfoundry.render.cache import Cache
from specfoundry.render.tree import compare_tree, write_tree
from specfoundry.targets.context import TargetOptions
from specfoundry.targets.plan import build_tree

CORPUS = Path(os.environ.get("SPECFOUNDRY_CORPUS", "none"))
pytestmark = [
    pytest.mark.skipif(
        not CORPUS.is_dir(), reason="SPECFOUNDRY_CORPUS names no folder of documents"
    ),
    pytest.mark.xdist_group("foreign"),
]
IMPORT_ALL = """
import importlib, pkgutil, sys
import pydantic
package = importlib.import_module("foreign")
for found in pkgutil.walk_packages(package.__path__, "foreign."):
    importlib.import_module(found.name)
models = sys.modules["foreign.models"]
for value in vars(models).values():
    if getattr(value, "__module__", "") == models.__name__:
        pydantic.TypeAdapter(value)
"""


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*")), ids=lambda path: path.stem)
def test_a_foreign_document_becomes_a_typed_package(path: Path, tmp_path: Path) -> None:
    options = TargetOptions(package="foreign", only=frozenset({"models", "server", "client"}))
    bundle = bundle_document(load_document(path))
    generation = build_tree(bundle, options, Cache(tmp_path / "cache"))
    folder = tmp_path / "foreign"
    write_tree(generation.tree, folder, compare_tree(generation.tree, folder, frozenset()))
    where = os.environ | {"PYTHONPATH": str(tmp_path), "MYPYPATH": str(tmp_path)}
    for command in (["-c", IMPORT_ALL], ["-m", "mypy", "--strict", "-p", "foreign"]):
        done = subprocess.run(
            [sys.executable, *command],
            env=where,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
