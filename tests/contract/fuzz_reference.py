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
from rich.console import Console
from watching import MemoryWatch, unfinished_jobs

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def main() -> int:
    """Run `specfoundry fuzz` against a server and tell what that left behind in it.

    Returns:
        The exit code of `specfoundry fuzz`, or 1 if a job never ended.

    """
    parser = argparse.ArgumentParser(description=__doc__)
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
                with MemoryWatch(server.pid) as memory:
                    code = _fuzz(address, arguments.time, arguments.seed)
                return _left_behind(memory, Path(data)) or code
            finally:
                server.terminate()


def _fuzz(address: str, duration: str, seed: str) -> int:
    command = [
        *(str(BIN / "specfoundry"), "fuzz", str(ROOT / "generated/capi/openapi.json")),
        *("--url", address, "--login", "fuzzed_reference:log_in"),
        *("--time", duration, "--seed", seed, "--report", str(ROOT / "build/fuzz")),
    ]
    return subprocess.run(command, cwd=Path(__file__).parent, check=False).returncode


def _left_behind(memory: MemoryWatch, data: Path) -> int:
    jobs = unfinished_jobs(data)
    tenths = ", ".join(f"{mean:.0f}" for mean in memory.tenths())
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"memory of the server in each tenth of the time, in MiB: {tenths or 'not seen'}")
    console.print(f"jobs that never ended: {', '.join(jobs) or 'none'}")
    return 1 if jobs else 0


if __name__ == "__main__":
    sys.exit(main())
