"""How are a buildpack's scripts held, and how are they started without?

A confinement turns a script's command into the command that is really run. `Unconfined` sets
limits only; `bubblewrap.Bubblewrap` isolates as well.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cloud_controller.staging import usage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cloud_controller.staging.grounds import Grounds

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

MARK = "STAGING_WORK_DIRECTORY"
"""By this variable, scripts without a sandbox are found when their server has died."""


class ConfinementError(Exception):
    """Scripts cannot be started as the operator wants it; the text is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the scripts of one staging may take; sizes in bytes, times in seconds."""

    memory: int
    disk: int
    cpu: int
    processes: int = 1024
    open_files: int = 16_384

    def arguments(self, prlimit: str) -> list[str]:
        """Return the start of a command line that sets them for what follows."""
        return [
            prlimit,
            # Memory that can be written, not address space: runtimes reserve much of that.
            f"--data={self.memory}",
            f"--fsize={self.disk}",
            f"--cpu={self.cpu}",
            f"--nproc={self.processes}",
            f"--nofile={self.open_files}",
            "--core=0",
            "--",
        ]


@dataclass(frozen=True, slots=True)
class Command:
    """A command to start.

    Attributes:
        arguments: The program and its arguments; `{options}` stands for a descriptor to read
            `options` from.
        environment: All that it gets.
        directory: Where it begins.
        end: Kills all that the command started, given its process.
        options: More arguments, which nobody else should see.

    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    end: Callable[[int], None]
    options: bytes = b""


class Confinement(Protocol):
    """How scripts are started."""

    def seen(self, grounds: Grounds, path: Path) -> str:
        """Return the path under which scripts see what lies at `path`."""

    def user(self, build_guid: str) -> int | None:
        """Return who must own what scripts may change; `None`: whoever made it."""

    def command(
        self,
        grounds: Grounds,
        limits: Limits,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        user: int | None,
    ) -> Command:
        """Return the command that runs a script with this environment and no other."""


@dataclass(frozen=True, slots=True)
class Unconfined:
    """Only limits: scripts see and reach what the server's user does."""

    prlimit: str

    def seen(self, grounds: Grounds, path: Path) -> str:  # noqa: ARG002 -- everywhere the same
        """Return the path as it is."""
        return str(path)

    def user(self, build_guid: str) -> int | None:  # noqa: ARG002 -- for all the same
        """Let the server's user own all."""
        return None

    def command(
        self,
        grounds: Grounds,
        limits: Limits,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        user: int | None,  # noqa: ARG002 -- see above
    ) -> Command:
        """Return the command with limits before it."""
        whole = {
            "PATH": PATH,
            "HOME": str(grounds.home),
            "TMPDIR": str(grounds.temporary),
            **environment,
            MARK: str(grounds.work),
        }
        return Command(
            (*limits.arguments(self.prlimit), *arguments),
            whole,
            directory=grounds.temporary,
            end=usage.kill_family,
        )


def unconfined() -> Unconfined:
    """Return the confinement that only limits.

    Raises:
        ConfinementError: The program that sets limits is missing.

    """
    return Unconfined(program("prlimit", "util-linux"))


def program(name: str, package: str) -> str:
    """Return where a program is.

    Raises:
        ConfinementError: It is not installed.

    """
    found = shutil.which(name, path=PATH)
    if found is None:
        raise ConfinementError(f"{name} is not installed (Debian package {package})")
    return found
