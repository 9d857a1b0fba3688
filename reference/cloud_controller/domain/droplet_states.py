"""Which states do builds and droplets have, and which of them expire?"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class BuildState(StrEnum):
    """The states of a build (behaviour document, 5.4)."""

    STAGING = "STAGING"
    STAGED = "STAGED"
    FAILED = "FAILED"


class DropletState(StrEnum):
    """The states of a droplet (behaviour document, 5.5).

    A job of its own, or that of its build, leads each out of `PROCESSING_UPLOAD`, `COPYING` or
    `STAGING`; only pruning leads out of `STAGED`.
    """

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    PROCESSING_UPLOAD = "PROCESSING_UPLOAD"
    COPYING = "COPYING"
    STAGING = "STAGING"
    STAGED = "STAGED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


LISTED: Final[tuple[str, ...]] = tuple(
    state.value for state in DropletState if state is not DropletState.STAGING
)
"""The states of the droplets that lists show (S78)."""


def surplus(staged_newest_first: list[str], *, keep: int, current: str | None) -> list[str]:
    """Return the guids to expire, given an app's staged droplets from newest to oldest.

    `current`, the app's current droplet, neither counts nor expires.
    """
    counted = [guid for guid in staged_newest_first if guid != current]
    return counted[keep:]
