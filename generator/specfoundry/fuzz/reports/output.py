"""Which files does a run leave, and how are they written?"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TextIO

from specfoundry.commands.writing import write_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from specfoundry.fuzz.reports.report import Crash, FuzzReport

EVENTS: Final = "events.ndjson"
CRASHES: Final = "crashes"


def write_report(report: FuzzReport, folder: Path) -> tuple[Path, ...]:
    """Write the report's files into a folder and return their paths.

    Raises:
        OutputError: A file cannot be written.

    """
    from specfoundry.fuzz.reports.report_html import to_html  # noqa: PLC0415 -- needs Jinja2

    report = replace(report, crashes=tuple(_without_details(report, folder)))
    texts: dict[str, Callable[[], str]] = {
        "report.json": report.to_json,
        "junit.xml": report.to_junit,
        "report.html": lambda: to_html(report),
    }
    for name, text in texts.items():
        write_file(folder / name, text())
    return tuple(folder / name for name in texts)


def _without_details(report: FuzzReport, folder: Path) -> list[Crash]:
    """Write the details of crashes into files of their own."""
    crashes = []
    for number, crash in enumerate(report.crashes, 1):
        name = f"{CRASHES}/{number}.txt"
        if crash.details:
            write_file(folder / name, crash.details)
        crashes.append(replace(crash, details=name) if crash.details else crash)
    return crashes


class EventLog:
    """Appends events to a file as they come, one JSON value to a line.

    Each has `event` and `at`, seconds since the beginning; `finding`, `crash`, `stage` and `left` have
    `part` and `round` as well, and `end` comes last. What only moves a progress bar, and what is only
    of use when it is added up, is left out.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._begun = time.monotonic()

    def write(self, event: Mapping[str, Any]) -> None:
        """Append an event."""
        if event["event"] in {"progress", "coverage"}:
            return
        shown = {"at": round(time.monotonic() - self._begun, 3), **event}
        self._file.write(json.dumps(shown, ensure_ascii=False) + "\n")
        self._file.flush()
