"""What do all tests of the contract look at: the bundle and its operations, references resolved?"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from specfoundry.document.bundle import bundle_document
from specfoundry.document.load import load_document
from specfoundry.document.pointer import follow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Contract:
    """The bundled document."""

    node: dict[str, Any]
    _validators: dict[str, jsonschema_rs.Draft202012Validator] = field(default_factory=dict)

    def resolve(self, node: Any) -> Any:
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            node = follow(self.node, node["$ref"][1:])
        return node

    def validator(self, schema: Any) -> jsonschema_rs.Draft202012Validator:
        """Return a validator that knows the document's components and checks formats."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            # Schemas refer to schemas only; the rest of the components would cost most of the time.
            known = {"schemas": self.node["components"]["schemas"]}
            whole = {"components": known, **schema}
            made = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            self._validators[key] = made
        return self._validators[key]

    def component(self, name: str) -> jsonschema_rs.Draft202012Validator:
        return self.validator({"$ref": f"#/components/schemas/{name}"})

    def example(self, name: str) -> Any:
        return self.node["components"]["examples"][name]["value"]

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, item in self.node["paths"].items():
            for method in METHODS:
                if method in item:
                    shared = item.get("parameters", [])
                    own = item[method]
                    yield path, method, {**own, "parameters": shared + own.get("parameters", [])}

    def bodies(self, operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield status, media type and Media Type Object of every answer with a body."""
        for status, response in operation["responses"].items():
            for media_type, content in self.resolve(response).get("content", {}).items():
                yield status, media_type, content


@pytest.fixture(scope="session")
def contract() -> Contract:
    bundle = bundle_document(load_document(ROOT / "spec" / "openapi.yaml"))
    node: dict[str, Any] = json.loads(bundle.text())
    return Contract(node)


@pytest.fixture(scope="session")
def documented() -> Callable[[str], Any]:
    """Return a body as one of the source documents shows it."""
    folder = Path(__file__).parent / "documented"
    return lambda name: json.loads((folder / f"{name}.json").read_text())
