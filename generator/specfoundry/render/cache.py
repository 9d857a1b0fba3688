"""Has anything changed since the last run?

Keys are hashes of content, never of times. A damaged or unwritable cache is no cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RESULTS = 50
_TOOLS = ("datamodel-code-generator", "jinja2", "markdown-it-py", "pydantic", "pygments", "ruff")


def digest(*parts: str | bytes) -> str:
    """Return a hash of texts; their borders count."""
    found = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(len(data).to_bytes(8, "big"))
        found.update(data)
    return found.hexdigest()


def file_digest(path: Path) -> str:
    """Return a hash of a file's content, empty when it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""


def folder_digest(folder: Path, *suffixes: str) -> str:
    """Return a hash of the files below a folder: names and content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in suffixes)
    return digest(
        *(text for path in files for text in (str(path.relative_to(folder)), file_digest(path)))
    )


@cache
def toolchain_digest(package: Path) -> str:
    """Return a hash of everything that makes output besides document, options and templates."""
    versions = [f"{name} {_version(name)}" for name in _TOOLS]
    return digest(sys.version, *versions, folder_digest(package, ".py", ".json"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of small JSON files, named by key."""

    folder: Path

    def get(self, key: str) -> Any:
        """Return what was put there, None when there is nothing usable."""
        try:
            return json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def put(self, key: str, value: Any) -> None:
        """Keep a JSON value; a cache that cannot be written is left alone."""
        path = self.folder / f"{key}.json"
        temporary = path.with_suffix(f".{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(value), encoding="utf-8")
            temporary.replace(path)
            self._forget()
        except OSError:
            temporary.unlink(missing_ok=True)

    def _forget(self) -> None:
        """Remove the oldest results; the memory of runs is small and says which files are ours."""
        kept = [path for path in self.folder.glob("*.json") if not path.name.startswith("run-")]
        kept.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in kept[_RESULTS:]:
            path.unlink(missing_ok=True)


def default_cache(root: Path, *, is_project: bool) -> Cache:
    """Return the cache beside a project's pyproject.toml, else the user's."""
    chosen = os.environ.get("SPECFOUNDRY_CACHE")
    if chosen:
        return Cache(Path(chosen))
    if is_project:
        return Cache(root / ".specfoundry" / "cache")
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Cache(Path(home) / "specfoundry")


def digests(paths: Iterable[str]) -> dict[str, str]:
    """Return path → hash of content."""
    return {path: file_digest(Path(path)) for path in paths}


def is_same(expected: Mapping[str, str]) -> bool:
    """Return whether every file still has the content whose hash is given."""
    return all(file_digest(Path(path)) == found for path, found in expected.items())
