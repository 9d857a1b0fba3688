"""Which states of droplets may follow each other, and which droplets expire (section 5.5)?"""

from __future__ import annotations

import pytest

from cloud_controller.domain import droplet_states
from cloud_controller.domain.droplet_states import DropletState

ALLOWED = {
    ("AWAITING_UPLOAD", "PROCESSING_UPLOAD"),
    ("PROCESSING_UPLOAD", "STAGED"),
    ("PROCESSING_UPLOAD", "FAILED"),
    ("COPYING", "STAGED"),
    ("COPYING", "FAILED"),
    ("STAGING", "STAGED"),
    ("STAGING", "FAILED"),
    ("STAGED", "EXPIRED"),
}


@pytest.mark.parametrize("before", DropletState)
@pytest.mark.parametrize("after", DropletState)
def test_droplets_take_only_the_documented_steps(before: DropletState, after: DropletState) -> None:
    assert droplet_states.may_follow(before, after) is ((before, after) in ALLOWED)


def test_the_oldest_staged_beyond_the_limit_expire_but_not_the_current_one() -> None:
    newest_first = ["e", "d", "c", "b", "a"]

    assert droplet_states.surplus(newest_first, keep=3, current=None) == ["b", "a"]
    assert droplet_states.surplus(newest_first, keep=3, current="b") == ["a"]
    assert droplet_states.surplus(newest_first, keep=9, current=None) == []
