"""In which state does a package begin, and which packages expire (section 2.3)?"""

from __future__ import annotations

import pytest

from cloud_controller.domain import package_states
from cloud_controller.domain.package_states import PackageType


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
