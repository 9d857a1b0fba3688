"""What does a request or response carry, for each media type?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from specfoundry.ir.types import Shape, TypeRef

MediaKind = Literal["json", "form", "multipart", "binary", "text", "raw"]
PartKind = Literal["file", "text", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field of a form or multipart body."""

    name: str
    identifier: str
    kind: PartKind
    type: TypeRef
    """`UploadedFile` for files; without the `| None` of an optional part."""
    shape: Shape
    required: bool
    many: bool = False
    """The field may be repeated: `type` is then the list's type."""
    style: str = "form"
    explode: bool = True
    default: str | None = None
    content_types: tuple[str, ...] = ()
    deprecated: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One media type of a body and how it is read."""

    media_type: str
    """As documented, lower case, e.g. `application/json` or `image/*`."""
    kind: MediaKind
    type: TypeRef
    """json: the model; form and multipart: the class made from `parts`, or the model when the
    schema is not a plain object; binary: `Binary`; text: `str`; raw: `bytes`."""
    class_name: str | None = None
    """Name of the dataclass that the operations module defines for `parts`."""
    parts: tuple[Part, ...] = ()
    closed: bool = False
    """Fields that `parts` does not name are refused (additionalProperties: false)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A request body."""

    required: bool
    media: tuple[Media, ...]
    ignore_media_type: bool = False
    """The first media type is assumed whatever Content-Type says (`x-ignore-media-type`)."""
    description: str = ""

    @property
    def type_code(self) -> str:
        """Annotation of the handler's `body` argument."""
        codes = list(dict.fromkeys(media.type.code for media in self.media))
        return " | ".join(codes if self.required else [*codes, "None"])

    @property
    def imports(self) -> tuple[str, ...]:
        """Import lines for `type_code`."""
        return tuple(dict.fromkeys(line for media in self.media for line in media.type.imports))
