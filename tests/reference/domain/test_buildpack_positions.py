"""Do positions stay dense, and does a moved buildpack end up where a list would put it?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cloud_controller.domain import buildpack_positions
from cloud_controller.domain.buildpack_positions import Shift


def shifted(positions: dict[str, int], shift: Shift | None) -> dict[str, int]:
    if shift is None:
        return positions
    return {
        name: place + shift.by if shift.first <= place <= shift.last else place
        for name, place in positions.items()
    }


def in_order(positions: dict[str, int]) -> list[str]:
    assert sorted(positions.values()) == list(range(1, len(positions) + 1))
    return sorted(positions, key=positions.__getitem__)


steps = st.lists(
    st.tuples(
        st.sampled_from(["insert", "move", "remove"]), st.integers(-3, 12), st.integers(0, 9)
    ),
    max_size=30,
)


@given(steps)
def test_any_sequence_of_changes_behaves_like_a_plain_list(
    changes: list[tuple[str, int, int]],
) -> None:
    model: list[str] = []
    positions: dict[str, int] = {}
    for number, (kind, requested, pick) in enumerate(changes):
        if kind == "insert":
            name = f"buildpack-{number}"
            move = buildpack_positions.insert(requested, len(positions))
            positions = {**shifted(positions, move.shift), name: move.position}
            model.insert(min(max(requested, 1), len(model) + 1) - 1, name)
        elif model and kind == "move":
            name = model[pick % len(model)]
            move = buildpack_positions.move(positions[name], requested, len(positions))
            others = {other: place for other, place in positions.items() if other != name}
            positions = {**shifted(others, move.shift), name: move.position}
            model.remove(name)
            model.insert(min(max(requested, 1), len(model) + 1) - 1, name)
        elif model:
            name = model.pop(pick % len(model))
            gap = buildpack_positions.close_gap(positions[name], len(positions))
            del positions[name]
            positions = shifted(positions, gap)
        assert in_order(positions) == model


def test_a_new_buildpack_without_position_comes_first() -> None:
    assert buildpack_positions.insert(0, 3) == buildpack_positions.Move(1, Shift(1, 3, +1))


def test_a_position_beyond_the_end_is_the_last_one() -> None:
    assert buildpack_positions.insert(99, 3) == buildpack_positions.Move(4, None)


def test_staying_in_place_moves_nobody() -> None:
    assert buildpack_positions.move(2, 2, 3).shift is None
