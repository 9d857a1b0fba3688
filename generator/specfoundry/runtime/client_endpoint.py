"""What does a generated client know about one operation?"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from pydantic import TypeAdapter
from pydantic_core import from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specfoundry.runtime.client_parameters import WireParameter

ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)

MediaKind = Literal["json", "form", "multipart", "binary", "text", "raw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of a form or multipart request body."""

    name: str
    kind: Literal["file", "text", "json"]
    style: str = "form"
    explode: bool = True
    many: bool = False
    """The field is repeated for each item of its value."""
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class RequestMedia:
    """One media type that an operation takes."""

    media_type: str
    kind: MediaKind
    fields: Mapping[str, FormField] = field(default_factory=dict)
    """Form and multipart: the fields by Python name."""


@dataclass(frozen=True)
class AnswerMedia:
    """One media type of an answer, and the type that its body is checked against."""

    media_type: str
    kind: MediaKind
    type: Any = Any

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """The validator of the body, built at the first answer."""
        return TypeAdapter(self.type)


@dataclass(frozen=True, kw_only=True)
class AnswerHeader:
    """One documented header of an answer."""

    name: str
    identifier: str
    type: Any
    kinds: tuple[str, ...] = ("string",)
    """JSON types that the text may stand for, in the order in which they are tried."""
    items: tuple[str, ...] | None = None
    """The same for the items of a comma-separated list."""
    members: Mapping[str, tuple[str, ...]] | None = None
    """The same for the members of an object, written `name,value,name,value`."""
    is_json: bool = False
    """The text is JSON: `content` describes the header."""
    required: bool = False

    def value_of(self, text: str) -> object:
        """Return the JSON value that `text` stands for, not yet checked against the type.

        Raises `ValueError` for a text that should be JSON and is not.
        """
        if self.is_json:
            return from_json(text)
        if self.members is not None:
            parts = [part.strip() for part in text.split(",")]
            pairs = zip(parts[::2], parts[1::2], strict=False)
            return {k: scalar_of(v, self.members.get(k, ("string",))) for k, v in pairs}
        if self.items is None:
            return scalar_of(text, self.kinds)
        return [scalar_of(item.strip(), self.items) for item in text.split(",")]

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """The validator of the value, built at the first answer."""
        return TypeAdapter(self.type)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one status means: its class, media types and headers."""

    cls: type[Any]
    media: tuple[AnswerMedia, ...] = ()
    headers: tuple[AnswerHeader, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Endpoint(Generic[ResultT_co]):
    """One operation; `ResultT_co` is what calling it returns."""

    operation_id: str
    method: str
    path: str
    answers: Mapping[str, Answer]
    """By status, range (`4XX`) or `default`."""
    parameters: tuple[WireParameter, ...] = ()
    params: Any = None
    """The frozen class of all parameters; its attributes are named by `WireParameter.identifier`."""
    media: tuple[RequestMedia, ...] = ()
    bare: bool = False
    """Success is returned as the body itself (None without one), not as its answer class."""
    success_by_default: bool = False
    """No success is documented, so that `default` describes it too; its body is returned."""

    @cached_property
    def accept(self) -> str:
        """Value of the Accept header: every documented media type, successes first."""
        ordered = sorted(self.answers.items(), key=lambda item: item[0][0] not in "23")
        types = dict.fromkeys(m.media_type for _, answer in ordered for m in answer.media)
        return ", ".join(types) or "*/*"

    @cached_property
    def params_adapter(self) -> TypeAdapter[Any]:
        """The serialiser of the parameters, built at the first call."""
        return TypeAdapter(self.params)

    @cached_property
    def defaults(self) -> dict[str, object]:
        """The parameters' defaults, by Python name."""
        return {member.name: member.default for member in fields(self.params)}

    def answer_for(self, status: int) -> Answer | None:
        """Return what `status` means: exact, then its range, then `default` (OpenAPI 3.1, 4.8.16)."""
        found = self.answers.get(str(status)) or self.answers.get(f"{status // 100}XX")
        return found or self.answers.get("default")


def scalar_of(text: str, kinds: tuple[str, ...]) -> object:
    """Return `text` as the first of the JSON types in `kinds` that it can be written as."""
    for kind in kinds:
        reader = _READERS.get(kind)
        if reader is None:
            return text
        try:
            return reader(text)
        except (ValueError, KeyError):
            continue
    return text


_READERS: Mapping[str, Callable[[str], object]] = {
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "null": {"": None}.__getitem__,
}
