"""How does a whole run of the fuzzer go, from what was asked for to the report?"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from specfoundry.fuzz.promises.contract import read_contract
from specfoundry.fuzz.promises.plan import build_plan
from specfoundry.fuzz.reports.baseline import Baseline
from specfoundry.fuzz.reports.output import CRASHES, EVENTS, EventLog
from specfoundry.fuzz.runs.campaign import Campaign
from specfoundry.fuzz.runs.gathering import Gathering
from specfoundry.fuzz.runs.keeping import FOLDER
from specfoundry.fuzz.runs.progress import Progress, shown
from specfoundry.fuzz.runs.shards import SIZE, STAGES, divide

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.reports.report import FuzzReport
    from specfoundry.fuzz.runs.shards import Part, Work

LOGS = "logs"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What was asked for.

    Attributes:
        work: What is to be done with the server.
        chosen: The operations to put to the test.
        stages: Which of `shards.STAGES`.
        workers: How many processes; 0: one for each processor.
        seconds: How long to go on with fresh seeds; None: once through.
        baseline: Accepted deviations.
        fail_fast: Whether the first finding that counts ends the run.
        folder: Of the report.
        size: Operations that a part has, more or less.

    """

    work: Work
    chosen: Sequence[Operation]
    folder: Path
    stages: Sequence[str] = STAGES
    workers: int = 0
    seconds: float | None = None
    baseline: Baseline = field(default_factory=Baseline)
    fail_fast: bool = False
    size: int = SIZE

    def go(self) -> FuzzReport:
        """Put the server to the test.

        Raises:
            OSError: The folder of the report cannot be written to.

        """
        contract = read_contract(self.work.node)
        parts = divide(contract, self.chosen, self.size)
        names = frozenset(operation.id for operation in self.chosen)
        gathering = Gathering(contract, names, self.baseline, self.fail_fast)
        self._make_room()
        with (
            (self.folder / EVENTS).open("w", encoding="utf-8") as file,
            shown(Progress(gathering, len(parts) * len(self.stages))) as show,
        ):
            log = EventLog(file)

            def listen(event: Mapping[str, Any]) -> bool:
                log.write(event)
                show(event)
                return gathering.take(event)

            campaign = self._campaign(parts, listen)
            campaign.run()
            reason = campaign.stop_reason
            report = gathering.report(self.work.seed, build_plan(self.work.node), reason)
            end = {"findings": len(report.open), "requests": report.cases, "stop_reason": reason}
            log.write({"event": "end", **end})
        return report

    def _campaign(
        self, parts: Sequence[Part], listen: Callable[[dict[str, Any]], bool]
    ) -> Campaign:
        workers = min(self.workers or os.cpu_count() or 1, len(parts))
        has_others = self.work.has_others or (bool(self.work.url) and workers > 1)
        return Campaign(
            work=replace(self.work, has_others=has_others),
            parts=parts,
            stages=self.stages,
            workers=workers,
            seconds=self.seconds,
            listen=listen,
            logs=self.folder / LOGS,
        )

    def _make_room(self) -> None:
        """Remove what an earlier run left that would be taken for this one's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / EVENTS).is_file():
            for name in (FOLDER, CRASHES, LOGS):
                shutil.rmtree(self.folder / name, ignore_errors=True)
