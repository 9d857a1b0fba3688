"""What does a long fuzzing run find in the reference server? (`make fuzz`)"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def main() -> int:
    """Start a server, log in, run `specfoundry fuzz` against it and return its exit code."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--time", default="10m", help="how long, e.g. 90s, 10m, 1h")
    parser.add_argument("--seed", default="1")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        command = [str(BIN / "cloud-controller"), "serve", "--port", "0", "--strict"]
        # One token serves for the whole run, however many wrong passwords are tried meanwhile.
        environment = {
            **os.environ,
            "CLOUD_CONTROLLER_ACCESS_TOKEN_VALIDITY": str(7 * 24 * 3600),
            "CLOUD_CONTROLLER_LOCKOUT_FAILURES": "0",
        }
        with subprocess.Popen(
            [*command, "--data", data], stdout=subprocess.PIPE, text=True, env=environment
        ) as server:
            try:
                assert server.stdout is not None
                address = server.stdout.readline().split()[-1]
                return _fuzz(address, arguments.time, arguments.seed)
            finally:
                server.terminate()


def _fuzz(address: str, duration: str, seed: str) -> int:
    form = {"grant_type": "password", "username": "admin", "password": "admin"}
    answer = httpx2.post(f"{address}/oauth/token", data=form, auth=("cf", "")).raise_for_status()
    header = f"Authorization: bearer {answer.json()['access_token']}"
    command = [
        *(str(BIN / "specfoundry"), "fuzz", str(ROOT / "generated/capi/openapi.json")),
        *("--url", address, "--header", header, "--time", duration, "--seed", seed),
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
