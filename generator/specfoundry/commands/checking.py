"""Is a document fit for what a command wants to do with it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specfoundry.document.bundle import bundle_document
from specfoundry.document.finding import Severity
from specfoundry.document.load import load_document
from specfoundry.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from specfoundry.document.bundle import Bundle
    from specfoundry.document.finding import Finding


def check_document(
    path: Path, profile: str, *, thorough: bool = True
) -> tuple[Bundle, list[Finding]]:
    """Load, bundle and check; return the bundle and everything that was found.

    Raises:
        DocumentError: The files cannot be read or joined.
    """
    from specfoundry.rules import check

    bundle = bundle_document(load_document(path))
    return bundle, [*bundle.findings, *check(bundle, profile, thorough=thorough)]


def sound_bundle(path: Path, profile: str) -> tuple[Bundle, list[Finding]]:
    """Return the bundle and its warnings.

    Raises:
        DocumentError: There is an error in the document.
    """
    bundle, findings = check_document(path, profile, thorough=False)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise DocumentError(findings)
    return bundle, findings
