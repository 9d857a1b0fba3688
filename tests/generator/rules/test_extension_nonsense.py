"""Does nonsense in an extension become findings, and never a crash?"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from specfoundry.document import bundle_document, load_document
from specfoundry.extensions import extensions
from specfoundry.rules import check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specfoundry.extensions import Extension

NONSENSE: tuple[Any, ...] = (None, 1, "", "/", "{x}", [], {}, [{}], [[1]], {"": {}}, {"/a": [1]})
PET = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"enum": ["Rex"]}}}
PETS = {"type": "object", "properties": {"resources": {"type": "array", "items": PET}}}


def json_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "", "content": {"application/json": {"schema": schema}}}


def documents(name: str, value: Any) -> dict[str, Any]:
    """A document in which the extension stands wherever an object of OpenAPI may have it."""
    said = {name: value}
    parameter = {"name": "page", "in": "query", "schema": {"type": "string"}, **said}
    answers = {"200": {**json_of(PETS), **said}}
    listed = {"operationId": "listPets", "parameters": [parameter], "responses": answers, **said}
    listed.setdefault("x-pagination", {"items": "/resources"})
    body = {**json_of(PET), **said}
    made = {"operationId": "getPet", "requestBody": body, "responses": {"201": json_of(PET)}}
    paths = {"/pets": {"get": listed, "post": {**made, **said}}}
    return {"openapi": "3.1.1", "info": {"title": "", "version": ""}, "paths": paths, **said}


def spoilt(value: Any) -> Iterator[Any]:
    """The value with each of its parts replaced by nonsense."""
    yield from NONSENSE
    if not isinstance(value, dict | list):
        return
    for place in value if isinstance(value, dict) else range(len(value)):
        for other in spoilt(value[place]) if isinstance(value[place], dict | list) else NONSENSE:
            changed = copy.deepcopy(value)
            changed[place] = other
            yield changed


@pytest.mark.parametrize("extension", extensions().values(), ids=lambda found: found.name)
def test_no_value_of_an_extension_makes_the_rules_crash(
    extension: Extension, tmp_path: Path
) -> None:
    document = tmp_path / "openapi.json"
    for example in extension.examples:
        for value in spoilt(example):
            document.write_text(json.dumps(documents(extension.name, value)), encoding="utf-8")

            findings = check(bundle_document(load_document(document)), "contract", thorough=False)

            assert all(finding.message for finding in findings)
