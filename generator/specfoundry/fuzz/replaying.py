"""How are the steps of findings taken again from the command line?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from specfoundry.fuzz.runs.shard import Shard
from specfoundry.fuzz.runs.shards import Part, Work
from specfoundry.fuzz.scripts.replay import replay
from specfoundry.fuzz.scripts.script import Script, ScriptError
from specfoundry.fuzz.server.hosting import HostingError, Relay
from specfoundry.fuzz.server.session import StopRunError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def play(work: Work, paths: Sequence[Path]) -> bool:
    """Take the steps of scripts again and print what comes of each; return whether all is well now.

    Raises:
        click.ClickException: A file is no script, or the server cannot be reached.

    """
    scripts = [_read(path) for path in paths]
    mended = [_is_mended(work, number, script) for number, script in enumerate(scripts)]
    return all(mended)


def _read(path: Path) -> Script:
    try:
        return Script.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ScriptError) as error:
        raise click.ClickException(f"{path}: {error}") from error


def _is_mended(work: Work, number: int, script: Script) -> bool:
    part = Part(number=number, operations=())
    prefix = f"{work.prefix}-replay"
    shard = Shard(replace(work, report="", prefix=prefix), part, Relay(), lambda _event: None)
    try:
        shard.open()
    except HostingError as error:
        raise click.ClickException(str(error)) from error
    try:
        found = replay(script, shard.bench)
    except StopRunError as error:
        raise click.ClickException(str(error)) from error
    finally:
        shard.close()
    for exchange in (exchange for taken in found.taken for exchange in taken.exchanges):
        click.echo(exchange.curl())
        click.echo(f"    {exchange.summary()}")
    outcome = "it is mended" if found.message is None else f"still: {found.message}"
    click.echo(f"{script.operation}: {script.check}: {outcome}")
    return found.message is None
