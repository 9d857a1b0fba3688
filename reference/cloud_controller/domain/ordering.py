"""In which order does a list come?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMES: Final = ("created_at", "updated_at")
NAMES: Final = (*TIMES, "name")
APPS: Final = (*NAMES, "state")
BUILDPACKS: Final = (*TIMES, "position", "lifecycle")

V2_BUILDPACK_COLUMNS: Final = (
    "id",
    "guid",
    "created_at",
    "updated_at",
    "name",
    "stack",
    "position",
    "enabled",
    "locked",
    "filename",
    "lifecycle",
)
"""What `order-by` of the v2 list sorts by; the 2014 document says any column (section 7.4)."""


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by `column`, ties by guid in the same direction (1.5)."""

    column: str
    descending: bool = False

    @property
    def text(self) -> str:
        """The normalised value that page links repeat: a sign and the name."""
        return f"{'-' if self.descending else '+'}{self.column}"


def parse(text: str | None, allowed: Sequence[str]) -> Order | None:
    """Read `order_by`; None for the default order (absent or empty).

    Raises ValueError with the documented text when the name is not allowed (1.5).
    """
    if not text:
        return None
    name = text[1:] if text[0] in "+-" else text
    if name not in allowed:
        quoted = ", ".join(f"'{one}'" for one in allowed)
        raise ValueError(f"Order by can only be: {quoted}")
    return Order(name, text.startswith("-"))
