"""What does a long fuzzing run find in the reference server? (`make fuzz`)"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from callers import settle
from fuzzed_reference import SETTINGS

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def main() -> int:
    """Start a server and run `specfoundry fuzz` against it and return its exit code."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--time", default="10m", help="how long, e.g. 90s, 10m, 1h")
    parser.add_argument("--seed", default="1")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        settle(Path(data), **SETTINGS)
        command = [str(BIN / "cloud-controller"), "serve", "--port", "0", "--strict"]
        settings = {f"CLOUD_CONTROLLER_{name}".upper(): str(n) for name, n in SETTINGS.items()}
        environment = {**os.environ, **settings}
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
    command = [
        *(str(BIN / "specfoundry"), "fuzz", str(ROOT / "generated/capi/openapi.json")),
        *("--url", address, "--login", "fuzzed_reference:log_in"),
        *("--time", duration, "--seed", seed, "--report", str(ROOT / "build/fuzz")),
    ]
    return subprocess.run(command, cwd=Path(__file__).parent, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
