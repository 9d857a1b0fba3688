"""How does `specfoundry fuzz` make the reference server, and who calls it?

`--app fuzzed_reference:make --login fuzzed_reference:log_in`
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import callers

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

# One token serves for the whole run, however many wrong passwords are tried meanwhile.
SETTINGS: Final[dict[str, Any]] = {
    "access_token_validity": 7 * 24 * 3600,
    "lockout_failures": 0,
}


def make(folder: Path) -> Any:
    """Return the reference server, which refuses itself undocumented answers.

    Args:
        folder: Where it keeps what it stores.

    """
    from cloud_controller import app  # noqa: PLC0415 -- slow; another process makes it
    from cloud_controller.settings import Settings  # noqa: PLC0415

    callers.settle(folder / "data", **SETTINGS)
    return app.create(Settings(data=folder / "data", strict=True, **SETTINGS))


def log_in(http: httpx2.Client) -> dict[str, Any]:
    """Return a caller for every role."""
    return asdict(callers.cast(http))
