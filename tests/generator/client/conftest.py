from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specfoundry.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType


@dataclass(frozen=True)
class Generated:
    """A package that was generated from one of the documents beside this file."""

    name: str

    def __getattr__(self, path: str) -> ModuleType:
        return import_module(f"{self.name}.{path.replace('__', '.')}")


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Generated]]:
    """Generate and import the package of a document, once for all tests."""
    folder = tmp_path_factory.mktemp("generated")
    sys.path.insert(0, str(folder))
    made: dict[str, Generated] = {}

    def generate(document: str) -> Generated:
        if document not in made:
            name = f"generated_{document}"
            path = Path(__file__).parent / "documents" / f"{document}.yaml"
            options = ["--package", name, "--output", str(folder), "--only", "models,server,client"]
            assert main(["generate", str(path), *options]) == 0
            made[document] = Generated(name)
        return made[document]

    yield generate
    sys.path.remove(str(folder))
