"""What is told of a conformance run, and with which exit code does it end?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from specfoundry.commands.writing import write_file
from specfoundry.fuzz.promises.contract import read_contract
from specfoundry.fuzz.reports.coverage_report import cover
from specfoundry.fuzz.reports.output import write_report
from specfoundry.fuzz.reports.report import Crash, Finding, FuzzReport, finding_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from specfoundry.fuzz.conform.live import Found, Outcome
    from specfoundry.fuzz.promises.contract import Contract
    from specfoundry.fuzz.reports.baseline import Baseline


def show(
    outcome: Outcome,
    node: Mapping[str, Any],
    folder: Path,
    *,
    seed: int,
    seconds: float,
    target: str,
    baseline: Baseline,
) -> int:
    """Write the reports, print what a person needs, and return the exit code.

    Args:
        outcome: What came of the run.
        node: The document.
        folder: Where the reports go.
        seed: Of the run.
        seconds: How long it took.
        target: What was judged.
        baseline: Deviations that are accepted.
    """
    contract = read_contract(node)
    scripts = dict(_scripts(outcome, folder))
    report = FuzzReport(
        seed=seed,
        stop_reason=outcome.stopped or "completed",
        seconds=seconds,
        cases=outcome.requests,
        statuses={
            str(contract[name]): {str(status): count for status, count in sorted(counts.items())}
            for name, counts in outcome.statuses.items()
        },
        findings=tuple(baseline.judge(_finding(one, contract, scripts)) for one in outcome.found),
        crashes=tuple(_crashes(outcome)),
        untested=tuple(
            str(one) for one in contract if one.id not in outcome.statuses and not outcome.unknown
        ),
        coverage=(
            cover(outcome.coverage, frozenset(contract.operations)) if outcome.coverage else None
        ),
        stale=baseline.stale,
        left=tuple(outcome.left),
    )
    paths = write_report(report, folder)
    for line in (*_unasked(outcome), *report.lines()):
        click.echo(line)
    click.echo(f"Judged: {target}", err=True)
    click.echo(f"Reports: {', '.join(map(str, paths))}", err=True)
    if outcome.crashes:
        return 2
    clean = report.ok and not report.left and outcome.stopped is None and outcome.requests
    return 0 if clean else 1


def _finding(found: Found, contract: Contract, scripts: Mapping[int, str]) -> Finding:
    finding = finding_of(found.complaint, contract, "conform")
    return replace(finding, trial=scripts.get(id(found), ""))


def _scripts(outcome: Outcome, folder: Path) -> Iterator[tuple[int, str]]:
    for number, found in enumerate(outcome.found, 1):
        if found.script is not None:
            name = f"{found.complaint.check}-{found.complaint.operation}-{number}.json"
            path = folder / "trials" / name.replace("/", "-").replace(" ", "-")
            write_file(path, found.script.to_json())
            yield id(found), f"trials/{path.name}"


def _crashes(outcome: Outcome) -> Iterator[Crash]:
    for text in outcome.crashes:
        yield Crash(operation="*", phase="conform", message=text, is_ours=True)


def _unasked(outcome: Outcome) -> Iterator[str]:
    for name, reason in sorted(outcome.withheld.items()):
        yield f"{name}: not called, or not with everything: {reason}"
    for place, count in sorted(outcome.unknown.items()):
        yield f"{place}: the document does not know it ({count} times in the recording)"
