"""Is the reference of extensions in the repository the one that the command prints?

`make golden` renews it; review the difference.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from specfoundry.cli import main
from specfoundry.extensions import extensions

if TYPE_CHECKING:
    import pytest

REFERENCE = Path(__file__).parents[3] / "EXTENSIONS.md"


def printed(capsys: pytest.CaptureFixture[str], *names: str) -> str:
    assert main(["extensions", *names]) == 0
    return capsys.readouterr().out


def test_the_reference_in_the_repository_is_what_the_command_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys)

    if os.environ.get("SPECFOUNDRY_GOLDEN") == "renew":
        REFERENCE.write_text(text, encoding="utf-8")
    assert REFERENCE.read_text(encoding="utf-8") == text


def test_the_reference_has_every_extension_with_every_member(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys)

    for extension in extensions().values():
        assert f"\n## {extension.name}\n" in text
        for member in extension.members:
            assert f"| `{member.name}` |" in text


def test_one_extension_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "x-strict-query")

    assert text.startswith("## x-strict-query\n")
    assert "x-pagination" not in text


def test_an_unknown_extension_is_the_users_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["extensions", "x-logo"])

    assert code == 1
    assert "there is no extension `x-logo`" in capsys.readouterr().err
