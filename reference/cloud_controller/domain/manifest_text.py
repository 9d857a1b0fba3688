"""What does the YAML of a manifest say?

YAML can do more than a manifest needs: aliases that make little text huge, types that only some
program understands, nesting without end. A manifest is made of texts, numbers, booleans, nulls,
lists and objects, and of nothing else.
"""

from __future__ import annotations

import math
from typing import Any, Final

import yaml

MAX_LENGTH: Final = 1_048_576
MAX_DEPTH: Final = 50
MAX_NODES: Final = 100_000

_PLAIN: Final = ("null", "bool", "int", "float", "str", "seq", "map", "merge")
_TAG: Final = "tag:yaml.org,2002:"


class ManifestUnreadableError(ValueError):
    """The text is not YAML, or says more than a manifest can."""


class ManifestAliasError(ValueError):
    """The text refers back to a part of itself."""


class _Loader(yaml.CSafeLoader):
    """Reads plain values; dates stay texts, and all keys are texts."""

    yaml_implicit_resolvers = {  # noqa: RUF012 -- the library reads it from the class
        first: [(tag, pattern) for tag, pattern in found if tag.removeprefix(_TAG) in _PLAIN]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Read an object; in Python, unlike in YAML, `1` and `true` would be the same key."""
        self.flatten_mapping(node)
        found = {}
        for name, value in node.value:
            if not isinstance(name, yaml.ScalarNode):
                raise ManifestUnreadableError("a key is no text")
            found[_key(self.construct_object(name))] = self.construct_object(value, deep=deep)
        return found

    def finite(self, node: yaml.ScalarNode) -> float | str:
        """Read a number; infinity, which JSON does not know, stays a text."""
        number: float = self.construct_yaml_float(node)
        return number if math.isfinite(number) else node.value


_Loader.add_constructor(f"{_TAG}float", _Loader.finite)


def parse(text: str) -> dict[str, Any]:
    """Read a manifest.

    Raises:
        ManifestAliasError: It has an alias.
        ManifestUnreadableError: It is no YAML object, or nested too deeply.

    """
    try:
        _check(text)
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 -- a subclass of the safe loader
    except ManifestAliasError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise ManifestUnreadableError(str(error)) from error
    if not isinstance(found, dict):
        raise ManifestUnreadableError("it is not an object")
    return found


def _check(text: str) -> None:
    """Refuse before anything is built what cannot be a manifest."""
    if len(text) > MAX_LENGTH:
        raise ManifestUnreadableError("it is too long")
    depth = nodes = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise ManifestAliasError("manifests have no aliases")
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.NodeEvent):
            nodes += 1
            _check_tag(event)
            depth += isinstance(event, yaml.CollectionStartEvent)
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise ManifestUnreadableError("it is nested too deeply or too large")


def _check_tag(event: yaml.NodeEvent) -> None:
    tag = getattr(event, "tag", None)
    if tag not in (None, "!") and str(tag).removeprefix(_TAG) not in _PLAIN:
        raise ManifestUnreadableError(f"manifests have no values of type {tag}")


def _key(name: object) -> str:
    """Return a key as text: in Ruby, as in YAML, `true` and `null` are keys like any others."""
    if isinstance(name, bool):
        return str(name).lower()
    return "" if name is None else str(name)
