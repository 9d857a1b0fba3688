"""Which states do builds and droplets have, and what may follow what?"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class BuildState(StrEnum):
    """The states of a build (behaviour document, 5.4)."""

    STAGING = "STAGING"
    STAGED = "STAGED"
    FAILED = "FAILED"


class DropletState(StrEnum):
    """The states of a droplet (behaviour document, 5.5)."""

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    PROCESSING_UPLOAD = "PROCESSING_UPLOAD"
    COPYING = "COPYING"
    STAGING = "STAGING"
    STAGED = "STAGED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


_FOLLOWING: Final[dict[DropletState, frozenset[DropletState]]] = {
    DropletState.AWAITING_UPLOAD: frozenset({DropletState.PROCESSING_UPLOAD}),
    DropletState.PROCESSING_UPLOAD: frozenset({DropletState.STAGED, DropletState.FAILED}),
    DropletState.COPYING: frozenset({DropletState.STAGED, DropletState.FAILED}),
    DropletState.STAGING: frozenset({DropletState.STAGED, DropletState.FAILED}),
    # Only pruning leads out of STAGED; what failed has no bits that could be removed.
    DropletState.STAGED: frozenset({DropletState.EXPIRED}),
    DropletState.FAILED: frozenset(),
    DropletState.EXPIRED: frozenset(),
}

LISTED: Final[tuple[str, ...]] = tuple(
    state.value for state in DropletState if state is not DropletState.STAGING
)
"""The states of the droplets that lists show (S78)."""


def may_follow(before: DropletState, after: DropletState) -> bool:
    """Whether a droplet may go from `before` to `after` in one step."""
    return after in _FOLLOWING[before]


def surplus(staged_newest_first: list[str], *, keep: int, current: str | None) -> list[str]:
    """Return the guids to expire, given an app's staged droplets from newest to oldest.

    `current`, the app's current droplet, neither counts nor expires.
    """
    counted = [guid for guid in staged_newest_first if guid != current]
    return counted[max(keep, 0) :]
