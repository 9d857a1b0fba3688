"""Would this run do exactly what the last one did?

Document, templates, options, toolchain and output are compared by content, and nothing heavy is
imported: a run with nothing to do costs little more than starting Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specfoundry.render.cache import (
    Cache,
    digest,
    digests,
    folder_digest,
    is_same,
    toolchain_digest,
)
from specfoundry.resources import package_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

_SOURCES = (".yaml", ".yml", ".json")
_TEMPLATES = (".jinja", ".css", ".js", ".html", ".svg")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The memory of one kind of run: one document, output and set of options."""

    cache: Cache
    options: tuple[str, ...]
    templates: tuple[Path, ...]

    @property
    def key(self) -> str:
        """The name of the memory in the cache."""
        return f"run-{digest(*self.options)[:24]}"

    def recall(self) -> dict[str, Any] | None:
        """Return what the last run remembered if nothing at all has changed since."""
        seen = self.cache.get(self.key)
        try:
            current = (
                seen["toolchain"] == self._toolchain()
                and is_same(seen["files"])
                and all(_names(Path(path)) == found for path, found in seen["folders"].items())
            )
        except (KeyError, TypeError, AttributeError):
            return None
        return seen if current else None

    def written(self) -> frozenset[str]:
        """Return the paths that the last run wrote, whatever has changed since."""
        seen = self.cache.get(self.key)
        paths = seen.get("written") if isinstance(seen, dict) else None
        is_list = isinstance(paths, list) and all(isinstance(path, str) for path in paths)
        return frozenset(paths) if paths and is_list else frozenset()

    def remember(
        self, inputs: Iterable[str], folders: Iterable[Path], output: Path, written: Iterable[str]
    ) -> None:
        """Keep what this run has read and written."""
        paths = sorted(written)
        files = [*inputs, *(str((output / path).resolve()) for path in paths)]
        self.cache.put(
            self.key,
            {
                "toolchain": self._toolchain(),
                "files": digests(files),
                "folders": {str(folder): _names(folder) for folder in folders},
                "written": paths,
            },
        )

    def _toolchain(self) -> str:
        found = (folder_digest(folder, *_TEMPLATES) for folder in self.templates)
        return digest(toolchain_digest(package_folder()), *found)


def _names(folder: Path) -> str:
    """Return a hash of the names of the source files below a folder: a new file is a change."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return digest(*sorted(name for name in found if name.endswith(_SOURCES)))
