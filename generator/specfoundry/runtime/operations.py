"""What does the runtime know about one operation?

Generated code holds a table of these; the names are those of OpenAPI.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import TypeAdapter

from specfoundry.runtime.security import NO_SECURITY, Security

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind: TypeAlias = Literal[
    "string", "integer", "number", "boolean", "null", "any", "array", "object"
]
Location: TypeAlias = Literal["path", "query", "header", "cookie"]
MediaKind: TypeAlias = Literal["json", "form", "multipart", "binary", "text", "raw"]
PartKind: TypeAlias = Literal["file", "text", "json"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The JSON types that a text on the wire may stand for."""

    kinds: tuple[Kind, ...] = ("string",)
    """In the order in which text is tried against them."""
    items: Shape | None = None
    properties: Mapping[str, Shape] = field(default_factory=dict)
    additional: Shape | None = None
    """Shape of members that `properties` does not name; None when there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter, style and explode filled in (OpenAPI 3.1, 4.8.12)."""

    name: str
    identifier: str
    location: Location
    shape: Shape = Shape()
    required: bool = False
    style: str = "form"
    explode: bool = True
    content_type: str | None = None
    decode: str | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One field of a form or multipart body."""

    name: str
    identifier: str
    kind: PartKind
    type: Any
    """The annotation, without the `| None` of an optional part."""
    shape: Shape = Shape()
    required: bool = False
    many: bool = False
    style: str = "form"
    explode: bool = True

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Validator of the part's value, built when first needed."""
        return TypeAdapter(self.type)


@dataclass(frozen=True, kw_only=True)
class Media:
    """One media type of a request or response body."""

    media_type: str
    kind: MediaKind
    type: Any
    """The annotation of the body."""
    parts: tuple[Part, ...] = ()
    """Fields of `type` when it is a class that the operations package defines for a form."""
    closed: bool = False
    """Fields that `parts` does not name are refused."""

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Validator and serialiser of the body, built when first needed."""
        return TypeAdapter(self.type)

    @cached_property
    def essence(self) -> str:
        """The media type without its parameters, lower case."""
        return self.media_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A request body."""

    media: tuple[Media, ...]
    required: bool = False
    ignore_media_type: bool = False
    """The first media type is assumed whatever Content-Type says."""


@dataclass(frozen=True, kw_only=True)
class AnswerHeader:
    """One documented header of an answer."""

    name: str
    identifier: str
    type: Any
    required: bool = False
    shape: Shape = Shape()
    content_type: str | None = None
    """Media type of a value that is JSON as a whole, None for the style `simple`."""

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Validator of the header's value, built when first needed."""
        return TypeAdapter(self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One documented response."""

    status: str
    """`200`, a range such as `4XX`, or `default`."""
    cls: type[Any]
    media: tuple[Media, ...] = ()
    headers: tuple[AnswerHeader, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Operation:
    """One method on one path."""

    operation_id: str
    method: str
    """Upper case."""
    path: str
    tag: str
    """Attribute of the APIs object that has the handler."""
    handler: str
    """Name of the handler's method."""
    params: type[Any] | None = None
    """Frozen class of all parameters; its attributes are named by `Parameter.identifier`."""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answers: tuple[Answer, ...] = ()
    security: Security = NO_SECURITY
    strict_query: bool = False
    """Query parameters that are not documented, or repeated, are refused."""
    deprecated: bool = False
    extensions: Mapping[str, Any] = field(default_factory=dict)
    """The `x-` members of the operation."""

    def answer_for(self, status: int) -> Answer | None:
        """Return what `status` means: exact, then its range, then `default` (OpenAPI 3.1, 4.8.16)."""
        return (
            self._answers.get(str(status))
            or self._answers.get(f"{status // 100}XX")
            or self._answers.get("default")
        )

    @cached_property
    def _answers(self) -> dict[str, Answer]:
        return {answer.status: answer for answer in self.answers}
