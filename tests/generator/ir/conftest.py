"""How does a test get from a small document to the intermediate representation?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from specfoundry.document.bundle import bundle_document
from specfoundry.document.load import load_document
from specfoundry.ir.build import build_api
from specfoundry.ir.lift import lift
from specfoundry.ir.naming import schema_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Any]:
    """Return a function from paths (and components) to (api, findings, lifted document)."""

    def from_text(paths: str, components: str = "{}", version: str = "3.1.0", **more: Any) -> Any:
        document = {
            "openapi": version,
            "info": {"title": "Test", "version": "1"},
            "paths": yaml.safe_load(paths),
            "components": yaml.safe_load(components),
            **more,
        }
        path = tmp_path / "document.yaml"
        path.write_text(yaml.safe_dump(document, sort_keys=False))
        bundle = bundle_document(load_document(path))
        lifted = lift(bundle.node)
        api, findings = build_api(
            lifted, schema_names(lifted["components"]["schemas"]), bundle, ["X-Request-Id"]
        )
        return api, findings, lifted

    return from_text
