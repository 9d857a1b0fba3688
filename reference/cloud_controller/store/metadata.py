"""What are the labels and annotations of a resource?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class LabelKey(NamedTuple):
    """A label or annotation key in its two parts (cloud-controller-behaviour.md 1.8)."""

    prefix: str
    """The DNS name before the slash, or `""`; a key without prefix never matches one with."""
    name: str

    @classmethod
    def parse(cls, key: str) -> LabelKey:
        """Split `prefix/name` at its first slash; no validation."""
        prefix, slash, name = key.partition("/")
        return cls(prefix, name) if slash else cls("", key)

    def __str__(self) -> str:
        return f"{self.prefix}/{self.name}" if self.prefix else self.name


class Label(NamedTuple):
    """One label as a row."""

    key: LabelKey
    value: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """Labels and annotations in the order in which their keys were first set."""

    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def merged(
        self, labels: Mapping[str, str | None], annotations: Mapping[str, str | None]
    ) -> Metadata:
        """Return what a PATCH leaves: given keys replace, `None` removes, the others stay."""
        return Metadata(_merge(self.labels, labels), _merge(self.annotations, annotations))


def _merge(present: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    merged: dict[str, str | None] = {**present, **changes}
    return {key: value for key, value in merged.items() if value is not None}
