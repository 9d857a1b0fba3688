"""How does `specfoundry fuzz` make the reference server, and who calls it?

`--app fuzzed_reference:make --login fuzzed_reference:log_in`
"""

from __future__ import annotations

import runpy
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def make(folder: Path) -> Any:
    """Return the reference server, which refuses itself undocumented answers.

    Args:
        folder: Where it keeps what it stores.

    """
    from cloud_controller import app  # noqa: PLC0415 -- slow; another process makes it
    from cloud_controller.settings import Settings  # noqa: PLC0415

    # One token serves for the whole run, however many wrong passwords are tried meanwhile.
    settings = {"access_token_validity": 7 * 24 * 3600, "lockout_failures": 0}
    return app.create(Settings(data=folder / "data", strict=True, **settings))


def log_in(client: TestClient) -> dict[str, Any]:
    """Return a caller for every role."""
    form = {"grant_type": "password", "username": "admin", "password": "admin"}
    answer = client.post("/oauth/token", data=form, auth=("cf", "")).raise_for_status()
    headers = {"Authorization": f"bearer {answer.json()['access_token']}"}
    cast = runpy.run_path(str(Path(__file__).with_name("fuzzed_callers.py")))["identities"]
    return asdict(cast(client, headers))
