"""What do a buildpack's scripts see of the machine inside bubblewrap?

A read-only system without users' and servers' files, processes and network of their own, and the
staging's directories. Started by root, they run under a user that nobody else has; started by
anybody else, in a user namespace. Either way without capabilities.
"""

from __future__ import annotations

import os
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cloud_controller.staging import usage
from cloud_controller.staging.confinement import (
    PATH,
    Command,
    ConfinementError,
    Limits,
    program,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cloud_controller.staging.grounds import Grounds

_HOME: Final = "/home/vcap"
_USER: Final = 2000
# Real users of the machine for scripts that root starts, so that their processes are counted for
# themselves. No distribution hands these numbers out, and containers usually have them.
_FIRST_USER: Final = 62_000
_USERS: Final = 1_000
_ATTEMPT_SECONDS: Final = 30

_LINKS: Final = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_CONFIGURATION: Final = (
    "alternatives", "bash.bashrc", "ca-certificates", "ca-certificates.conf", "debian_version",
    "inputrc", "java", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "locale.alias",
    "locale.conf", "localtime", "lsb-release", "magic", "mime.types", "nsswitch.conf",
    "os-release", "perl", "pki", "profile", "protocols", "python3", "services", "ssl",
    "terminfo", "timezone",
)  # fmt: skip
_NETWORK: Final = ("gai.conf", "host.conf", "hosts", "resolv.conf")


_COMMAND: Final = "/etc/staging-command"
_PLACES: Final = {"passwd": "/etc/passwd", "group": "/etc/group", "command": _COMMAND}


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """Scripts in namespaces of their own.

    Attributes:
        bwrap: The program.
        prlimit: The program that sets limits.
        xargs: The program that reads a command from a file.
        setpriv: The program that changes the user; `None` when the server's user is not root.
        network: Whether scripts reach the network.
        hidden: A directory that they must not see, wherever it lies.

    """

    bwrap: str
    prlimit: str
    xargs: str
    setpriv: str | None
    network: bool
    hidden: Path

    def seen(self, grounds: Grounds, path: Path) -> str:
        """Return the path below `/tmp` or the home directory."""
        for outside, inside in (
            (grounds.temporary, "/tmp"),  # noqa: S108 -- their own
            (grounds.buildpacks, "/tmp/buildpacks"),  # noqa: S108 -- their own
            (grounds.home, _HOME),
        ):
            if path.is_relative_to(outside):
                return str(inside / path.relative_to(outside))
        raise ValueError(f"{path}: scripts do not see it")

    def user(self, build_guid: str) -> int | None:
        """Return the user for the scripts of one build, when it is another than the server's."""
        if self.setpriv is None:
            return None
        return _FIRST_USER + zlib.crc32(build_guid.encode()) % _USERS

    def command(
        self,
        grounds: Grounds,
        limits: Limits,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        user: int | None,
    ) -> Command:
        """Return the command with bubblewrap, the change of user and the limits before it."""
        own = {"PATH": PATH, "HOME": _HOME, "USER": "vcap", **environment}
        # What runs before the user has changed must not be swayed by an app's variables such as
        # LD_PRELOAD, and no one should read them in a list of processes: they come from a file.
        files = _Files(grounds.work / "etc", user or _USER)
        files.write([*(f"{name}={value}" for name, value in own.items()), *arguments])
        options = [
            *self._namespaces(user),
            *_system(self.network),
            *self._directories(grounds),
            *files.options(),
            "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/",
        ]  # fmt: skip
        return Command(
            (
                self.bwrap, "--args", "{options}", "--",
                *self._change_user(user),
                *limits.arguments(self.prlimit),
                self.xargs, "-0", "-x", "-n", "1000000", "-a", _COMMAND, "env", "-i",
            ),
            {"PATH": PATH},
            directory=grounds.work,
            end=usage.kill_children,
            options=b"".join(os.fsencode(option) + b"\0" for option in options),
        )  # fmt: skip

    def attempt(self) -> None:
        """Start an empty sandbox.

        Raises:
            ConfinementError: The system does not let it work.

        """
        user = self.user("attempt")
        options = [*self._namespaces(user), *_system(self.network)]
        limits = Limits(memory=1 << 30, disk=1 << 20, cpu=10).arguments(self.prlimit)
        ended = subprocess.run(  # noqa: S603 -- our own command
            [self.bwrap, *options, "--", *self._change_user(user), *limits, "true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_ATTEMPT_SECONDS,
        )
        if ended.returncode != 0:
            said = ended.stderr.decode(errors="replace").strip().splitlines()
            reason = said[-1] if said else "no reason given"
            raise ConfinementError(f"bubblewrap does not work here: {reason}")

    def _namespaces(self, user: int | None) -> list[str]:
        options = [
            "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
            "--die-with-parent", "--new-session", "--clearenv", "--hostname", "staging",
        ]  # fmt: skip
        if not self.network:
            options.append("--unshare-net")
        if user is None:
            return [*options, "--unshare-user", "--uid", str(_USER), "--gid", str(_USER)]
        kept = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")  # until the user has changed
        return [*options, "--cap-drop", "ALL", *_each("--cap-add", kept)]

    def _directories(self, grounds: Grounds) -> list[str]:
        hidden = ["--tmpfs", str(self.hidden)] if self.hidden.is_relative_to("/usr") else []
        return [
            *hidden,
            "--bind", str(grounds.temporary), "/tmp",  # noqa: S108 -- their own
            "--ro-bind", str(grounds.buildpacks), "/tmp/buildpacks",  # noqa: S108 -- their own
            "--perms", "0755", "--dir", "/home",
            "--bind", str(grounds.home), _HOME,
            "--bind", str(grounds.shared_memory), "/dev/shm",  # noqa: S108 -- their own
        ]  # fmt: skip

    def _change_user(self, user: int | None) -> list[str]:
        if self.setpriv is None or user is None:
            return []
        return [
            self.setpriv, f"--reuid={user}", f"--regid={user}", "--clear-groups",
            "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--",
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Files:
    """The files in `/etc` that each staging has for itself."""

    directory: Path
    user: int

    def write(self, command: Sequence[str]) -> None:
        self.directory.mkdir(exist_ok=True)
        account = f"vcap:x:{self.user}:{self.user}::{_HOME}:/bin/bash\n"
        self._write("passwd", account.encode())
        self._write("group", f"vcap:x:{self.user}:\n".encode())
        self._write("command", b"".join(os.fsencode(part) + b"\0" for part in command))

    def _write(self, name: str, contents: bytes) -> None:
        path = self.directory / name
        path.write_bytes(contents)
        path.chmod(0o644)

    def options(self) -> list[str]:
        found = []
        for name, place in _PLACES.items():
            found += ["--ro-bind", str(self.directory / name), place]
        return found


def _system(network: bool) -> list[str]:
    options = ["--ro-bind", "/usr", "/usr"]
    for name in _LINKS:
        path = Path("/", name)
        if path.is_symlink():
            options += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            options += ["--ro-bind", str(path), str(path)]
    options += ["--proc", "/proc", "--dev", "/dev", "--perms", "0755", "--dir", "/etc"]
    for name in (*_CONFIGURATION, *(_NETWORK if network else ())):
        options += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return options


def _each(option: str, values: Sequence[str]) -> list[str]:
    return [part for value in values for part in (option, value)]


def bubblewrap(*, network: bool, hidden: Path) -> Bubblewrap:
    """Return the sandbox, having tried it.

    Args:
        network: Whether scripts may reach the network.
        hidden: The server's data directory.

    Raises:
        ConfinementError: A program is missing, or the system does not let it work.

    """
    found = Bubblewrap(
        program("bwrap", "bubblewrap"),
        program("prlimit", "util-linux"),
        program("xargs", "findutils"),
        program("setpriv", "util-linux") if os.geteuid() == 0 else None,
        network,
        hidden.absolute(),
    )
    found.attempt()
    return found
