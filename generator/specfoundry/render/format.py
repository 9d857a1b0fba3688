"""How does generated Python get its final form?"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ruff import find_ruff_bin

if TYPE_CHECKING:
    from collections.abc import Mapping

_COMMON = (
    "--isolated",
    "--no-cache",
    "--line-length",
    "100",
    "--target-version",
    "py311",
)


class FormatError(Exception):
    """Generated code is no Python: a mistake of ours."""


def format_python(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files formatted, imports sorted and unused ones removed.

    Raises:
        FormatError: A file cannot be parsed.
    """
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8", newline="\n")
        # An __init__ module's imports are its exports: F401 leaves them.
        rules = ("--select", "I,F401,UP006,UP007,UP035,UP045", "--fix", "--exit-zero")
        unused = ("--per-file-ignores", "__init__.py:F401")
        _ruff(root, "check", *_COMMON, *rules, *unused)
        _ruff(root, "format", *_COMMON)
        return {path: (root / path).read_text(encoding="utf-8") for path in files}


def _ruff(root: Path, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603  (our own executable and arguments)
        [find_ruff_bin(), *arguments, "."], capture_output=True, text=True, check=False, cwd=root
    )
    if done.returncode != 0:
        told = (done.stderr or done.stdout).strip().replace(f"{root.resolve()}{os.sep}", "")
        raise FormatError(told[:2000] or f"ruff {arguments[0]} failed")
