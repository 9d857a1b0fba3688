"""Which references does an object hold, and what do they point to?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import from_fragment, join
from specfoundry.document.structure import REFERABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.document.structure import Place

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_FILE = re.compile(r"[/#]|\.(?:ya?ml|json)\Z")


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference: `holder[key]` is its text, `pointer` the place of that text."""

    holder: dict[str, Any]
    key: str
    pointer: str
    kind: str
    text: Any

    @property
    def file(self) -> str:
        """The part before `#`: empty for the same file."""
        return str(self.text).partition("#")[0]

    @property
    def fragment(self) -> str:
        """The part behind `#`, percent-decoded: a JSON pointer or an anchor."""
        return from_fragment(str(self.text).partition("#")[2])

    @property
    def is_remote(self) -> bool:
        """Whether the text is a URL: `https:`, `urn:` and so on."""
        return bool(_SCHEME.match(str(self.text)))


def references(place: Place) -> Iterator[Reference]:
    """Yield the references that stand directly in an object."""
    node = place.node
    if place.kind in REFERABLE and "$ref" in node:
        yield Reference(node, "$ref", join(place.pointer, "$ref"), place.kind, node["$ref"])
    if place.kind == "discriminator" and isinstance(node.get("mapping"), dict):
        mapping = node["mapping"]
        for value, target in mapping.items():
            if isinstance(target, str) and _FILE.search(target):
                pointer = join(place.pointer, "mapping", value)
                yield Reference(mapping, value, pointer, "schema", target)


def written_elsewhere(place: Place) -> Reference | None:
    """Return what names a part of an object that is mere data and stands elsewhere, if anything.

    That is the `externalValue` of an example, of the kind `file`, and a reference in the place of
    `x-cases`, of the kind `data`, which may lead into a file.
    """
    node = place.node
    if place.kind == "example" and isinstance(node.get("externalValue"), str):
        text = node["externalValue"]
        return Reference(node, "externalValue", join(place.pointer, "externalValue"), "file", text)
    cases = node.get("x-cases") if place.kind == "operation" else None
    if isinstance(cases, dict) and is_alias(cases):
        pointer = join(place.pointer, "x-cases", "$ref")
        return Reference(node, "x-cases", pointer, "data", cases["$ref"])
    return None


def is_alias(node: Any) -> bool:
    """Return whether an object is nothing but a reference."""
    return isinstance(node, dict) and isinstance(node.get("$ref"), str)
