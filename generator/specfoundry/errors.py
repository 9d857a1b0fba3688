"""Which errors does the toolchain raise on purpose?

    SpecfoundryError            one line for the user, exit code 1
    ├── DocumentError           the document cannot be used; carries the findings
    ├── SettingsError           pyproject.toml or an option says something that we do not know
    ├── OutputError             a file or folder cannot be written
    └── MissingExtraError       a library of an optional extra is not installed

Anything else that reaches the command line is a mistake of ours: exit code 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specfoundry.document.finding import Finding


class SpecfoundryError(Exception):
    """The user can mend this; the text says where and how."""


class DocumentError(SpecfoundryError):
    """The document cannot be used; `findings` says why, at least one of them an error."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class SettingsError(SpecfoundryError):
    """The settings or options are wrong."""


class OutputError(SpecfoundryError):
    """Something cannot be written."""


class MissingExtraError(SpecfoundryError):
    """An optional library is needed and not installed."""
