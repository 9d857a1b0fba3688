"""What becomes of one changed server, from its start to the first finding?"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
from mutation.checks import WAYS, Finding, Live
from mutation.grounds import SETTINGS, Grounds, log_in
from mutation.serving import CannotStart, ServerProcess

from specfoundry.fuzz.session import GoneError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MOST = 200
_ANSWER_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to do with one server.

    Attributes:
        grounds: What it begins with.
        way: Name of the way to check it.
        sources: Changed sources by module; empty for the healthy server.
        seed: For what is drawn by chance.
        settings: Of the server, beside those of all.
        keep_on: Go on after the first finding.
        known: Findings that do not count, as pairs of check and operation.

    """

    grounds: Grounds
    way: str = "oracles"
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)
    seed: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)
    keep_on: bool = False
    known: frozenset[tuple[str, str]] = frozenset()

    def __call__(self, folder: Path) -> dict[str, Any]:
        """Start the server in an empty folder and check it.

        Returns:
            `findings`, a list of objects with check, operation and message; `unused`, the changed
            modules that were not imported when it was up; `started`, seconds until then.

        """
        begun = time.monotonic()
        self.grounds.lay_out(folder)
        server = ServerProcess(folder, self.sources, {**SETTINGS, **self.settings})
        found: dict[Finding, None] = {}
        outcome: dict[str, Any] = {}

        def tell(finding: Finding) -> None:
            if (finding.check, finding.operation) not in self.known:
                found[finding] = None
                if not self.keep_on or len(found) >= _MOST:
                    raise _Enough

        try:
            server.start()
            outcome["started"] = round(time.monotonic() - begun, 3)
            self._check(server, tell)
        except CannotStart as problem:
            found[Finding("start", "", str(problem))] = None
        except GoneError as problem:
            found[Finding("gone", "", str(problem))] = None
        except _Enough:
            pass
        finally:
            server.kill()
        found_at_last = [asdict(finding) for finding in found]
        return {**outcome, "findings": found_at_last, "unused": server.unused}

    def _check(self, server: ServerProcess, tell: Any) -> None:
        with httpx2.Client(base_url=server.url, timeout=_ANSWER_SECONDS) as http:
            log_in(http, "admin", "admin")
            live = Live(
                http=http,
                identities=self.grounds.identities,
                references=self.grounds.references,
                restart=server.restart,
                seed=self.seed,
            )
            WAYS[self.way](live, tell)


class _Enough(BaseException):
    """The first finding; no `except Exception` of a check may hold it back."""
