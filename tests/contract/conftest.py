"""Which running server do the contract tests talk to?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Return the address of a freshly started server with an empty data directory."""
    command = [Path(sys.executable).with_name("cloud-controller"), "serve", "--port", "0"]
    with subprocess.Popen(
        [*map(str, command), "--strict", "--data", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        stderr=(tmp_path / "stderr").open("w"),
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("Listening on "):
                pytest.fail(f"no address: {line!r} {(tmp_path / 'stderr').read_text()}")
            yield line.split()[-1]
        finally:
            process.terminate()


@pytest.fixture
def admin(server: str) -> Iterator[httpx2.Client]:
    """Return an HTTP client which is logged in as admin."""
    with httpx2.Client(base_url=server, timeout=30) as client:
        answer = client.post(
            "/oauth/token",
            data={"grant_type": "password", "username": "admin", "password": "admin"},
            auth=("cf", ""),
        )
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"bearer {answer.json()['access_token']}"
        yield client
