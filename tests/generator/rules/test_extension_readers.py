"""Does the reference of extensions name those who read them?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from specfoundry.extensions import extensions
from specfoundry.resources import package_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TARGETS = package_folder() / "targets"


def named_in(sources: Iterable[Path]) -> set[str]:
    """The extensions that modules name as texts of their own."""
    texts = [path.read_text(encoding="utf-8") for path in sources]
    return {name for name in extensions() if any(f'"{name}"' in text for text in texts)}


@pytest.mark.parametrize(
    ("reader", "sources"),
    [
        ("docs", [*TARGETS.glob("docs_*.py")]),
        ("fuzz", [*(package_folder() / "fuzz").rglob("*.py")]),
    ],
)
def test_those_who_name_an_extension_are_said_to_read_it(reader: str, sources: list[Path]) -> None:
    said = {name for name, extension in extensions().items() if reader in extension.readers}

    assert named_in(sources) == said


def test_every_reader_is_somebody() -> None:
    known = {"validate", "server", "client", "docs", "fuzz"}

    assert {reader for one in extensions().values() for reader in one.readers} <= known


def test_an_extension_has_a_name_that_openapi_leaves_free() -> None:
    assert all(re.fullmatch(r"x-[a-z]+(-[a-z]+)*", name) for name in extensions())
