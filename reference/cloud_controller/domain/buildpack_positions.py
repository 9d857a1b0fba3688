"""How do the positions of the buildpacks of one lifecycle change when one of them moves?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shift:
    """The rows whose position lies in `first..last` (both included) move by `by`."""

    first: int
    last: int
    by: int


@dataclass(frozen=True, slots=True)
class Move:
    """One row takes `position`; `shift` says what its neighbours do (None: nothing)."""

    position: int
    shift: Shift | None


def move(current: int, requested: int, size: int) -> Move:
    """Where a row at `current` of `size` rows ends up when `requested` is asked for (3.5).

    Positions are dense from 1; a request outside is taken as the nearest end.
    """
    target = min(max(requested, 1), size)
    if target < current:
        return Move(target, Shift(target, current - 1, +1))
    if target > current:
        return Move(target, Shift(current + 1, target, -1))
    return Move(target, None)


def insert(requested: int, size: int) -> Move:
    """Where a new row among `size` existing ones ends up: appended, then moved (3.5)."""
    return move(size + 1, requested, size + 1)


def close_gap(removed: int, size: int) -> Shift | None:
    """Return what the rows behind a removed one do; `size` counts the rows before the removal."""
    return Shift(removed + 1, size, -1) if removed < size else None
