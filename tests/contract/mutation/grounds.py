"""What do all servers begin with: who has which role where, and which tokens do they hold?

A healthy server is prepared once, with a caller for each role; every other one begins with a copy of
its data, so that nobody needs to be created, or to log in, for each of hundreds of servers.
"""

from __future__ import annotations

import shutil
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import callers
import httpx2
from mutation.serving import CannotStart, ServerProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SETTINGS: Final[dict[str, Any]] = {"access_token_validity": 7 * 24 * 3600}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """A prepared data directory.

    Attributes:
        folder: Its data directory is `data` below it.
        identities: Headers by role; the empty name is the administrator.
        references: Guids of the organization and the space where the roles are held, by the
            operation that reads them.

    """

    folder: Path
    identities: Mapping[str, Mapping[str, str]]
    references: Mapping[str, str]

    def lay_out(self, folder: Path) -> None:
        """Copy the data directory into a folder."""
        shutil.copytree(self.folder / "data", folder / "data")


def prepare(folder: Path) -> dict[str, Any]:
    """Prepare the data directory in a folder; in a process apart, since it imports the server.

    Returns:
        identities and references as in `Grounds`, and `modules`, all that a server imports.

    Raises:
        CannotStart: The healthy server does not do what it must.

    """
    callers.settle(folder / "data", **SETTINGS)
    expired = _brief_token(folder)
    server = ServerProcess(folder, {}, SETTINGS)
    server.start()
    with httpx2.Client(base_url=server.url, timeout=20) as http:
        cast = _heard(lambda: callers.cast(http))
    server.kill(signal.SIGTERM)
    # A second name of the administrator would have everything asked twice.
    identities = {name: told for name, told in cast.identities.items() if name != callers.ADMIN}
    return {
        "identities": {**identities, "refused/an expired token": expired},
        "references": cast.references,
        "modules": server.modules,
    }


def _brief_token(folder: Path) -> dict[str, str]:
    """Return the header of an administrator whose token counts for a second."""
    server = ServerProcess(folder, {}, {**SETTINGS, "access_token_validity": 1})
    server.start()
    with httpx2.Client(base_url=server.url, timeout=20) as http:
        brief = log_in(http, "admin", "admin")
    server.kill(signal.SIGTERM)
    return brief


def log_in(http: httpx2.Client, name: str, password: str) -> dict[str, str]:
    """Return the header of a user who logs in.

    Raises:
        CannotStart: He is not let in.

    """
    return _heard(lambda: callers.log_in(http, name, password))


def _heard(ask: Callable[[], _T]) -> _T:
    """Return what the server answers, which is one that cannot start when it does not."""
    try:
        return ask()
    except (httpx2.RequestError, callers.RefusedError) as error:
        raise CannotStart(f"{type(error).__name__}: {error}") from error
