"""Which texts does a refused change of an environment variable group get?"""

from __future__ import annotations

from typing import Final

from cloud_controller.domain.messages import apps

TOO_LARGE: Final = (
    "Environment variable group is too large. Specify fewer variables or reduce key/value lengths."
)
MAX_SIZE: Final = 65_535
"""Bytes of all variables together as JSON, as much as the real one's column holds."""


def update(body: object) -> list[str]:
    """All problems of a body; an empty one changes nothing."""
    return [] if body is None or body == {} else apps.update_environment(body)
