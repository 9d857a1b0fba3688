"""Which deviations from the contract are known and accepted, and for which reason?

[[accepted]]
check = "status"
operation = "GET /orders/{id}"
message = "Status 418 *"
reason = "The teapot stays until 2.0."
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from specfoundry.errors import SpecfoundryError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from specfoundry.fuzz.reports.report import Finding

_MEMBERS = {"check", "operation", "message", "reason"}


class BaselineError(SpecfoundryError):
    """A file is no baseline; the text says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One accepted deviation.

    Attributes:
        check: Name of the check.
        operation: `METHOD /path` or operationId.
        message: Pattern of the message; `*` stands for any text.
        reason: Why it is accepted.

    """

    check: str
    operation: str
    message: str = "*"
    reason: str

    def matches(self, finding: Finding) -> bool:
        """Return whether a finding is this deviation."""
        return (
            self.check == finding.check
            and self.operation in {finding.operation, finding.operation_id}
            and fnmatchcase(finding.message, self.message.replace("[", "[[]"))
        )


@dataclass
class Baseline:
    """Accepted deviations, and which of them were met."""

    entries: tuple[Accepted, ...] = ()
    met: set[Accepted] = field(default_factory=set)

    def judge(self, finding: Finding) -> Finding:
        """Return a finding with the reason for which it is accepted, if it is."""
        for entry in self.entries:
            if entry.matches(finding):
                self.met.add(entry)
                return replace(finding, accepted=entry.reason)
        return finding

    @property
    def stale(self) -> tuple[Accepted, ...]:
        """What was never met: the server has been mended, or nobody asked."""
        return tuple(entry for entry in self.entries if entry not in self.met)


def read_baseline(path: Path) -> Baseline:
    """Read a file of accepted deviations.

    Raises:
        BaselineError: It cannot be read, or an entry lacks something.

    """
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BaselineError(f"{path}: {error}") from error
    entries = value.get("accepted", [])
    if not isinstance(entries, list) or set(value) - {"accepted"}:
        raise BaselineError(f"{path}: it holds tables [[accepted]] only")
    return Baseline(tuple(_entry(path, n, entry) for n, entry in enumerate(entries, 1)))


def _entry(path: Path, number: int, entry: Any) -> Accepted:
    place = f"{path}: entry {number}"
    if not isinstance(entry, Mapping) or not all(isinstance(one, str) for one in entry.values()):
        raise BaselineError(f"{place}: its members are texts")
    if unknown := set(entry) - _MEMBERS:
        raise BaselineError(f"{place}: `{min(unknown)}` is none of {', '.join(sorted(_MEMBERS))}")
    for name in ("check", "operation", "reason"):
        if not entry.get(name, "").strip():
            raise BaselineError(f"{place}: `{name}` is missing")
    return Accepted(**entry)


def baseline_text(findings: Iterable[Finding]) -> str:
    """Return the text of a file that accepts findings; those known already keep their reasons."""
    blocks = []
    for finding in findings:
        members = {
            "check": finding.check,
            "operation": finding.operation,
            "message": finding.message,
            "reason": finding.accepted or "Not looked into yet.",
        }
        lines = (f"{name} = {_quoted(text)}" for name, text in members.items())
        blocks.append("\n".join(["[[accepted]]", *lines]) + "\n")
    return "\n".join(blocks)


def _quoted(text: str) -> str:
    # TOML's basic strings take JSON's escapes; DEL is the one that JSON does not escape.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
