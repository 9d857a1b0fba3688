"""What does `specfoundry extensions` do?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from specfoundry.extensions import Extension, introduction
from specfoundry.extensions import extensions as described

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_EXAMPLE = """
\b
Examples:
  specfoundry extensions x-filter
  specfoundry extensions > EXTENSIONS.md
"""


@click.command(short_help="Print the reference of extensions.", epilog=_EXAMPLE)
@click.argument("names", metavar="[NAME]...", nargs=-1)
def extensions(names: tuple[str, ...]) -> int:
    """Print what each extension NAME (default: all of them) means, as Markdown."""
    known = described()
    unknown = [name for name in names if name not in known]
    if unknown:
        message = f"there is no extension `{unknown[0]}`; there are {', '.join(known)}"
        raise click.UsageError(message)
    click.echo("\n".join(_sections(known[name] for name in names) if names else reference()))
    return 0


def reference() -> Iterator[str]:
    """Yield the lines of the whole reference, as Markdown."""
    yield from ("# Extensions", "", introduction(), "")
    yield from _table(
        ("extension", "what it says", "stands in", "read by"),
        (
            (f"[`{one.name}`](#{one.name})", one.title, one.place, ", ".join(one.readers))
            for one in described().values()
        ),
    )
    yield ""
    yield from _sections(described().values())


def _sections(found: Iterable[Extension]) -> Iterator[str]:
    for index, extension in enumerate(found):
        if index:
            yield ""
        yield from _section(extension)


def _section(extension: Extension) -> Iterator[str]:
    yield from (f"## {extension.name}", "", extension.description, "")
    kind = "" if extension.members else f" Its value: {extension.type}."
    yield f"It stands in {extension.place}. Read by {', '.join(extension.readers)}.{kind}"
    yield ""
    if extension.members:
        rows = (
            (
                f"`{member.name}`",
                member.type,
                "yes" if member.required else "",
                member.description,
            )
            for member in extension.members
        )
        yield from _table(("member", "type", "required", "meaning"), rows)
        yield ""
    for example in extension.examples:
        yield from ("```yaml", extension.sample(example), "```", "")
    schema = json.dumps(extension.schema, indent=2, ensure_ascii=False)
    yield from ("<details><summary>JSON Schema</summary>", "", "```json", schema, "```", "")
    yield "</details>"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        cells = (cell.replace("|", r"\|") for cell in row)
        yield f"| {' | '.join(cells)} |"
