"""What is a small value that a schema allows?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.promises.contract import target

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEEPEST: Final = 12
_FORMATS: Final = {
    "date": "2020-01-02",
    "date-time": "2020-01-02T03:04:05Z",
    "time": "03:04:05Z",
    "duration": "P1D",
    "email": "someone@example.org",
    "idn-email": "someone@example.org",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.org/",
    "uri-reference": "/somewhere",
    "uuid": "2f1d5c3e-0000-4000-8000-000000000001",
    "byte": "QQ==",
}


class NoSampleError(ValueError):
    """No value was found that a schema allows."""


def sample(root: Mapping[str, Any], schema: Any, deep: int = 0) -> Any:
    """Return a small value for a JSON Schema (draft 2020-12): what must be there, and no more.

    What the schema itself shows counts most: constants, examples, defaults, enumerations. Patterns
    are not understood: the caller validates.

    Args:
        root: The document, into which references lead.
        schema: The schema.
        deep: How deep it is nested.

    Raises:
        NoSampleError: The schema allows nothing, or is nested without an end.

    """
    if deep > _DEEPEST or schema is False:
        raise NoSampleError("nothing fits, or it has no end")
    _, node = target(root, "", schema)
    for word in ("const", "example", "default"):
        if word in node:
            return node[word]
    for word in ("examples", "enum"):
        if node.get(word):
            return next(iter(node[word]))
    return _composed(root, node, deep)


def _composed(root: Mapping[str, Any], node: Mapping[str, Any], deep: int) -> Any:
    parts = [target(root, "", part)[1] for part in node.get("allOf", ())]
    for word in ("oneOf", "anyOf"):
        parts += [_first(root, node[word])] if node.get(word) else []
    if not parts:
        return _typed(root, node, deep)
    own = {word: value for word, value in node.items() if word not in {"allOf", "oneOf", "anyOf"}}
    values = [sample(root, part, deep + 1) for part in parts]
    if all(isinstance(value, dict) for value in values):
        inner = _typed(root, own, deep) if "properties" in own else {}
        return {name: value for one in (*values, inner) for name, value in one.items()}
    return values[0]


def _first(root: Mapping[str, Any], choices: Any) -> Any:
    """Return the first choice that is not null."""
    found = [target(root, "", choice)[1] for choice in choices]
    return next((one for one in found if one.get("type") != "null"), found[0])


def _typed(root: Mapping[str, Any], node: Mapping[str, Any], deep: int) -> Any:
    kinds = node.get("type", "object" if "properties" in node else "string")
    kind = (
        next((one for one in kinds if one != "null"), "null") if isinstance(kinds, list) else kinds
    )
    if kind == "object":
        properties = node.get("properties", {})
        names = [name for name in node.get("required", ()) if isinstance(name, str)]
        return {name: sample(root, properties.get(name, {}), deep + 1) for name in names}
    if kind == "array":
        return [sample(root, node.get("items", {}), deep + 1)] * node.get("minItems", 0)
    if kind in {"integer", "number"}:
        return _whole(node)
    return {"boolean": True, "null": None}.get(kind, _text(node))


def _text(node: Mapping[str, Any]) -> str:
    known = _FORMATS.get(node.get("format", ""))
    text = known if known is not None else "text"
    least, most = node.get("minLength", 0), node.get("maxLength", max(len(text), 1))
    return text.ljust(least, "x")[: max(most, least)] if known is None else text


def _whole(node: Mapping[str, Any]) -> float:
    least = node.get("minimum", node.get("exclusiveMinimum", 1))
    low = max(math.ceil(least), 1 if "minimum" not in node else math.ceil(least))
    low += low <= node.get("exclusiveMinimum", low - 1)
    step = node.get("multipleOf", 1)
    value: float = math.ceil(low / step) * step
    most: float = node.get("maximum", value)
    return min(value, most)
