"""Which server do fuzzers race on? The reference server with many seeded faults at once."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))

from mutation import changed_import
from mutation.seeded import seeded_faults


def main() -> None:
    """Serve with one fault in each module that has any: faults of one module may exclude others."""
    faults, _ = seeded_faults()
    sources: dict[str, str] = {}
    for fault in faults:
        if len(fault.sources) == 1 and not sources.keys() & fault.sources.keys():
            sources.update(fault.sources)
    changed_import.install(sources)
    from cloud_controller.cli import main as serve  # noqa: PLC0415 -- after the faults

    sys.exit(serve())


if __name__ == "__main__":
    main()
