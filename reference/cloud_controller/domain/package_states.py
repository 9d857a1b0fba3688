"""Which states does a package have, and what may follow what?"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class PackageState(StrEnum):
    """The states of a package (behaviour document, 2.3)."""

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    PROCESSING_UPLOAD = "PROCESSING_UPLOAD"
    READY = "READY"
    FAILED = "FAILED"
    COPYING = "COPYING"
    EXPIRED = "EXPIRED"


class PackageType(StrEnum):
    """What a package holds: uploaded bits, or the name of an image."""

    BITS = "bits"
    DOCKER = "docker"


_FOLLOWING: Final[dict[PackageState, frozenset[PackageState]]] = {
    PackageState.AWAITING_UPLOAD: frozenset({PackageState.PROCESSING_UPLOAD}),
    PackageState.PROCESSING_UPLOAD: frozenset({PackageState.READY, PackageState.FAILED}),
    PackageState.COPYING: frozenset({PackageState.READY, PackageState.FAILED}),
    # A failure never overwrites READY; only pruning leads out of it.
    PackageState.READY: frozenset({PackageState.EXPIRED}),
    PackageState.FAILED: frozenset({PackageState.EXPIRED}),
    PackageState.EXPIRED: frozenset(),
}

PRUNABLE: Final[frozenset[PackageState]] = frozenset({PackageState.READY, PackageState.FAILED})
"""The states that count towards `packages.max_valid_packages_stored`."""


def initial_state(package_type: PackageType, *, copied: bool) -> PackageState:
    """Return the state of a new package: only bits have to arrive first (2.5, 2.6)."""
    if package_type is PackageType.DOCKER:
        return PackageState.READY
    return PackageState.COPYING if copied else PackageState.AWAITING_UPLOAD


def may_follow(before: PackageState, after: PackageState) -> bool:
    """Whether a package may go from `before` to `after` in one step."""
    return after in _FOLLOWING[before]


def surplus(finished_newest_first: list[str], *, keep: int, in_use: str | None) -> list[str]:
    """Return the guids to expire, given an app's prunable packages from newest to oldest (2.3).

    `in_use`, the package behind the app's current droplet, neither counts nor expires.
    """
    counted = [guid for guid in finished_newest_first if guid != in_use]
    return counted[max(keep, 0) :]
