"""What does `specfoundry generate` do?"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from specfoundry.commands.choices import Choices, choose

if TYPE_CHECKING:
    from specfoundry.document.bundle import Bundle
    from specfoundry.render.tree import Changes
    from specfoundry.targets.plan import Generation

_EXAMPLE = """
\b
Examples:
  specfoundry generate openapi.yaml --package shop --output generated
  specfoundry generate --check
"""


@click.command(short_help="Generate models, server, client and docs.", epilog=_EXAMPLE)
@click.argument("spec", required=False, type=click.Path(path_type=Path))
@click.option("--package", metavar="NAME", help="Name to import the generated package by.")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="DIR", help="Writes into DIR/NAME."
)
@click.option(
    "--templates",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Own templates; those that are missing there are built in.",
)
@click.option("--only", metavar="TARGETS", help="Some of models,server,client,docs.")
@click.option("--check", is_flag=True, help="Write nothing; fail with a diff when output is stale.")
def generate(
    spec: Path | None,
    package: str | None,
    output: Path | None,
    templates: Path | None,
    only: str | None,
    check: bool,
) -> int:
    """Generate a Python package from SPEC; what is not said is read from [tool.specfoundry].

    Exit code 0: done, or nothing to do; 1: errors in the document, or --check found a difference.
    """
    choices = choose(spec, package=package, output=output, templates=templates, only=only)
    seen = choices.stamp.recall()
    if seen is not None:
        click.echo(f"{choices.folder}: nothing to do, {len(seen['written'])} files are up to date")
        return 0
    return _check(choices) if check else _generate(choices)


def _generate(choices: Choices) -> int:
    from specfoundry.commands.ownership import owned_files
    from specfoundry.commands.summary import show_summary
    from specfoundry.render.tree import compare_tree, write_tree

    start = time.perf_counter()
    bundle, generation = _build(choices)
    owned = owned_files(choices.folder, choices.stamp.written(), choices.only)
    changes = compare_tree(generation.tree, choices.folder, owned)
    write_tree(generation.tree, choices.folder, changes)
    _remember(choices, bundle, generation)
    show_summary(choices.folder, generation, changes, time.perf_counter() - start)
    return 0


def _check(choices: Choices) -> int:
    from specfoundry.commands.ownership import owned_files
    from specfoundry.render.tree import compare_tree, iter_diff

    bundle, generation = _build(choices)
    owned = owned_files(choices.folder, choices.stamp.written(), choices.only)
    changes = compare_tree(generation.tree, choices.folder, owned)
    if not changes.any:
        _remember(choices, bundle, generation)
        click.echo(f"{choices.folder}: up to date, {len(generation.tree)} files")
        return 0
    for line in iter_diff(generation.tree, choices.folder, changes):
        click.echo(line)
    click.echo(f"{choices.folder}: stale: {_count(changes)}; run specfoundry generate", err=True)
    return 1


def _count(changes: Changes) -> str:
    return (
        f"{len(changes.added)} missing, {len(changes.changed)} different, "
        f"{len(changes.removed)} left over"
    )


def _build(choices: Choices) -> tuple[Bundle, Generation]:
    """Check the document and render everything to memory.

    Raises:
        DocumentError: The document, or a name made from it, has errors; nothing is written.
    """
    from specfoundry.commands.checking import sound_bundle
    from specfoundry.commands.progress import progress
    from specfoundry.commands.summary import show_warnings
    from specfoundry.commands.templating import own_template_errors
    from specfoundry.document.finding import Severity
    from specfoundry.errors import DocumentError
    from specfoundry.targets.context import TargetOptions
    from specfoundry.targets.plan import Step, build_tree

    options = TargetOptions(
        package=choices.package,
        only=choices.only,
        templates=choices.templates,
        common_headers=choices.settings.common_headers,
    )
    start = time.perf_counter()
    with progress() as tell:
        tell("validate")
        bundle, findings = sound_bundle(choices.spec, choices.rules)
        seconds = time.perf_counter() - start
        with own_template_errors(choices.templates):
            generation = build_tree(bundle, options, choices.cache, tell)
    generation.steps.insert(
        0, Step(name="validate", seconds=seconds, note=f"{len(bundle.document.files)} files read")
    )
    found = [*findings, *generation.findings]
    if any(finding.severity is Severity.ERROR for finding in found):
        raise DocumentError(found)
    show_warnings(findings, generation.findings)
    return bundle, generation


def _remember(choices: Choices, bundle: Bundle, generation: Generation) -> None:
    document = bundle.document
    folders = (document.directory,) if len(document.files) > 1 else ()
    choices.stamp.remember(document.files, folders, choices.folder, generation.tree)
