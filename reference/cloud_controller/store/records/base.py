"""What does every record have?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every resource has."""

    id: int = 0
    guid: str
    created_at: int
    updated_at: int
