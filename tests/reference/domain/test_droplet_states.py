"""Which droplets expire (section 5.5)?"""

from __future__ import annotations

from cloud_controller.domain import droplet_states


def test_the_oldest_staged_beyond_the_limit_expire_but_not_the_current_one() -> None:
    newest_first = ["e", "d", "c", "b", "a"]

    assert droplet_states.surplus(newest_first, keep=3, current=None) == ["b", "a"]
    assert droplet_states.surplus(newest_first, keep=3, current="b") == ["a"]
    assert droplet_states.surplus(newest_first, keep=9, current=None) == []
