"""What does `specfoundry validate` do?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specfoundry.commands.checking import check_document
from specfoundry.commands.reporting import FORMATS, show_findings
from specfoundry.document.structure import METHODS, path_items
from specfoundry.errors import DocumentError
from specfoundry.settings import PROFILES, load_settings

if TYPE_CHECKING:
    from specfoundry.document.bundle import Bundle
    from specfoundry.document.finding import Finding

_EXAMPLE = """
\b
Examples:
  specfoundry validate openapi.yaml
  specfoundry validate --rules contract --format json openapi.yaml
"""


@click.command(short_help="Check documents and print every finding.", epilog=_EXAMPLE)
@click.argument("specs", metavar="[SPEC]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--rules", type=click.Choice(PROFILES), help="Which rules apply.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", help="How findings are shown."
)
def validate(specs: tuple[Path, ...], rules: str | None, form: str) -> int:
    """Check each SPEC (default: the project's own) and print every finding with its place.

    Exit code 0: no errors, warnings perhaps; 1: errors.
    """
    settings = load_settings()
    findings: list[Finding] = []
    for path in specs or (settings.spec,):
        profile = rules or settings.for_document(path).rules
        try:
            bundle, found = check_document(path, profile)
        except DocumentError as error:
            findings.extend(error.findings)
            continue
        findings.extend(found)
        if form == "text" and not any(finding.severity == "error" for finding in found):
            click.echo(f"{path}: {_size(bundle)}")
    return 0 if show_findings(findings, form) else 1


def _size(bundle: Bundle) -> str:
    """Return what was checked: `valid, 45 operations, 102 schemas`."""
    operations = sum(method in item for _, item in path_items(bundle.node) for method in METHODS)
    schemas = len(bundle.node.get("components", {}).get("schemas", {}))
    sizes = f"{_many(operations, 'operation')}, {_many(schemas, 'schema')}"
    return f"valid, OpenAPI {bundle.document.version}, {sizes}"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
