"""Is every object of the document what OpenAPI 3.1 says it is?

The JSON Schema of OpenAPI 3.1 comes with openapi-spec-validator; the schemas inside the document are
held against the metaschema of JSON Schema 2020-12. What the library says about a whole branch is
followed down to the leaf that is wrong.
"""

from __future__ import annotations

import importlib.util
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from specfoundry.document.finding import Severity
from specfoundry.document.pointer import from_tokens, join
from specfoundry.rules.context import Context, Violation
from specfoundry.rules.messages import Leaf, describe, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

_HARMLESS = frozenset({"uniqueItems"})
"""A name that `required` or `enum` repeats is wrong and changes nothing."""
_OBSOLETE = frozenset({"$recursiveAnchor", "$recursiveRef"})
"""Keywords of JSON Schema 2019-09 that 2020-12 ignores, whatever they hold."""


def openapi_objects(context: Context) -> Iterator[Violation]:
    """Hold the document against the schema of OpenAPI: as it was written, then as 3.1."""
    old = context.bundle.before_upgrade
    if old is not None:
        found = list(_errors(_openapi_schema("v3.0"), old))
        yield from found
        if found:
            return
    yield from _errors(_openapi_schema("v3.1"), context.root)


def _errors(validator: Any, node: Any) -> Iterator[Violation]:
    for error in leaves(validator.iter_errors(node), node):
        yield Violation(from_tokens(error.instance_path), describe(error))


def schema_objects(context: Context) -> Iterator[Violation]:
    """Hold every schema against the metaschema of JSON Schema 2020-12."""
    for place in context.by_kind["schema"]:
        if place.within == "schema" or _metaschema().is_valid(place.node):
            continue
        for error in leaves(_metaschema().iter_errors(place.node), place.node):
            pointer = place.pointer + from_tokens(error.instance_path)
            yield Violation(pointer, describe(error), _severity(error))


def _severity(error: Leaf) -> Severity | None:
    is_obsolete = bool(error.instance_path) and error.instance_path[-1] in _OBSOLETE
    is_pattern = error.kind.name == "format" and error.kind.format == "regex"
    is_lax = is_pattern and _is_lax_pattern(error.value)
    return Severity.WARNING if is_obsolete or is_lax or error.kind.name in _HARMLESS else None


def _is_lax_pattern(pattern: object) -> bool:
    """Return whether a pattern means something without ECMA-262's flag `u`, or elsewhere."""
    if not isinstance(pattern, str):
        return False
    text = re.sub(r"(\\[wdsWDS])-(?!\])", r"\1\\-", pattern).replace(r"\z", r"\Z")
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def old_keywords(context: Context) -> Iterator[Violation]:
    """Find keywords of OpenAPI 3.0 that have lost their meaning in a 3.1 document."""
    for place in context.by_kind["schema"]:
        if isinstance(place.node.get("nullable"), bool):
            message = '`nullable` has no meaning in OpenAPI 3.1; write `type: [..., "null"]`.'
            yield Violation(join(place.pointer, "nullable"), message)


@lru_cache(maxsize=2)
def _openapi_schema(version: str) -> Any:
    """Read the library's copy of the schema; importing the library takes longer than using it."""
    package = importlib.util.find_spec("openapi_spec_validator")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError(name="openapi_spec_validator")
    folder = Path(package.submodule_search_locations[0])
    text = (folder / f"resources/schemas/{version}/schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.validator_for(json.loads(text), offline=True)


@lru_cache(maxsize=1)
def _metaschema() -> Any:
    # `format` of the metaschema (`regex`, `uri-reference`) is asserted: a bad pattern is found here.
    reference = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
    return jsonschema_rs.Draft202012Validator(reference, validate_formats=True, offline=True)
