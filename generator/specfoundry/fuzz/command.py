"""What does `specfoundry fuzz` take and print?"""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specfoundry.fuzz.report import FuzzReport

_EXAMPLE = """
\b
Examples:
  specfoundry fuzz openapi.yaml --url http://127.0.0.1:8181 --header "Authorization: bearer $TOKEN"
  specfoundry fuzz openapi.yaml --app shop.server:create_app --quick
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
@click.option("--app", help="An ASGI application, or a function that makes one: MODULE:NAME.")
@click.option(
    "--header", "headers", multiple=True, metavar="NAME:VALUE", help="Sent with every request."
)
@click.option("--seed", default=1, show_default=True, help="The same seed sends the same requests.")
@click.option(
    "--max-examples", default=25, show_default=True, help="Random cases for each operation."
)
@click.option("--time", "seconds", type=Duration(), help="Repeat the random phases for this long.")
@click.option("--quick", is_flag=True, help="Examples and boundary values only.")
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    default=Path("build/fuzz"),
    show_default=True,
    help="Folder for report.json and junit.xml.",
)
def fuzz(
    spec: Path | None,
    url: str | None,
    app: str | None,
    headers: tuple[str, ...],
    seed: int,
    max_examples: int,
    seconds: int | None,
    quick: bool,
    report: Path,
) -> None:
    """Send the server of SPEC what the document allows and forbids, and judge the answers.

    Exit code 0: nothing found; 1: findings, or a mistake in the call.
    """
    from specfoundry.fuzz.engine import PHASES, Options, Target

    if (url is None) == (app is None):
        raise click.UsageError("say where the server is: either --url or --app")
    options = Options(
        seed=seed,
        max_examples=max_examples,
        phases=PHASES[:2] if quick else PHASES,
        max_seconds=seconds,
        headers=dict(_split_header(header) for header in headers),
    )
    target = Target(url=_reached(url)) if url else Target(app=_import_app(app or ""))
    result = _run(_read_document(spec), target, options)
    paths = write_report(result, report)
    for line in result.lines():
        click.echo(line)
    click.echo(f"Reports: {', '.join(map(str, paths))}", err=True)
    if not result.ok:
        sys.exit(1)


def _read_document(spec: Path | None) -> Mapping[str, Any]:
    from specfoundry.document.bundle import bundle_document
    from specfoundry.document.load import load_document
    from specfoundry.settings import load_settings

    return bundle_document(load_document(spec or load_settings().spec)).node


def _run(node: Mapping[str, Any], target: Any, options: Any) -> FuzzReport:
    from specfoundry.fuzz.engine import run
    from specfoundry.fuzz.plan import build_plan

    with _progress() as listen:
        return run(node, target, build_plan(node), options, listen)


def _progress() -> Any:
    from contextlib import contextmanager, nullcontext

    if not sys.stderr.isatty():
        return nullcontext(_silent)
    from rich.console import Console

    @contextmanager
    def show() -> Any:
        with Console(stderr=True).status("starting") as status:
            yield lambda phase, operation: status.update(f"{phase}: {operation}")

    return show()


def _silent(_phase: str, _operation: str) -> None:
    return None


def write_report(report: FuzzReport, folder: Path) -> tuple[Path, ...]:
    """Write the report's files into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    texts: dict[str, Callable[[], str]] = {
        "report.json": report.to_json,
        "junit.xml": report.to_junit,
    }
    for name, text in texts.items():
        (folder / name).write_text(text(), encoding="utf-8")
    return tuple(folder / name for name in texts)


def _split_header(header: str) -> tuple[str, str]:
    name, colon, value = header.partition(":")
    if not colon or not name.strip():
        raise click.BadParameter(f"{name!r} is not NAME:VALUE", param_hint="--header")
    return name.strip(), value.strip()


def _reached(url: str) -> str:
    import httpx2

    try:
        httpx2.get(url, timeout=10)
    except (httpx2.TransportError, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise click.ClickException(f"{url} cannot be reached: {error}") from error
    return url


def _import_app(reference: str) -> Any:
    module, colon, name = reference.partition(":")
    if not colon:
        raise click.BadParameter(f"{reference!r} is not MODULE:NAME", param_hint="--app")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise click.BadParameter(f"{reference!r}: {error}", param_hint="--app") from error
    # An application takes scope, receive and send; what takes nothing makes one.
    wants = getattr(getattr(found, "__code__", None), "co_argcount", None)
    return found() if wants == 0 else found
