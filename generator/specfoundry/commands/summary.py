"""What does a run of `generate` tell about itself?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from specfoundry.commands.reporting import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from specfoundry.document.finding import Finding
    from specfoundry.render.tree import Changes
    from specfoundry.targets.plan import Generation


def show_summary(folder: Path, generation: Generation, changes: Changes, seconds: float) -> None:
    """Print a table: each step, what it made, its time; then what changed."""
    rows = [("step", "made", "files", "seconds")]
    rows += [
        (step.name, step.note, str(step.files or ""), f"{step.seconds:.2f}")
        for step in generation.steps
    ]
    note = f"{generation.operations} operations, {generation.models} models"
    rows.append(("total", note, str(len(generation.tree)), f"{seconds:.2f}"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for name, made, files, took in rows:
        line = (
            f"{name:<{widths[0]}}  {made:<{widths[1]}}  {files:>{widths[2]}}  {took:>{widths[3]}}"
        )
        click.echo(line.rstrip())
    click.echo(f"{folder}: {_changed(changes)}")


def _changed(changes: Changes) -> str:
    if not changes.any:
        return f"nothing changed, {len(changes.unchanged)} files are up to date"
    parts = (
        (len(changes.added), "added"),
        (len(changes.changed), "changed"),
        (len(changes.removed), "removed"),
        (len(changes.unchanged), "unchanged"),
    )
    return ", ".join(f"{number} {word}" for number, word in parts if number)


def show_warnings(of_rules: Sequence[Finding], of_targets: Sequence[Finding]) -> None:
    """Print the warnings of this run; those that `validate` shows as well are only counted."""
    for finding in sorted(of_targets, key=lambda finding: finding.sort_key):
        click.echo(str(finding), err=True)
    if of_rules:
        click.echo(f"{count(of_rules)}: specfoundry validate shows them", err=True)
