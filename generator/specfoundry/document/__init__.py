"""How do files become one self-contained OpenAPI 3.1 document?

`load_document` reads, `bundle_document` joins; nothing here knows of Python names.
"""

from __future__ import annotations

from specfoundry.document.bundle import Bundle, bundle_document
from specfoundry.document.finding import Finding, Location, Severity
from specfoundry.document.load import Document, load_document

__all__ = [
    "Bundle",
    "Document",
    "Finding",
    "Location",
    "Severity",
    "bundle_document",
    "load_document",
]
