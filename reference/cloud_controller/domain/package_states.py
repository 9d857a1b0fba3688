"""Which states does a package have, and which of them expire?"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class PackageState(StrEnum):
    """The states of a package (behaviour document, 2.3).

    A job of its own leads each out of `PROCESSING_UPLOAD` or `COPYING`; only pruning leads out of
    `READY` and `FAILED`.
    """

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


PRUNABLE: Final[frozenset[PackageState]] = frozenset({PackageState.READY, PackageState.FAILED})
"""The states that count towards `packages.max_valid_packages_stored`."""


def initial_state(package_type: PackageType, *, copied: bool) -> PackageState:
    """Return the state of a new package: only bits have to arrive first (2.5, 2.6)."""
    if package_type is PackageType.DOCKER:
        return PackageState.READY
    return PackageState.COPYING if copied else PackageState.AWAITING_UPLOAD


def surplus(finished_newest_first: list[str], *, keep: int, in_use: str | None) -> list[str]:
    """Return the guids to expire, given an app's prunable packages from newest to oldest (2.3).

    `in_use`, the package behind the app's current droplet, neither counts nor expires.
    """
    counted = [guid for guid in finished_newest_first if guid != in_use]
    return counted[keep:]
