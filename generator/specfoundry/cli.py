"""Which command was asked for, and with which exit code does it end?

0: fine. 1: a mistake of the user (document, settings, options). 2: a mistake of ours.
Commands are imported when they run, so that `--version` and a run with nothing to do start fast.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "validate": "specfoundry.commands.validate",
    "bundle": "specfoundry.commands.bundle",
    "generate": "specfoundry.commands.generate",
    "docs": "specfoundry.commands.docs",
    "extensions": "specfoundry.commands.extensions",
    "fuzz": "specfoundry.fuzz.command",
    "conform": "specfoundry.fuzz.conform.command",
}
"""Command → module that holds a click command of the same name; a module may be absent."""

_EXTRAS = {
    "toolchain": (
        "click",
        "datamodel_code_generator",
        "jinja2",
        "jsonschema_rs",
        "markdown_it",
        "openapi_spec_validator",
        "rich",
        "ruff",
        "yaml",
    ),
    "fuzz": ("hypothesis", "schemathesis"),
    "server": ("alembic", "joserfc", "sqlalchemy", "uvicorn"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; nothing is ever shown as a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        _say("Interrupted.")
        return 130
    except BrokenPipeError:
        # The reader has gone (`specfoundry bundle … | head`): that is not for us to complain about.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ModuleNotFoundError as error:
        return _missing(error)
    except Exception as error:  # noqa: BLE001  # the edge: our own mistakes end here, in one line
        return _crash(error)


def _run(arguments: list[str]) -> int:
    import click

    from specfoundry.errors import DocumentError, SpecfoundryError

    try:
        result = _group().main(arguments, prog_name="specfoundry", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show(sys.stderr)
        return 1
    except click.Abort:
        _say("Interrupted.")
        return 130
    except DocumentError as error:
        from specfoundry.commands.reporting import show_findings

        show_findings(error.findings)
        return 1
    except SpecfoundryError as error:
        _say(f"specfoundry: {error}")
        return 1


def _group() -> Any:
    import click

    class Commands(click.Group):
        """The commands of the table that are installed."""

        def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
            return [name for name in COMMANDS if _is_there(COMMANDS[name])]

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            if cmd_name not in self.list_commands(ctx):
                return None
            module = importlib.import_module(COMMANDS[cmd_name])
            command: click.Command = getattr(module, cmd_name)
            return command

    @click.group(
        cls=Commands,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog="Example: specfoundry generate openapi.yaml --package shop --output generated",
    )
    @click.version_option(package_name="specfoundry", message="specfoundry %(version)s")
    def specfoundry() -> None:
        """Turn one OpenAPI document into models, server, client, docs and fuzz tests."""

    return specfoundry


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _missing(error: ModuleNotFoundError) -> int:
    name = (error.name or "").partition(".")[0]
    for extra, modules in _EXTRAS.items():
        if name in modules:
            _say(f'specfoundry: {name} is not installed: pip install "specfoundry[{extra}]"')
            return 1
    return _crash(error)


def _crash(error: Exception) -> int:
    if os.environ.get("SPECFOUNDRY_TRACEBACK") == "1":
        import traceback

        traceback.print_exception(error)
    text = " ".join(str(error).split())
    if len(text) > 300:
        text = f"{text[:300]}…"
    _say(
        f"specfoundry: this is a mistake of the toolchain: {type(error).__name__}: {text} "
        "(SPECFOUNDRY_TRACEBACK=1 shows where)"
    )
    return 2


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
