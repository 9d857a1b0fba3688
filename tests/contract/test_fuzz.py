"""Does the reference server keep the contract about all but apps, whatever it is sent?"""

from __future__ import annotations

import runpy
from pathlib import Path

PARTS = runpy.run_path(str(Path(__file__).with_name("fuzzed_parts.py")))


def test_no_phase_of_the_fuzzer_finds_a_broken_promise_about_anything_else(
    tmp_path: Path,
) -> None:
    PARTS["assert_kept"](tmp_path, of_apps=False)
