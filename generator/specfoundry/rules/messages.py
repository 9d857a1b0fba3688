"""What does a JSON Schema validator's error mean in one short sentence, and at which leaf?

An error about `anyOf` says only that no branch fits; the branch that fits best says why.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import PointerError, from_tokens, step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_NOUNS = {
    "string": "a text",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_BRANCHES = ("anyOf", "oneOf")
_UNEXPECTED = ("unevaluatedProperties", "additionalProperties")
_NAMES_IN = {
    "paths": "a path starts with `/`",
    "responses": "a status is three digits, `1XX` to `5XX`, or `default`",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One error at one place; `instance_path` leads to the value that is wrong."""

    instance_path: tuple[str | int, ...]
    kind: Any
    message: str
    value: Any
    alternatives: tuple[str, ...] = ()
    """What any one of would do: members (`required`) or values (`enum`) of all branches."""


def leaves(errors: Iterable[Any], instance: Any) -> Iterator[Leaf]:
    """Yield the errors at the leaves, each once; of a wrong type nothing else is said."""
    found = [leaf for error in errors for leaf in _leaves(error, instance)]
    wrong_type = {leaf.instance_path for leaf in found if leaf.kind.name == "type"}
    seen: set[tuple[Any, ...]] = set()
    for leaf in found:
        if leaf.kind.name != "type" and leaf.instance_path in wrong_type:
            continue
        key = (leaf.instance_path, leaf.message)
        if key not in seen:
            seen.add(key)
            yield leaf


def _leaves(error: Any, instance: Any) -> Iterator[Leaf]:
    if error.kind.name in _BRANCHES and getattr(error.kind, "context", None):
        yield from _best_branch(error, instance)
    elif error.kind.name in _UNEXPECTED:
        for name in error.kind.unexpected:
            yield Leaf((*error.instance_path, name), error.kind, error.message, name)
    elif error.kind.name == "propertyNames":
        inner = error.kind.error
        name = inner.instance
        yield Leaf((*error.instance_path, name), inner.kind, inner.message, name)
    else:
        path = tuple(error.instance_path)
        yield Leaf(path, error.kind, error.message, _value_at(instance, path))


def _best_branch(error: Any, instance: Any) -> Iterator[Leaf]:
    """Follow the branch that went furthest; several branches that lack one member are one error."""
    branches = [branch for branch in error.kind.context if branch]
    if not branches:
        path = tuple(error.instance_path)
        yield Leaf(path, error.kind, error.message, _value_at(instance, path))
        return
    here = len(error.instance_path)
    if all(_only_lacks(branch, here) for branch in branches):
        path = tuple(error.instance_path)
        names = dict.fromkeys(problem.kind.property for branch in branches for problem in branch)
        kind = branches[0][0].kind
        yield Leaf(path, kind, error.message, _value_at(instance, path), tuple(names))
        return
    tag = _wrong_tag(branches, here)
    if tag is not None:
        path = tuple(tag[0].instance_path)
        options = dict.fromkeys(_plain(option) for error in tag for option in error.kind.options)
        value = _value_at(instance, path)
        yield Leaf(path, tag[0].kind, tag[0].message, value, tuple(options))
        return
    best = min(branches, key=lambda branch: _distance(branch, here))
    for problem in best:
        yield from _leaves(problem, instance)


def _wrong_tag(branches: list[list[Any]], depth: int) -> list[Any] | None:
    """Return the errors that say, in every branch, that one member has none of its values."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for branch in branches:
        for problem in branch:
            if problem.kind.name == "enum" and len(problem.instance_path) == depth + 1:
                found.setdefault(tuple(problem.instance_path), []).append(problem)
    meant = [branch for branch in branches if not _asks_for_reference(branch, depth)]
    return next((errors for errors in found.values() if len(errors) == len(meant) > 1), None)


def _asks_for_reference(branch: list[Any], depth: int) -> bool:
    return any(
        problem.kind.name == "required"
        and problem.kind.property == "$ref"
        and len(problem.instance_path) == depth
        for problem in branch
    )


def _only_lacks(branch: list[Any], depth: int) -> bool:
    return (
        len(branch) == 1
        and branch[0].kind.name == "required"
        and len(branch[0].instance_path) == depth
    )


def _distance(branch: list[Any], depth: int) -> tuple[bool, bool, bool, int, int]:
    """Order branches: one for a reference, or for another type or constant, was hardly meant."""
    top = [problem for problem in branch if len(problem.instance_path) == depth]
    no_reference = _asks_for_reference(branch, depth)
    wrong_type = any(problem.kind.name == "type" for problem in top)
    below = [problem for problem in branch if len(problem.instance_path) == depth + 1]
    wrong_tag = any(problem.kind.name in ("const", "enum") for problem in below)
    deepest = max(len(problem.instance_path) for problem in branch)
    return (no_reference, wrong_type, wrong_tag, len(branch), -deepest)


def _value_at(instance: Any, path: tuple[str | int, ...]) -> Any:
    try:
        for token in path:
            instance = step(instance, str(token))
    except PointerError:
        return None
    return instance


def describe(leaf: Leaf) -> str:
    """Say what is wrong with the value at a leaf."""
    name = leaf.kind.name
    if name in _SENTENCES:
        return _SENTENCES[name](leaf)
    if name in _LIMITS:
        return f"{show(leaf.value)} {_LIMITS[name]} {leaf.kind.limit}."
    return f"{show(leaf.value)} does not satisfy `{name}`."


def _required(leaf: Leaf) -> str:
    names = leaf.alternatives or (leaf.kind.property,)
    if names == ("default",) and leaf.instance_path[-1:] == ("responses",):
        return "No response is described."
    return f"{' or '.join(f'`{name}`' for name in names)} is missing."


def _type(leaf: Leaf) -> str:
    wanted = " or ".join(_NOUNS.get(name, name) for name in leaf.kind.types)
    return f"Must be {wanted}, is {show(leaf.value)}."


def _enum(leaf: Leaf) -> str:
    known = leaf.alternatives or tuple(_plain(option) for option in leaf.kind.options)
    options = ", ".join(f"`{option}`" for option in known)
    return f"{show(leaf.value)} is none of {options}."


def _unexpected(leaf: Leaf) -> str:
    parent = str(leaf.instance_path[-2]) if len(leaf.instance_path) > 1 else ""
    hint = f": {_NAMES_IN[parent]}" if parent in _NAMES_IN else ""
    return f"`{leaf.value}` is not allowed here{hint}."


_SENTENCES: dict[str, Callable[[Leaf], str]] = {
    "required": _required,
    "type": _type,
    "enum": _enum,
    "const": lambda leaf: f"{show(leaf.value)} must be {show(leaf.kind.expected_value)}.",
    "unevaluatedProperties": _unexpected,
    "additionalProperties": _unexpected,
    "format": lambda leaf: f"{show(leaf.value)} is no valid `{leaf.kind.format}`.",
    "pattern": lambda leaf: f"{show(leaf.value)} does not match `{leaf.kind.pattern}`.",
    "uniqueItems": lambda leaf: f"An item stands in {show(leaf.value)} twice.",
    "falseSchema": lambda leaf: f"{show(leaf.value)} is not allowed here.",
}
_LIMITS = {
    "minimum": "is less than the minimum of",
    "maximum": "is more than the maximum of",
    "exclusiveMinimum": "must be more than",
    "exclusiveMaximum": "must be less than",
    "minLength": "is shorter than",
    "maxLength": "is longer than",
    "minItems": "has fewer items than",
    "maxItems": "has more items than",
    "minProperties": "has fewer members than",
    "maxProperties": "has more members than",
}


def show(value: Any) -> str:
    """Return a value as JSON between backticks, cut to what fits a line."""
    if isinstance(value, dict):
        return "an object" if value else "an empty object"
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, list) and len(text) > 60:
        return "a list"
    return f"`{text[:77]}…`" if len(text) > 80 else f"`{text}`"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def pointer_of(leaf: Leaf) -> str:
    """Return the leaf's place as a JSON pointer relative to the validated value."""
    return from_tokens(leaf.instance_path)
