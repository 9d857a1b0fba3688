"""How are the templates found and set up?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def environment(folders: Sequence[Path]) -> Environment:
    """Return an environment that takes each template from the first folder which has it."""
    made = Environment(  # noqa: S701  (Python source, no HTML: the docs set up their own)
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["in_docstring"] = in_docstring
    return made


def in_docstring(text: str) -> str:
    """Return a text in one line that can stand anywhere between triple quotes."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split()).replace("\\", "\\\\").replace('"', '\\"')
