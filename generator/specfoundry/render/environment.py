"""How are the templates found and set up?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def environment(folders: Sequence[Path]) -> Environment:
    """Return an environment that takes each template from the first folder which has it."""
    return Environment(  # noqa: S701  (Python source, no HTML: the docs set up their own)
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
