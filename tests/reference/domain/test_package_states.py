"""Which states may follow each other, and which packages expire (section 2.3)?"""

from __future__ import annotations

import pytest

from cloud_controller.domain import package_states
from cloud_controller.domain.package_states import PackageState, PackageType

ALLOWED = {
    ("AWAITING_UPLOAD", "PROCESSING_UPLOAD"),
    ("PROCESSING_UPLOAD", "READY"),
    ("PROCESSING_UPLOAD", "FAILED"),
    ("COPYING", "READY"),
    ("COPYING", "FAILED"),
    ("READY", "EXPIRED"),
    ("FAILED", "EXPIRED"),
}


@pytest.mark.parametrize("before", PackageState)
@pytest.mark.parametrize("after", PackageState)
def test_only_the_documented_steps_are_taken(before: PackageState, after: PackageState) -> None:
    assert package_states.may_follow(before, after) is ((before, after) in ALLOWED)


@pytest.mark.parametrize(
    ("kind", "copied", "state"),
    [
        ("bits", False, "AWAITING_UPLOAD"),
        ("bits", True, "COPYING"),
        ("docker", False, "READY"),
        ("docker", True, "READY"),
    ],
)
def test_a_new_package_begins_as_documented(kind: str, copied: bool, state: str) -> None:
    assert package_states.initial_state(PackageType(kind), copied=copied) == state


def test_the_oldest_beyond_the_limit_expire_but_not_the_one_in_use() -> None:
    newest_first = ["e", "d", "c", "b", "a"]

    assert package_states.surplus(newest_first, keep=3, in_use=None) == ["b", "a"]
    assert package_states.surplus(newest_first, keep=3, in_use="b") == ["a"]
    assert package_states.surplus(newest_first, keep=9, in_use=None) == []
