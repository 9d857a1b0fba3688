"""What time is it, and how is a time written?

Times are stored as whole microseconds since 1970 (UTC), which orders rows finely, and are written
as whole seconds, `YYYY-MM-DDThh:mm:ssZ` (cloud-controller-behaviour.md 1.7).
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

MICROSECONDS = 1_000_000

_TEXT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


def now() -> int:
    """Return the present as microseconds since 1970 (UTC)."""
    return time.time_ns() // 1000


def text(moment: int) -> str:
    """Write microseconds since 1970 as `YYYY-MM-DDThh:mm:ssZ`; fractions are cut off."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment // MICROSECONDS))


def second(written: str) -> int:
    """Read `YYYY-MM-DDThh:mm:ssZ` as whole seconds since 1970.

    Raises:
        ValueError: The text has another form or names an impossible date or time.

    """
    if not _TEXT.fullmatch(written):
        raise ValueError(f"{written!r} is not a time like 2016-06-08T16:41:23Z")
    moment = datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return int(moment.timestamp())
