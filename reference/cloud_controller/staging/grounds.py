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
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
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
            for folder, directories, files in os.walk(top):
                for name in (*directories, *files):
                    os.chown(os.path.join(folder, name), user, user, follow_symlinks=False)  # noqa: PTH118 -- names may be any bytes


def remove(directory: Path) -> None:
    """Remove a directory with all that is in it, even what scripts made inaccessible."""
    if os.path.lexists(directory):
        shutil.rmtree(directory, onerror=_open_up)


def _open_up(function: Callable[..., Any], path: str, error: Any) -> None:
    """Try again after giving ourselves the rights on the entry and on its directory."""
    if isinstance(error[1], FileNotFoundError):
        return
    with suppress(FileNotFoundError):
        for place in (os.path.dirname(path), path):  # noqa: PTH120 -- a string from shutil
            if stat.S_ISDIR(os.lstat(place).st_mode):
                os.chmod(place, 0o700)  # noqa: PTH101 -- a string from shutil
        if function in (os.open, os.scandir, os.lstat, os.listdir):
            shutil.rmtree(path, onerror=_give_up)
        else:
            function(path)


def _give_up(_: Callable[..., Any], __: str, error: Any) -> None:
    if not isinstance(error[1], FileNotFoundError):
        raise error[1]
