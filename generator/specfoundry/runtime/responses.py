"""What may a handler answer?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterable
    from datetime import datetime
    from pathlib import Path

BodyT = TypeVar("BodyT")
BodyT_co = TypeVar("BodyT_co", covariant=True)


class Response(Generic[BodyT_co]):
    """Base of all documented successes; `BodyT_co` is the type of `body`.

    Subclasses are frozen dataclasses with `status`, and `body` and documented headers if any. A
    subclass may also carry `media_type`, and `headers` for headers beyond the documented ones.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def status(self) -> int:
            """The HTTP status code."""

        @property
        def body(self) -> BodyT_co:
            """What the answer carries."""


class ApiError(Exception):
    """Base of all documented errors; may be returned or raised.

    Subclasses are dataclasses as those of `Response` are.
    """

    if TYPE_CHECKING:

        @property
        def status(self) -> int:
            """The HTTP status code."""

        @property
        def body(self) -> Any:
            """What the answer carries."""

    def __str__(self) -> str:
        """Name the error and its status."""
        body = getattr(self, "body", None)
        return f"{type(self).__name__} ({self.status})" + ("" if body is None else f": {body!r}")


class Json(Generic[BodyT]):
    """Bytes that are the JSON of a `BodyT`, sent as they are.

    To a type checker `Json(raw)` is a `BodyT`, so that it stands wherever the body may stand. The
    promise is the caller's; a server with `strict=True` checks it.
    """

    __slots__ = ("raw",)
    raw: bytes

    def __new__(cls, raw: bytes) -> BodyT:  # type: ignore[misc]
        """Wrap `raw`, UTF-8 encoded JSON."""
        made: Any = super().__new__(cls)
        made.raw = raw
        return made  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"Json({self.raw!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBody:
    """A file on disk; one range of it is sent where the operation documents 206.

    `etag` (without quotes) and `last_modified` are taken from the file when not given.
    """

    path: Path
    filename: str | None = None
    """Proposed to the client by Content-Disposition."""
    media_type: str | None = None
    etag: str | None = None
    last_modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamBody:
    """Bytes that are produced while they are sent."""

    chunks: AsyncIterable[bytes]
    length: int | None = None
    """Bytes, when known beforehand."""
    filename: str | None = None
    media_type: str | None = None


Binary: TypeAlias = bytes | FileBody | StreamBody
