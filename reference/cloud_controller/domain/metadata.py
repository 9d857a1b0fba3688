"""Which labels and annotations may a resource carry, and how does a change merge into them?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MAX_LABELS: Final = 50
MAX_ANNOTATIONS: Final = 200
MAX_ANNOTATION_LENGTH: Final = 5000
_MAX_NAME: Final = 63
_MAX_PREFIX: Final = 253
_RESERVED_PREFIX: Final = "cloudfoundry.org"

_DNS_PART: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DNS_NAME: Final = re.compile(rf"{_DNS_PART}(?:\.{_DNS_PART})+")
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9_.\-]")
_BAD_END: Final = re.compile(r"\A[^A-Za-z0-9]|[^A-Za-z0-9]\Z")


@dataclass(frozen=True, slots=True)
class LimitExceeded:
    """Too many entries; `kind` is `labels` or `annotations`, `sent` counts the request's."""

    kind: str
    sent: int
    maximum: int

    @property
    def text(self) -> str:
        """The documented sentence (1.8; codes 390020 and 390023)."""
        return (
            f"Failed to add {self.sent} {self.kind} because it would exceed maximum of "
            f"{self.maximum}"
        )


def key_problem(key: str) -> str | None:
    """Return what is wrong with a label's or annotation's key; the first match of 1.8 wins."""
    if not key:
        return "key cannot be empty string"
    if key.count("/") > 1:
        return "key has more than one '/'"
    prefix, slash, name = key.rpartition("/")
    if slash and (problem := _prefix_problem(prefix)):
        return problem
    if not name:
        return "key cannot be empty string"
    return name_problem(name)


def _prefix_problem(prefix: str) -> str | None:
    if not _DNS_NAME.fullmatch(prefix):
        return f"prefix '{prefix}' must be in valid dns format"
    if len(prefix) > _MAX_PREFIX:
        return f"prefix '{prefix[:8]}...' is greater than {_MAX_PREFIX} characters"
    if prefix.lower() == _RESERVED_PREFIX:
        return f"prefix '{_RESERVED_PREFIX}' is reserved"
    return None


def name_problem(text: str) -> str | None:
    """Return what is wrong with the name in a key or with a non-empty label value."""
    if _FOREIGN.search(text):
        return f"'{text}' contains invalid characters"
    if _BAD_END.search(text):
        return f"'{text}' starts or ends with invalid characters"
    if len(text) > _MAX_NAME:
        return f"'{text[:8]}...' is greater than {_MAX_NAME} characters"
    return None


def value_problem(value: str) -> str | None:
    """Return what is wrong with a label's value; the empty value is fine."""
    return name_problem(value) if value else None


def as_text(value: object) -> str | None:
    """How a sent value is stored: numbers and booleans as text, null as nothing (1.8)."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def problems(metadata: object) -> list[str]:
    """Return the texts for a sent `metadata`, in the documented order; empty when it is fine (1.8)."""
    if not isinstance(metadata, dict):
        return ["Metadata must be an object"]
    found = []
    unexpected = [key for key in metadata if key not in ("labels", "annotations")]
    if unexpected:
        names = " ".join(f"'{key}'" for key in unexpected)
        found.append(f"Metadata has unexpected field(s): {names}")
    return [
        *found,
        *_map_problems("labels", metadata.get("labels")),
        *_map_problems("annotations", metadata.get("annotations")),
    ]


def _map_problems(kind: str, entries: object) -> list[str]:
    if entries is None:
        return []
    if not isinstance(entries, dict):
        return [f"Metadata '{kind}' is not an object"]
    check = _label_problems if kind == "labels" else _annotation_problems
    return [text for key, value in entries.items() for text in check(key, as_text(value))]


def _label_problems(key: str, value: str | None) -> list[str]:
    found = []
    if reason := key_problem(key):
        found.append(f"Metadata label key error: {reason}")
    if value is not None and (reason := value_problem(value)):
        found.append(f"Metadata label value error: {reason}")
    return found


def _annotation_problems(key: str, value: str | None) -> list[str]:
    if value is None or not value.strip():
        return []  # so that an entry with a bad key can still be deleted (S72)
    found = []
    if reason := key_problem(key):
        found.append(f"Metadata annotation key error: {reason}")
    if len(value) > MAX_ANNOTATION_LENGTH:
        found.append(
            f"Metadata annotation value error: '{value[:8]}...' is greater than "
            f"{MAX_ANNOTATION_LENGTH} characters"
        )
    return found


def changes(metadata: object, kind: str) -> dict[str, str | None]:
    """Return the entries that a good `metadata` sets (text) or removes (None); `kind` as in 1.8."""
    entries = metadata.get(kind) if isinstance(metadata, Mapping) else None
    if not isinstance(entries, Mapping):
        return {}
    return {key: as_text(value) for key, value in entries.items()}


def limit(
    kind: str, *, before: int, after: int, sent: int, maximum: int | None = None
) -> LimitExceeded | None:
    """Whether a change leaves too many entries; one that adds none is never refused (1.8).

    `before` and `after` count the resource's entries around the change, `sent` the request's.
    """
    most = maximum or (MAX_LABELS if kind == "labels" else MAX_ANNOTATIONS)
    return LimitExceeded(kind, sent, most) if after > most and after > before else None
