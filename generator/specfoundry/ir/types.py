"""How is a schema written down as a Python type, and how does its wire form become that type?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ShapeKind = Literal["string", "integer", "number", "boolean", "null", "any", "array", "object"]


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A Python annotation as it stands in generated code, e.g. `list[models.Package]`."""

    code: str
    imports: tuple[str, ...] = ()
    """Whole import lines which the annotation needs, e.g. `from datetime import date`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What text on the wire stands for: the JSON types that a parameter or form field may have."""

    kinds: tuple[ShapeKind, ...]
    """Every JSON type that the schema admits, in the order in which text is tried against them."""
    items: Shape | None = None
    properties: tuple[tuple[str, Shape], ...] = ()
    additional: Shape | None = None
    """Shape of members that `properties` does not name; None when there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A response header: wire name, attribute name and type."""

    name: str
    identifier: str
    type: TypeRef
    shape: Shape
    required: bool
    content_type: str | None = None
    """Media type of a value that `content` describes, None for the style `simple`."""
    deprecated: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """The `x-` members of one object, as read (JSON values), without interpretation."""

    members: tuple[tuple[str, object], ...] = field(default=())

    def get(self, name: str) -> object | None:
        """Return the value of extension `name`, or None when the object has none."""
        return dict(self.members).get(name)
