"""What holds buildpacks' scripts on this machine, as the operator wants it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_controller.staging.bubblewrap import bubblewrap
from cloud_controller.staging.confinement import ConfinementError, unconfined

if TYPE_CHECKING:
    from pathlib import Path

    from cloud_controller.staging.confinement import Confinement


def confine(way: str, *, network: bool, hidden: Path) -> Confinement | str:
    """Return what holds scripts, or one line that says why buildpacks cannot run.

    Args:
        way: `sandboxed`, `unsandboxed` or `off`.
        network: Whether scripts in the sandbox may reach the network.
        hidden: The server's data directory.

    """
    if way == "off":
        return "staging with buildpacks is switched off (--staging off)"
    try:
        if way == "unsandboxed":
            return unconfined()
        return bubblewrap(network=network, hidden=hidden)
    except ConfinementError as error:
        if way == "unsandboxed":
            return f"staging with buildpacks is not possible: {error}"
        return (
            f"staging with buildpacks needs a sandbox: {error};"
            " the operator may do without it (--staging unsandboxed)"
        )
