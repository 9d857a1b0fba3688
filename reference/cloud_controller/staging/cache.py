"""What do buildpacks keep from one staging of an app to the next?

`ROOT/<app guid>/<stack>/`: a directory that the scripts of the last successful staging left.
"""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

from cloud_controller.staging.grounds import remove

if TYPE_CHECKING:
    from pathlib import Path


def directory(root: Path, app_guid: str, stack: str) -> Path:
    """Return where the cache of an app for a stack is kept."""
    # A stack may be called anything.
    return root / app_guid / hashlib.sha256(stack.encode()).hexdigest()[:16]


def fetch(kept: Path, target: Path) -> None:
    """Fill the new directory `target` with what was kept, if anything was and can be read."""
    if kept.is_dir() and not kept.is_symlink():
        target.rmdir()
        try:
            shutil.copytree(kept, target, symlinks=True)
        except (OSError, RecursionError):  # scripts may leave anything there: pipes, great depths
            remove(target)
            target.mkdir(mode=0o755)


def keep(source: Path, kept: Path) -> None:
    """Make what lies in `source` the cache; it is taken away from there."""
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove(kept)
    source.rename(kept)


def clear(root: Path, app_guid: str) -> None:
    """Forget the caches of an app."""
    remove(root / app_guid)
