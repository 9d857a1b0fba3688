"""What is wrong with a document, and where?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad a finding is: an error makes the command fail, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file that a person wrote."""

    file: str
    """As the user would type it: relative to the working directory where that is possible."""
    line: int
    """Counted from 1."""
    column: int
    """Counted from 1, in characters."""
    pointer: str = ""
    """JSON pointer (RFC 6901) inside `file`; empty for the whole file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong; the message is a sentence that a person can act on."""

    rule: str
    message: str
    file: str
    line: int
    column: int = 1
    pointer: str = ""
    severity: Severity = Severity.ERROR

    @classmethod
    def at(
        cls, place: Location, rule: str, message: str, severity: Severity = Severity.ERROR
    ) -> Finding:
        """Make a finding at a location."""
        return cls(
            rule=rule,
            message=message,
            severity=severity,
            file=place.file,
            line=place.line,
            column=place.column,
            pointer=place.pointer,
        )

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order by place, so that output is stable and reads top to bottom."""
        return (self.file, self.line, self.column, self.rule, self.message)

    def as_dict(self) -> dict[str, Any]:
        """Return the members of `--format json`."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "pointer": self.pointer,
            "message": self.message,
        }

    def __str__(self) -> str:
        """Return `file:line:column: severity rule: message (pointer)`."""
        where = f" ({self.pointer})" if self.pointer else ""
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.severity.value} {self.rule}: {self.message}{where}"
