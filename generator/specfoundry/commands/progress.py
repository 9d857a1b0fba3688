"""How does a person at a terminal see that something is going on?"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show the step that runs, on a terminal only; yields what to tell each step's name to."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield status.update


def _silent(_step: str) -> None:
    return None
