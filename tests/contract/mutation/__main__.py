"""How many faults of a server does the contract notice? (`make mutants`)"""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mutation.choice import chosen, parser, quick_faults
from mutation.course import Course, CourseError, prepare_grounds
from mutation.judging import Judging, judge_healthy, report
from mutation.seeded import FaultError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mutation.seeded import Mutant

OUT = Console(soft_wrap=True, highlight=False, markup=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
# Watching the healthy server takes as long as judging some mutants.
WORTH_WATCHING = 20


def main() -> int:
    """Judge mutants.

    Returns:
        0; 1 when fewer were caught than the project promises, the healthy server is found fault
        with, or a fault does not fit; 2 when the judging itself failed.

    """
    arguments = parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(arguments)
    except FaultError as problem:
        ERR.print(f"mutants: {problem}")
        return 1
    except CourseError as problem:
        ERR.print(f"mutants: {problem}")
        return 2
    except KeyboardInterrupt:
        ERR.print("mutants: interrupted; the next run goes on where this one ended")
        return 130


def _run(arguments: argparse.Namespace) -> int:
    mutants = chosen(arguments, ERR)
    if arguments.list:
        for kind, mutant in mutants:
            OUT.print(f"{kind} {mutant.group}: {mutant.name}: {mutant.description}")
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, _progress() as progress:
        course = Course(
            grounds=prepare_grounds(Path(folder)),
            jobs=arguments.jobs,
            seed=arguments.seed,
            budget=arguments.budget,
            hints=_hints(arguments, mutants),
            thorough=not (arguments.hasty or arguments.operations),
            memory=arguments.report.with_suffix(".partial.ndjson"),
            idle=progress.refresh,
        )
        if arguments.healthy:
            return judge_healthy(course, arguments.healthy, OUT)
        if len(mutants) >= WORTH_WATCHING and not arguments.operations:
            course = course.watched(Path(folder), arguments.report.with_suffix(".trace.json"))
        results = Judging(course, mutants, progress, ERR).results(arguments)
    return report(results, arguments, OUT)


def _hints(
    arguments: argparse.Namespace, mutants: Sequence[tuple[str, Mutant]]
) -> dict[str, frozenset[str]]:
    """Return what to ask about, by the name of a mutant, as far as that is known."""
    if arguments.operations:
        return dict.fromkeys((one.name for _, one in mutants), frozenset(arguments.operations))
    return quick_faults() if arguments.quick else {}


def _progress() -> Progress:
    """Return a progress without a thread: the process forks."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=ERR,
        auto_refresh=False,
        disable=not ERR.is_terminal,
    )


if __name__ == "__main__":
    sys.exit(main())
