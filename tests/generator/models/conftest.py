"""How does a test import the models of a few schemas?"""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from specfoundry.ir.lift import lift
from specfoundry.ir.naming import schema_names
from specfoundry.render.cache import Cache
from specfoundry.targets.models import build_models

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Return a function from the YAML of components.schemas to the imported models module."""

    def from_text(text: str) -> Any:
        node = {"paths": {}, "components": {"schemas": yaml.safe_load(text)}}
        lifted = lift(node)
        names = schema_names(lifted["components"]["schemas"])
        source, _ = build_models(lifted, names, "# do not edit", Cache(tmp_path / "cache"))
        path = tmp_path / "models_under_test.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location("models_under_test", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        # pydantic looks up the names in annotations there.
        monkeypatch.setitem(sys.modules, module.__name__, module)
        spec.loader.exec_module(module)
        return module

    return from_text
