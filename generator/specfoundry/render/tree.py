"""How does a tree of texts become a folder, and what would change?"""

from __future__ import annotations

import difflib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from specfoundry.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How a folder differs from a tree; paths relative to the folder, with `/`."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether the folder differs at all."""
        return bool(self.added or self.changed or self.removed)


def compare_tree(tree: Mapping[str, str], folder: Path, owned: frozenset[str]) -> Changes:
    """Compare a folder with a tree.

    Args:
        tree: path → text.
        folder: where it belongs.
        owned: paths that an earlier run wrote: what is no longer in the tree is stale.
    """
    found = {path: _read(folder / path) for path in tree}
    stale = (path for path in owned - tree.keys() if (folder / path).is_file())
    return Changes(
        added=tuple(sorted(path for path in tree if found[path] is None)),
        changed=tuple(sorted(p for p in tree if found[p] is not None and found[p] != tree[p])),
        removed=tuple(sorted(stale)),
        unchanged=tuple(sorted(path for path in tree if found[path] == tree[path])),
    )


def write_tree(tree: Mapping[str, str], folder: Path, changes: Changes) -> None:
    """Write what was added or changed, each file atomically, then remove what is stale.

    Raises:
        OutputError: Something cannot be written.
    """
    try:
        for path in (*changes.added, *changes.changed):
            _write(folder / path, tree[path])
        for path in changes.removed:
            (folder / path).unlink(missing_ok=True)
            _remove_empty((folder / path).parent, folder)
    except OSError as error:
        raise OutputError(f"{error.filename or folder}: {error.strerror or error}") from error


def iter_diff(tree: Mapping[str, str], folder: Path, changes: Changes) -> Iterator[str]:
    """Yield the lines of a unified diff from the folder to the tree."""
    for path in sorted((*changes.added, *changes.changed, *changes.removed)):
        before = _read(folder / path) or ""
        after = tree.get(path, "")
        yield from difflib.unified_diff(
            before.splitlines(),
            after.splitlines(),
            str(folder / path) if before else "/dev/null",
            str(folder / path) if path in tree else "/dev/null",
            lineterm="",
        )


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except UnicodeDecodeError:
        return ""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
