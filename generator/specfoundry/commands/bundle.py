"""What does `specfoundry bundle` do?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from specfoundry.commands.reporting import show_findings
from specfoundry.commands.writing import write_file
from specfoundry.document import bundle_document, load_document
from specfoundry.settings import load_settings

if TYPE_CHECKING:
    from specfoundry.document.bundle import Bundle

_EXAMPLE = """
\b
Example:
  specfoundry bundle openapi.yaml --output openapi.json
"""


@click.command(short_help="Join a document's files into one OpenAPI 3.1 file.", epilog=_EXAMPLE)
@click.argument("spec", required=False, type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), help="File to write, not the terminal.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "yaml"]),
    help="Default: what the name of --output says, else JSON.",
)
def bundle(spec: Path | None, output: Path | None, form: str | None) -> None:
    """Join the files of SPEC (default: the project's own) into one OpenAPI 3.1 document."""
    joined = bundle_document(load_document(spec or load_settings().spec))
    show_findings(joined.findings)
    is_yaml = form == "yaml" or (
        form is None and output is not None and output.suffix in (".yaml", ".yml")
    )
    text = _as_yaml(joined) if is_yaml else joined.text()
    if output is None:
        sys.stdout.buffer.write(text.encode())
    else:
        write_file(output, text)


def _as_yaml(joined: Bundle) -> str:
    """Return the bundle as YAML; texts that YAML 1.1 would read otherwise are quoted."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Never writes anchors: many tools do not read them."""

        def ignore_aliases(self, _data: object) -> bool:
            return True

    text: str = yaml.dump(
        joined.node, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100
    )
    return text
