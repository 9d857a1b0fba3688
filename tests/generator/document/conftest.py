"""What do tests of loading and bundling share?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specfoundry.document import Bundle, bundle_document, load_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write files below a folder of their own, which becomes the working directory."""
    monkeypatch.chdir(tmp_path)

    def write_files(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write_files


@pytest.fixture
def bundled(write: Callable[..., Path]) -> Callable[..., Bundle]:
    """Write files and bundle the first one."""

    def bundle_files(files: dict[str, str]) -> Bundle:
        folder = write(files)
        return bundle_document(load_document((folder / next(iter(files))).relative_to(folder)))

    return bundle_files


@pytest.fixture
def schema_of(bundled: Callable[..., Bundle]) -> Callable[..., Any]:
    """Return what becomes of one schema of a 3.0 document, written as YAML in flow style."""

    def upgraded(schema: str, version: str = "3.0.3") -> Any:
        text = (
            f"openapi: {version}\ninfo: {{title: T, version: '1'}}\npaths: {{}}\n"
            f"components: {{schemas: {{A: {schema}, B: {{type: object}}}}}}\n"
        )
        return bundled({"openapi.yaml": text}).node["components"]["schemas"]["A"]

    return upgraded
