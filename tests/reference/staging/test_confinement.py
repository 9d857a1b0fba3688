"""What is said where scripts cannot be held?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cloud_controller.staging import confine, confinement

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only directory in which programs are looked for."""
    found = tmp_path / "bin"
    found.mkdir()
    monkeypatch.setattr(confinement, "PATH", str(found))
    return found


def program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def said(way: str, folder: Path) -> str:
    found = confine(way, network=False, hidden=folder)
    assert isinstance(found, str)
    assert "\n" not in found
    return found


def test_a_missing_sandbox_is_named_with_its_package(programs: Path) -> None:
    assert said("sandboxed", programs) == (
        "staging with buildpacks needs a sandbox: bwrap is not installed (Debian package"
        " bubblewrap); the operator may do without it (--staging unsandboxed)"
    )


def test_a_sandbox_that_does_not_work_says_why(programs: Path) -> None:
    complaint = "bwrap: No permissions to create new namespace"
    program(programs, "bwrap", f"echo first >&2; echo '{complaint}' >&2; exit 1")
    for name in ("prlimit", "xargs", "setpriv"):
        program(programs, name, "exit 1")
    assert f"bubblewrap does not work here: {complaint};" in said("sandboxed", programs)


def test_without_a_sandbox_the_limits_are_still_needed(programs: Path) -> None:
    assert "prlimit is not installed" in said("unsandboxed", programs)


def test_switched_off_is_switched_off(tmp_path: Path) -> None:
    assert "--staging off" in said("off", tmp_path)


def test_a_server_whose_user_is_root_runs_scripts_as_somebody_else(tmp_path: Path) -> None:
    found = confine("sandboxed", network=False, hidden=tmp_path)
    if isinstance(found, str):
        pytest.skip(found)
    user = found.user("a-build")
    assert (user is not None and user >= 62_000) is (os.geteuid() == 0)
