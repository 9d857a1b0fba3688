"""Where does one staging take place, and what does it leave behind?

work/            only the server reads it
  tmp/           `/tmp` of the scripts: app/, cache/, contents/deps/, contents/profile.d/
  home/          their home directory
  shm/           their `/dev/shm`
  buildpacks/    unpacked buildpacks, read-only to them
  droplet.tgz
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from cloud_controller.staging import usage

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Grounds:
    """The directories of one staging below `work`, which must be an absolute path without links."""

    work: Path

    @property
    def temporary(self) -> Path:
        """All that the scripts may write, but for their home."""
        return self.work / "tmp"

    @property
    def app(self) -> Path:
        """The app's files, and what buildpacks make of them."""
        return self.temporary / "app"

    @property
    def cache(self) -> Path:
        """What buildpacks keep from one staging of the app to the next."""
        return self.temporary / "cache"

    @property
    def contents(self) -> Path:
        """What besides the app becomes part of the droplet."""
        return self.temporary / "contents"

    @property
    def dependencies(self) -> Path:
        """One directory for each buildpack that supplies something."""
        return self.contents / "deps"

    @property
    def profile(self) -> Path:
        """Scripts that run before the app."""
        return self.contents / "profile.d"

    @property
    def home(self) -> Path:
        """The scripts' home directory."""
        return self.work / "home"

    @property
    def shared_memory(self) -> Path:
        """The scripts' `/dev/shm`."""
        return self.work / "shm"

    @property
    def buildpacks(self) -> Path:
        """The unpacked buildpacks."""
        return self.work / "buildpacks"

    @property
    def droplet(self) -> Path:
        """The droplet's tar.gz."""
        return self.work / "droplet.tgz"

    @property
    def writable(self) -> tuple[Path, ...]:
        """What scripts can fill; its size is bounded."""
        return (self.temporary, self.home, self.shared_memory)

    def is_own(self, path: Path) -> bool:
        """Return whether no script has put a link in the way that leads elsewhere.

        Only then may the server read or change what lies there. To be asked while no script runs.
        """
        return os.path.realpath(path) == os.fspath(path)

    def make(self) -> None:
        """Make the directories; what lay there before is gone."""
        remove(self.work)
        self.work.mkdir(mode=0o700, parents=True)
        for directory in (*self.writable, self.buildpacks, self.app, self.cache):
            directory.mkdir(mode=0o755)
        # Where the read-only buildpacks come to lie for the scripts.
        (self.temporary / "buildpacks").mkdir(mode=0o755)
        self.dependencies.mkdir(mode=0o755, parents=True)
        self.profile.mkdir(mode=0o755)

    def give_to(self, user: int) -> None:
        """Make a user (who is also a group) the owner of all that scripts may change."""
        for top in self.writable:
            os.chown(top, user, user)
            for entry in usage.entries_below(os.fspath(top)):
                os.chown(entry.path, user, user, follow_symlinks=False)


def remove(directory: Path) -> None:
    """Remove a directory with all that is in it, however deep and inaccessible scripts made it.

    Directories are moved up before they are emptied, so that neither the length of a path nor
    their depth matters; meanwhile they lie beside `directory` under names that begin with a dot.
    """
    if directory.is_symlink() or not directory.is_dir():
        directory.unlink(missing_ok=True)
        return
    base = os.path.join(directory.parent, f".{uuid4().hex}")  # noqa: PTH118 -- names may be any bytes
    waiting, number = [os.fspath(directory)], 0
    while waiting:
        current = waiting.pop()
        os.chmod(current, 0o700)  # noqa: PTH101 -- see above
        with os.scandir(current) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    number += 1
                    os.chmod(entry.path, 0o700)  # noqa: PTH101 -- see above
                    os.rename(entry.path, f"{base}-{number}")  # noqa: PTH104 -- see above
                    waiting.append(f"{base}-{number}")
                else:
                    os.unlink(entry.path)  # noqa: PTH108 -- see above
        os.rmdir(current)  # noqa: PTH106 -- see above
