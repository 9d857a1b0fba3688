"""Is the bundle of a bundle the same, for our own contract and for documents from elsewhere?

`SPECFOUNDRY_CORPUS` names a folder of foreign OpenAPI documents; they are too large to keep here.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from specfoundry.document import bundle_document, load_document
from specfoundry.rules import check

OWN = Path(__file__).parents[3] / "spec" / "openapi.yaml"
CORPUS = Path(os.environ.get("SPECFOUNDRY_CORPUS", "nowhere"))
DOCUMENTS = sorted(path for path in CORPUS.glob("*") if path.suffix in (".json", ".yaml"))


def bundle_text(path: Path) -> str:
    return bundle_document(load_document(path)).text()


def test_our_own_contract_bundles_to_the_same_text_again(tmp_path: Path) -> None:
    again = tmp_path / "openapi.json"
    again.write_text(bundle_text(OWN), encoding="utf-8")

    assert bundle_text(again) == again.read_text(encoding="utf-8")


@pytest.mark.skipif(not DOCUMENTS, reason="SPECFOUNDRY_CORPUS names no folder of documents")
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_foreign_document_bundles_to_the_same_text_again(document: Path, tmp_path: Path) -> None:
    again = tmp_path / "openapi.json"
    again.write_text(bundle_text(document), encoding="utf-8")

    assert bundle_text(again) == again.read_text(encoding="utf-8")


@pytest.mark.skipif(not DOCUMENTS, reason="SPECFOUNDRY_CORPUS names no folder of documents")
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_foreign_document_has_no_error(document: Path) -> None:
    findings = check(bundle_document(load_document(document)))

    assert [str(finding) for finding in findings if finding.severity == "error"] == []
