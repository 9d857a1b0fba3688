"""How do the tests run the installed command?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

SOUND = """\
openapi: 3.1.1
info: {title: Pets, version: "1"}
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        "200":
          description: Pets.
          content:
            application/json:
              schema: {$ref: schemas/Pet.yaml}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a sound document of two files, and no settings."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "openapi.yaml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "schemas" / "Pet.yaml").write_text("type: object\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def specfoundry(project: Path) -> Run:
    """Run the installed command in the project's folder."""
    command = Path(sys.executable).parent / "specfoundry"

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(command), *arguments],
            cwd=project,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run
