"""How are findings shown: as text, as JSON, or as annotations of a GitHub workflow?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from specfoundry.document.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specfoundry.document.finding import Finding

FORMATS = ("text", "json", "github")


def show_findings(findings: Iterable[Finding], form: str = "text") -> bool:
    """Print findings, text to standard error; return whether there is no error among them."""
    ordered = sorted(findings, key=lambda finding: finding.sort_key)
    if form == "json":
        click.echo(json.dumps([finding.as_dict() for finding in ordered], indent=2))
    elif form == "github":
        for finding in ordered:
            click.echo(_annotation(finding))
    else:
        for finding in ordered:
            click.echo(_line(finding), err=True)
    if ordered:
        click.echo(count(ordered), err=True)
    return not any(finding.severity is Severity.ERROR for finding in ordered)


def count(findings: Sequence[Finding]) -> str:
    """Return `2 errors, 1 warning`."""
    parts = []
    for severity in Severity:
        number = sum(finding.severity is severity for finding in findings)
        if number:
            parts.append(f"{number} {severity.value}{'' if number == 1 else 's'}")
    return ", ".join(parts) or "no findings"


def _line(finding: Finding) -> str:
    """Return the line of a finding, its severity coloured; click drops colours without a terminal."""
    text = str(finding)
    colour = "red" if finding.severity is Severity.ERROR else "yellow"
    word = f" {finding.severity.value} "
    return text.replace(word, f" {click.style(finding.severity.value, fg=colour)} ", 1)


def _annotation(finding: Finding) -> str:
    """Return a workflow command (GitHub Actions, "Workflow commands")."""
    message = f"{finding.message} ({finding.pointer})" if finding.pointer else finding.message
    message = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    place = f"file={finding.file},line={finding.line},col={finding.column}"
    return f"::{finding.severity.value} {place},title={finding.rule}::{message}"
