"""How do dates and times keep the text in which they came?

`2020-01-01T00:00:00.000Z` and `2020-01-01T00:00:00Z` are one moment and two texts: a value that was
read leaves in its own text, so that passing a document on does not change it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic_core import PydanticKnownError, core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


class _ReadDatetime(datetime):
    """A moment that remembers its text; what is computed from it does not."""

    text: str

    def __reduce_ex__(self, _protocol: object) -> tuple[Any, ...]:
        return self.__reduce__()

    def __reduce__(self) -> tuple[Any, ...]:
        text = getattr(self, "text", None)
        if isinstance(text, str):
            return _datetime_of, (text,)
        return datetime.fromisoformat, (self.isoformat(),)


def _datetime_of(text: str) -> datetime:
    read = _ReadDatetime.fromisoformat(text.upper())
    read.text = text
    return read


def _read_datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise PydanticKnownError("timezone_aware")
        return value
    if not isinstance(value, str):
        raise PydanticKnownError("datetime_type")
    if not _DATETIME.fullmatch(value):
        raise PydanticKnownError("datetime_parsing", {"error": "not as RFC 3339 has it"})
    try:
        return _datetime_of(value)
    except ValueError as error:
        raise PydanticKnownError("datetime_parsing", {"error": str(error)}) from None


def _write_datetime(value: datetime) -> str:
    text = getattr(value, "text", None)
    if isinstance(text, str):
        return text
    return re.sub(r"\+00:00$", "Z", value.isoformat())


def _read_date(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise PydanticKnownError("date_type")
    if not _DATE.fullmatch(value):
        raise PydanticKnownError("date_parsing", {"error": "not as RFC 3339 has it"})
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise PydanticKnownError("date_parsing", {"error": str(error)}) from None


@dataclass(frozen=True, slots=True)
class _Text:
    """Tells pydantic how to read and write the type that it annotates."""

    format: str

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        is_moment = self.format == "date-time"
        return core_schema.no_info_plain_validator_function(
            _read_datetime if is_moment else _read_date,
            serialization=core_schema.plain_serializer_function_ser_schema(
                _write_datetime if is_moment else date.isoformat,
                return_schema=core_schema.str_schema(),
                when_used="json",
            ),
        )

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "format": self.format}


ExactDatetime: TypeAlias = Annotated[datetime, _Text("date-time")]
"""A moment with its offset (RFC 3339, 5.6); numbers and texts without an offset are refused."""

ExactDate: TypeAlias = Annotated[date, _Text("date")]
"""A day (RFC 3339, full-date); numbers and moments are refused."""
