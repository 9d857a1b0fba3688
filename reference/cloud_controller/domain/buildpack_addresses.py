"""How is the address of a buildpack shown to people?"""

from __future__ import annotations

import re
from typing import Final

_CREDENTIALS: Final = re.compile(r"(?<=://)[^/@\s]+@")


def without_credentials(address: str) -> str:
    """Return a buildpack's name or URL with `***:***@` in the place of user and password (5.3)."""
    return _CREDENTIALS.sub("***:***@", address)
