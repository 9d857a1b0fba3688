"""What does `specfoundry fuzz` take and print?"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from specfoundry.fuzz.reports.output import write_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specfoundry.fuzz.reports.baseline import Baseline
    from specfoundry.fuzz.reports.report import FuzzReport
    from specfoundry.fuzz.runs.shards import Work

__all__ = ["Duration", "fuzz", "write_report"]

_EXAMPLE = """
\b
Examples:
  specfoundry fuzz openapi.yaml --url http://127.0.0.1:8181 --header "Authorization: bearer $TOKEN"
  specfoundry fuzz openapi.yaml --app shop.server:create_app --quick
  specfoundry fuzz openapi.yaml --app shop.server:create_app --replay build/fuzz/trials/status-getOrder-0-0-0.json
"""


class Duration(click.ParamType[int]):
    """A duration such as `90s`, `30m` or `1h`, in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the seconds that `value` stands for.

        Raises:
            click.BadParameter: it is no duration.
        """
        match = re.fullmatch(r"(\d+)([smh]?)", str(value))
        if match is None or int(match[1]) == 0:
            self.fail(f"{value!r} is not a duration such as 90s, 30m or 1h", param, ctx)
        return int(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]


@click.command(
    "fuzz",
    short_help="Send a server what its document allows and forbids, and judge the answers.",
    epilog=_EXAMPLE,
)
@click.argument("spec", type=click.Path(path_type=Path), required=False)
@click.option("--url", help="Address of a running server.")
@click.option(
    "--app",
    help="An ASGI application, or a function that makes one, given nothing or a folder to keep what "
    "it stores: MODULE:NAME.",
)
@click.option(
    "--restart/--no-restart",
    default=None,
    help="Whether the application keeps what it stores when it is made again; by default if it is given a folder.",
)
@click.option(
    "--header", "headers", multiple=True, metavar="NAME:VALUE", help="Sent with every request."
)
@click.option(
    "--identity",
    "identities",
    multiple=True,
    metavar="ROLE=NAME:VALUE",
    help="A header by which somebody with this role calls; `refused/WHY` is one that must not be taken, such as an expired token.",
)
@click.option(
    "--reference",
    "references",
    multiple=True,
    metavar="READER=ID",
    help="An existing resource to use, and leave alone, wherever one is needed that the operation READER reads.",
)
@click.option(
    "--login",
    default="",
    metavar="MODULE:NAME",
    help="A function that is given an HTTP client of the server and returns `identities`, `roles` and `references`.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed asks the same questions.")
@click.option(
    "--max-examples",
    default=25,
    show_default=True,
    type=click.IntRange(1),
    help="Random cases for each operation.",
)
@click.option("--time", "seconds", type=Duration(), help="Go on for this long, with fresh seeds.")
@click.option(
    "--quick",
    is_flag=True,
    help="Only the examples and the oracles, which send a tenth of their variations: ten seeds in a row send all.",
)
@click.option(
    "--phase",
    "phases",
    multiple=True,
    metavar="NAME",
    help="Only this phase: examples, oracles, coverage, fuzzing or stateful.",
)
@click.option("--only", "only", multiple=True, metavar="ORACLE", help="Only this oracle.")
@click.option(
    "--operation",
    "operations",
    multiple=True,
    metavar="PATTERN",
    help="Only these operations: operationId, tag, or `METHOD /path`; `*` stands for any text.",
)
@click.option(
    "--workers",
    default=0,
    type=click.IntRange(0),
    help="How many processes; by default one for each processor.",
)
@click.option(
    "--prefix",
    help="Begins the names of what is created.  [default: specfoundry, and 6 characters with --url]",
)
@click.option(
    "--disposable",
    is_flag=True,
    help="Random calls may change whatever they find on the server at --url, not only what the run has created.",
)
@click.option("--fail-fast", is_flag=True, help="End at the first finding.")
@click.option("--no-shrink", is_flag=True, help="Do not make findings smaller.")
@click.option(
    "--baseline",
    "baseline_file",
    type=click.Path(path_type=Path),
    help="File of accepted deviations.",
)
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Write what was found to the baseline instead of failing.",
)
@click.option(
    "--replay",
    "scripts",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Only take the steps of this finding again.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    default=Path("build/fuzz"),
    show_default=True,
    help="Folder for report.html, report.json, junit.xml and events.ndjson.",
)
def fuzz(spec: Path | None, url: str | None, app: str | None, report: Path, **options: Any) -> None:
    """Send the server of SPEC what the document allows and forbids, and judge the answers.

    Exit code 0: nothing found; 1: findings, or a mistake in the call; 2: a mistake of the fuzzer.
    """
    if (url is None) == (app is None):
        raise click.UsageError("say where the server is: either --url or --app")
    from specfoundry.fuzz.asking import read_document, read_work
    from specfoundry.fuzz.replaying import play

    work = read_work(read_document(spec), url or "", app or "", report, options)
    if options["scripts"]:
        sys.exit(0 if play(work, options["scripts"]) else 1)
    baseline = _baseline(options["baseline_file"], writing=options["write_baseline"])
    result = _go(work, report, baseline, options)
    paths = write_report(result, report)
    if options["write_baseline"]:
        result = _accepted(result, options["baseline_file"])
    _show(result, (*paths, report / "events.ndjson"))


def _go(work: Work, report: Path, baseline: Baseline, options: Mapping[str, Any]) -> FuzzReport:
    from specfoundry.fuzz.asking import chosen, stages
    from specfoundry.fuzz.runs.running import Run
    from specfoundry.fuzz.runs.shards import QUICK_SIZE, SIZE

    run = Run(
        work=work,
        chosen=chosen(work.node, options["operations"]),
        stages=stages(options),
        workers=options["workers"],
        seconds=options["seconds"],
        baseline=baseline,
        fail_fast=options["fail_fast"],
        folder=report,
        size=QUICK_SIZE if options["quick"] else SIZE,
    )
    try:
        return run.go()
    except OSError as error:
        raise click.ClickException(f"{report} cannot be written to: {error.strerror}") from error


def _baseline(path: Path | None, *, writing: bool) -> Baseline:
    from specfoundry.fuzz.reports.baseline import Baseline, read_baseline

    if writing and path is None:
        raise click.UsageError("say where to write: --write-baseline needs --baseline")
    if path is None or (writing and not path.exists()):
        return Baseline()
    return read_baseline(path)


def _accepted(result: FuzzReport, path: Path) -> FuzzReport:
    """Write the findings to the baseline and return the report without them."""
    from dataclasses import replace

    from specfoundry.commands.writing import write_file
    from specfoundry.fuzz.reports.baseline import baseline_text

    write_file(path, baseline_text(result.findings))
    click.echo(f"Baseline: {len(result.findings)} findings written to {path}", err=True)
    return replace(result, findings=())


def _show(result: FuzzReport, paths: Iterable[Path]) -> None:
    for line in result.lines():
        click.echo(line)
    click.echo(f"Reports: {', '.join(map(str, paths))}", err=True)
    if any(crash.is_ours for crash in result.crashes):
        click.echo(
            "specfoundry: there was a mistake of the fuzzer: report.json says where", err=True
        )
        sys.exit(2)
    if not result.ok:
        sys.exit(1)
    if result.stop_reason in {"interrupted", "killed"}:
        sys.exit(130)
