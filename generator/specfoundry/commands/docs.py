"""What does `specfoundry docs` do?"""

from __future__ import annotations

from pathlib import Path

import click

_EXAMPLE = """
\b
Example:
  specfoundry docs openapi.yaml --output build/docs
"""
_SITE = "docs/"


@click.command(short_help="Write the API docs as a static site.", epilog=_EXAMPLE)
@click.argument("spec", required=False, type=click.Path(path_type=Path))
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the site.",
)
@click.option(
    "--templates",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Own templates; those that are missing there are built in.",
)
@click.option("--package", metavar="NAME", help="Name of the package in samples of Python.")
def docs(spec: Path | None, output: Path, templates: Path | None, package: str | None) -> None:
    """Write the docs of SPEC (default: the project's own) as a static site; open DIR/index.html."""
    from specfoundry.commands.checking import sound_bundle
    from specfoundry.commands.choices import choose
    from specfoundry.commands.ownership import site_files
    from specfoundry.commands.progress import progress
    from specfoundry.commands.summary import show_warnings
    from specfoundry.commands.templating import own_template_errors
    from specfoundry.render.tree import compare_tree, write_tree
    from specfoundry.targets.context import TargetOptions
    from specfoundry.targets.plan import build_tree

    choices = choose(
        spec, package=package, output=output, templates=templates, only="docs", fallback="api"
    )
    options = TargetOptions(
        package=choices.package,
        only=choices.only,
        templates=choices.templates,
        common_headers=choices.settings.common_headers,
    )
    with progress() as tell:
        bundle, findings = sound_bundle(choices.spec, choices.rules)
        with own_template_errors(choices.templates):
            generation = build_tree(bundle, options, choices.cache, tell)
    show_warnings(findings, generation.findings)
    site = {
        path.removeprefix(_SITE): text
        for path, text in generation.tree.items()
        if path.startswith(_SITE)
    }
    write_tree(site, output, compare_tree(site, output, frozenset(site_files(output))))
    click.echo(f"{output}: {len(site)} files, {generation.operations} operations; open index.html")
