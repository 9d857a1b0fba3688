"""How does a complaint become a finding that people can act on and run again?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from specfoundry.fuzz.reports.report import Finding, finding_of
from specfoundry.fuzz.scripts.replay import replay
from specfoundry.fuzz.scripts.shrinking import shrink
from specfoundry.fuzz.scripts.slicing import script_of
from specfoundry.fuzz.server.session import StopRunError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from specfoundry.fuzz.live.trial import Complaint
    from specfoundry.fuzz.oracles.bench import Bench
    from specfoundry.fuzz.scripts.script import Script

FOLDER: Final = "trials"
_SHOWN: Final = 12
"""So many commands of a finding are shown."""
SIMILAR: Final = 3
"""So many findings of one check about one operation are kept."""
_SHRUNK: Final = 20
"""So many findings of one part are made smaller."""


@dataclass
class Keeper:
    """Keeps findings, each once, and scripts that lead to them.

    Attributes:
        bench: Where they were found.
        report: Folder of the report; None: no scripts are written.
        name: Of the part, for the names of files.
        anew: Makes a bench for another run of a script, with a prefix of its own.

    """

    bench: Bench
    report: Path | None
    name: str
    anew: Callable[[str], Bench]
    kept: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    scripts: dict[str, Script] = field(default_factory=dict)
    _similar: Counter[tuple[str, str]] = field(default_factory=Counter)

    def complain(self, complaint: Complaint, phase: str) -> Finding | None:
        """Return a complaint as a finding; None when there are enough of its kind."""
        finding = finding_of(complaint, self.bench.contract, phase)
        finding = replace(finding, steps=finding.steps[-_SHOWN:])
        return self.keep(finding, complaint)

    def keep(self, finding: Finding, complaint: Complaint | None) -> Finding | None:
        """Return a finding with the name of its script; None when there are enough of its kind."""
        alike = (finding.check, finding.operation)
        if finding.key in self.kept or self._similar[alike] >= SIMILAR:
            return None
        self._similar[alike] += 1
        if complaint is not None and complaint.taken and self.report is not None:
            ground = self.bench.ground
            script = script_of(complaint, ground.past, self.bench.contract, ground.garden)
            file = f"{FOLDER}/{_plain(finding)}-{self.name}-{len(self.kept)}.json"
            self.scripts[file] = script
            self._write(file, script)
            shown = finding.steps or tuple(one.curl() for one in complaint.exchanges[-_SHOWN:])
            finding = replace(finding, trial=file, steps=shown)
        self.kept[finding.key] = finding
        return finding

    def shrink(self, is_stopped: Callable[[], bool]) -> None:
        """Make the scripts that were kept since the last time smaller."""
        for number, (file, script) in enumerate(self.scripts.items()):
            if is_stopped() or number >= _SHRUNK:
                break
            try:
                self._write(file, shrink(script, self._still_fails))
            except StopRunError:
                break
        self.scripts.clear()

    def _still_fails(self, script: Script) -> bool:
        self._count += 1
        bench = self.anew(f"{self.bench.ground.garden.prefix}-again{self._count}")
        return replay(script, bench).message is not None

    _count: int = 0

    def _write(self, file: str, script: Script) -> None:
        if self.report is None:
            return
        path = self.report / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script.to_json(), encoding="utf-8")


def _plain(finding: Finding) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{finding.check}-{finding.operation_id}").strip("-")
