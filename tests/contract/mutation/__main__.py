"""How many faults of a server does the contract notice? (`make mutants`)"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from mutation.course import Course, CourseError, cores, prepare_grounds
from mutation.judging import Judging, judge_healthy, report
from mutation.mechanical import mechanical_mutants
from mutation.results import MECHANICAL, SEEDED
from mutation.seeded import CONTRACT, FaultError, Mutant, seeded_faults
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

BUILD = CONTRACT.parents[1] / "build"
OUT = Console(soft_wrap=True, highlight=False, markup=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
# Watching the healthy server takes as long as judging some mutants.
_WORTH_WATCHING = 20


def main() -> int:
    """Judge mutants.

    Returns:
        0; 1 when fewer were caught than the project promises, the healthy server is found fault
        with, or a fault does not fit; 2 when the judging itself failed.

    """
    arguments = _parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        chosen = _chosen(arguments)
        if arguments.list:
            for kind, mutant in chosen:
                OUT.print(f"{kind} {mutant.group}: {mutant.name}: {mutant.description}")
            return 0
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder, _progress() as progress:
            course = Course(
                grounds=prepare_grounds(Path(folder)),
                jobs=arguments.jobs,
                seed=arguments.seed,
                budget=arguments.budget,
                thorough=not arguments.hasty,
                memory=arguments.report.with_suffix(".partial.ndjson"),
                idle=progress.refresh,
            )
            if arguments.healthy:
                return judge_healthy(course, arguments.healthy, OUT)
            if len(chosen) >= _WORTH_WATCHING:
                course = course.watched(Path(folder), arguments.report.with_suffix(".trace.json"))
            judging = Judging(course, chosen, progress, ERR)
            results = judging.results(arguments)
        return report(results, arguments, OUT)
    except FaultError as problem:
        ERR.print(f"mutants: {problem}")
        return 1
    except CourseError as problem:
        ERR.print(f"mutants: {problem}")
        return 2
    except KeyboardInterrupt:
        ERR.print("mutants: interrupted; the next run goes on where this one ended")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    add = parser.add_argument
    add("--class", dest="classes", action="append", help="only this class of seeded faults")
    add("--only", action="append", help="only the mutant of this name")
    add("--mechanical", type=int, default=200, metavar="N", help="size of the sample (200)")
    add("--mechanical-only", action="store_true", help="no seeded faults")
    add("--all", action="store_true", help="all mechanical mutants; takes hours")
    add("--list", action="store_true", help="say what there is and judge nothing")
    add("--healthy", type=int, metavar="N", help="only the healthy server, with N seeds")
    add("--engine", action="store_true", help="put survivors through the fuzzing engine as well")
    add(
        "--stock",
        type=int,
        default=0,
        metavar="N",
        help="ask stock Schemathesis about N of each kind",
    )
    add("--seed", type=int, default=1)
    add("--jobs", type=int, default=cores(), help="servers at a time (one for each core)")
    add("--budget", type=float, default=90.0, help="seconds for one server (90)")
    add("--stock-budget", type=float, default=180.0, help="the same for stock Schemathesis (180)")
    add(
        "--despite-healthy",
        action="store_true",
        help="do not count what the healthy one is blamed for",
    )
    add(
        "--despite-misfits", action="store_true", help="leave out faults that do not fit the source"
    )
    add("--report", type=Path, default=BUILD / "mutants.json", help="where the results go")
    return parser


def _chosen(arguments: argparse.Namespace) -> list[tuple[str, Mutant]]:
    """Return the mutants that were asked for, each with its kind.

    Raises:
        FaultError: A fault does not fit, or there is nothing of that name.

    """
    faults, problems = seeded_faults()
    for problem in problems:
        ERR.print(f"mutants: {problem}")
    if problems and not arguments.despite_misfits:
        raise FaultError(f"{len(problems)} faults do not fit the source")
    seeded = [(SEEDED, mutant) for mutant in faults if not arguments.mechanical_only]
    if arguments.classes:
        seeded = [(kind, mutant) for kind, mutant in seeded if mutant.group in arguments.classes]
    wanted = set(arguments.only or ()) - {mutant.name for _, mutant in seeded}
    count = None if arguments.all or wanted else arguments.mechanical
    mechanical = []
    if wanted or not (arguments.only or arguments.classes or arguments.healthy):
        mutants = mechanical_mutants(arguments.seed, count)
        mechanical = [(MECHANICAL, mutant) for mutant in mutants]
    found = [
        one for one in (*seeded, *mechanical) if not arguments.only or one[1].name in arguments.only
    ]
    missing = set(arguments.only or ()) - {mutant.name for _, mutant in found}
    if missing or not found:
        raise FaultError(f"there is no such mutant: {', '.join(sorted(missing))}")
    return found


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
