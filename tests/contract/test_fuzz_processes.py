"""Do two processes of the fuzzer leave each other in peace on one server, over HTTP?"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2


def test_what_one_process_removes_is_no_finding_of_the_other(
    server: str, admin: httpx2.Client, tmp_path: Path
) -> None:
    command = [
        str(Path(sys.executable).with_name("specfoundry")),
        *("fuzz", str(files("capi").joinpath("openapi.json")), "--url", server, "--quick"),
        *("--header", f"Authorization: {admin.headers['authorization']}"),
        *("--workers", "2", "--report", str(tmp_path)),
        *("--only", "list", "--only", "order", "--only", "pagination", "--only", "deletion"),
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^0 findings, 0 errors in \d{3,} requests", done.stdout, re.MULTILINE)
