"""How are the chosen mutants judged, pass by pass, and what is said of it?"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from mutation.checks import FRESH, operation_ids
from mutation.course import SETTINGS_OF, CourseError
from mutation.mechanical import equivalents
from mutation.results import MECHANICAL, SEEDED, Result, as_json, lines, rate, tables

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from mutation.course import Course
    from mutation.seeded import Mutant
    from rich.console import Console
    from rich.progress import Progress

LONGEST_DELAY: Final = 2.0
"""Seconds by which jobs begin later than they could, at most."""
PROMISED: Final = {SEEDED: 0.98, MECHANICAL: 0.96}
"""Least share that must be caught, of those that do not behave as the healthy server does."""
_FEW: Final = 5
"""So many operations are asked about twice, first and among all: their questions must not collide."""
_STOCK_SEEDS: Final = 3
"""With so many seeds stock Schemathesis is asked about the healthy server."""
_PATIENCE: Final = 4
"""A server that takes so many times longer than the healthy one is said to hang."""
_NOTHING: Final = {"check": "", "operation": "", "message": ""}


@dataclass
class Judging:
    """One run over the chosen mutants.

    Attributes:
        course: How they are judged.
        chosen: Kind and mutant.
        progress: Shows how far it is.
        told: Told each outcome where there is no terminal to show progress on.

    """

    course: Course
    chosen: Sequence[tuple[str, Mutant]]
    progress: Progress
    told: Console
    _results: dict[str, Result] = field(default_factory=dict)

    def results(self, arguments: argparse.Namespace) -> list[Result]:
        """Judge all and return what became of each.

        Raises:
            CourseError: The healthy server is found fault with, or the judging failed.
            FaultError: The list of equivalent mutants does not fit the source.

        """
        mutants = [mutant for _, mutant in self.chosen]
        self._begin()
        if arguments.operations:  # somebody tries whether the contract notices what he looks at
            self._judge(self.course, mutants, "oracles")
            return list(self._results.values())
        self._pass(mutants, "oracles", despite=arguments.despite_healthy)
        for way in ("late", FRESH, "engine") if arguments.engine else ("late", FRESH):
            left = [mutant for mutant in mutants if not self._results[mutant.name].caught]
            if left and not arguments.quick:
                self._pass(left, way, despite=arguments.despite_healthy)
        if arguments.audit:
            self._audit(arguments.audit)
        if arguments.stock:
            shown = {name: frozenset([one.operation]) for name, one in self._results.items()}
            hints = {name: found for name, found in shown.items() if found <= operation_ids()}
            self.course = replace(self.course, budget=arguments.stock_budget, hints=hints)
            self._ask_stock(self._spread(arguments.stock))
        return list(self._results.values())

    def _audit(self, count: int) -> None:
        """Ask the healthy server what some caught mutants were asked; what it is blamed for is no catch."""
        caught = [mutant for _, mutant in self.chosen if self._results[mutant.name].caught]
        some = caught[:: max(len(caught) // count, 1)][:count]
        course = replace(self.course, thorough=False).alarmed(some, "oracles", 1)
        wrong = 0
        for mutant in some:
            before, alarms = self._results[mutant.name], course.alarms[mutant.name]
            if (before.check, before.operation) in alarms:
                wrong += 1
                changed = replace(
                    before, **_NOTHING, note="the healthy server is blamed for it, too"
                )
                self._results[mutant.name] = changed
        blames = len(frozenset().union(*course.alarms.values()))
        self.told.print(
            f"healthy server, asked as {len(some)} caught mutants were: {blames} findings, "
            f"{wrong} catches that do not count"
        )

    def _ask_stock(self, mutants: Sequence[Mutant]) -> None:
        """Ask stock Schemathesis; what it says of the healthy server as well is no catch."""
        course = self.course.alarmed(mutants, "stock", _STOCK_SEEDS)
        alarms = frozenset().union(*course.alarms.values())
        told = ", ".join(sorted({f"{check} ({operation})" for check, operation in alarms}))
        self.told.print(f"stock blames the healthy server {len(alarms)} times: {told or '-'}")
        self._judge(course, mutants, "stock")

    def _begin(self) -> None:
        reasons = equivalents()
        for kind, mutant in self.chosen:
            self._results[mutant.name] = Result(
                kind=kind,
                name=mutant.name,
                group=mutant.group,
                description=mutant.description,
                equivalent=reasons.get(mutant.name, ""),
            )

    def _pass(self, mutants: Sequence[Mutant], way: str, *, despite: bool) -> None:
        known, seconds = self._healthy(way, mutants)
        if known and not despite:
            raise CourseError("the healthy server is blamed; nothing can be learnt from the others")
        # What is only slow, because the machine is, does not hang.
        budget = max(self.course.budget, _PATIENCE * seconds)
        course = replace(self.course, known=known, budget=budget)
        self._judge(course, mutants, way)

    def _judge(self, course: Course, mutants: Sequence[Mutant], way: str) -> None:
        task = self.progress.add_task(way, total=len(mutants))
        for mutant, outcome in course.judge(mutants, way):
            self._take(mutant, way, outcome)
            self.progress.advance(task)
            self.progress.refresh()

    def _healthy(
        self, way: str, mutants: Sequence[Mutant]
    ) -> tuple[frozenset[tuple[str, str]], float]:
        """Return what the healthy server is blamed for, and how long it takes to judge it."""
        found: set[tuple[str, str]] = set()
        seconds = 0.0
        focuses = (self.course.focus(mutant) for mutant in mutants)
        asked = next((one for one in focuses if 0 < len(one) <= _FEW), frozenset())
        for _, outcome in self.course.healthy(
            way, [(self.course.seed, SETTINGS_OF.get(way, {}), 1)], asked
        ):
            if "error" in outcome:
                raise CourseError(f"healthy server, {way}: {outcome['error']}")
            for line in _account(outcome):
                self.told.print(f"healthy, {way}: {line[:400]}")
            found |= {(one["check"], one["operation"]) for one in outcome["findings"]}
            seconds = outcome["seconds"]
        return frozenset(found), seconds

    def _take(self, mutant: Mutant, way: str, outcome: dict[str, Any]) -> None:
        first, before = next(iter(outcome["findings"]), _NOTHING), self._results[mutant.name]
        if way == "stock":  # that it did not end within its budget is no finding of its own
            said = "" if first["check"] == "timeout" else first["check"]
            changed = replace(before, stock=said, stock_seconds=outcome["seconds"])
        else:
            said = first["check"]
            notes = [f"never imported: {name}" for name in outcome["unused"]]
            notes += [f"failed by our own fault: {crash}" for crash in outcome.get("crashes", ())]
            seconds = round(before.seconds + outcome["seconds"], 3)
            changed = replace(before, **first, seconds=seconds, note="; ".join(notes))
        self._results[mutant.name] = changed
        if not self.told.is_terminal:
            name = f"{way}: {mutant.group}: {mutant.name}"
            self.told.print(f"{name}: {said or 'nothing'}, {outcome['seconds']:.1f} s")

    def _spread(self, count: int) -> list[Mutant]:
        """Return some mutants of each kind, spread evenly over the groups."""
        found = []
        for wanted in (SEEDED, MECHANICAL):
            own = [mutant for kind, mutant in self.chosen if kind == wanted]
            own.sort(key=lambda mutant: (mutant.group, mutant.name))
            step = max(len(own) / count, 1.0)
            found += [own[int(step * n)] for n in range(min(count, len(own)))]
        return found


def judge_healthy(course: Course, seeds: int, out: Console) -> int:
    """Judge the server without changes with several seeds, and again with late jobs.

    Each seed has another delay. What waits for jobs is asked in shares then: together the seeds ask
    everything.

    Returns:
        0, or 1 when anything was found.

    Raises:
        CourseError: The judging failed.

    """
    step = LONGEST_DELAY / max(seeds - 1, 1)
    circumstances: list[tuple[int, Mapping[str, Any], int]] = []
    for seed in range(1, seeds + 1):
        circumstances += [(seed, {}, 1), (seed, {"job_delay": step * (seed - 1)}, seeds)]
    found = 0
    for (seed, setting, thrift), outcome in course.healthy("oracles", circumstances):
        if "error" in outcome:
            raise CourseError(outcome["error"])
        blamed = len(outcome["findings"]) + len(outcome.get("crashes", ()))
        found += blamed
        share = f"a share of {thrift}, jobs {setting['job_delay']:.2f} s late" if setting else "all"
        out.print(f"seed {seed}, {share}: {blamed} findings, {outcome['seconds']:.1f} s")
        for line in _account(outcome):
            out.print(f"  {line}")
    out.print(f"{seeds} seeds, jobs up to {LONGEST_DELAY:g} s late: {found} findings")
    return 1 if found else 0


def _account(outcome: dict[str, Any]) -> Iterator[str]:
    """Yield what the healthy server is blamed for, which parts failed, and how long each took."""
    for one in outcome["findings"]:
        yield f"{one['check']} {one['operation']}: {one['message']}"
    for crash in outcome.get("crashes", ()):
        yield f"failed by our own fault: {crash}"
    times = sorted(outcome.get("times", {}).items(), key=lambda one: -one[1])
    yield ", ".join(f"{name} {seconds:.1f} s" for name, seconds in times)


def report(results: Sequence[Result], arguments: argparse.Namespace, out: Console) -> int:
    """Print and write what came of it; return 1 when fewer were caught than is promised."""
    for table in tables(results):
        out.print(table)
    for line in lines(results):
        out.print(line)
    names = ("seed", "jobs", "budget", "engine", "stock", "stock_budget")
    circumstances = {name: getattr(arguments, name) for name in names}
    arguments.report.parent.mkdir(parents=True, exist_ok=True)
    partial = arguments.report.with_suffix(".new")
    partial.write_text(json.dumps(as_json(results, circumstances), indent=2) + "\n", "utf-8")
    partial.replace(arguments.report)
    out.print(f"Written: {arguments.report}")
    return 0 if all(rate(results, kind) >= least for kind, least in PROMISED.items()) else 1
