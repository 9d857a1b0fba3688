"""Which parts does a multipart body have (RFC 7578)?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from specfoundry.runtime.problems import Problem
from specfoundry.runtime.receiving import BodyRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from specfoundry.runtime.limits import Limits
    from specfoundry.runtime.receiving import BodyStream, Spool, SpoolFile

_TRUNCATED: Final = "the multipart body ends too early"


@dataclass(slots=True)
class ReceivedPart:
    """One part: its text in memory, or its file on disk."""

    name: str
    filename: str | None
    content_type: str | None
    text: bytearray = field(default_factory=bytearray)
    file: SpoolFile | None = None
    skipped: bool = False
    """Nobody asked for it; its bytes were dropped."""


class MultipartReader:
    """Reads one multipart body while it arrives; memory does not grow with the files."""

    def __init__(
        self,
        spool: Spool,
        limits: Limits,
        destination_of: Callable[[ReceivedPart], str],
    ) -> None:
        self._spool = spool
        self._limits = limits
        self._destination_of = destination_of
        self.parts: list[ReceivedPart] = []
        self._name = b""
        self._value = b""
        self._headers: dict[str, bytes] = {}
        self._complete = False

    async def read(self, stream: BodyStream, boundary: bytes) -> list[ReceivedPart]:
        """Return all parts.

        `destination_of` says `disk`, `memory` or `nowhere` for a part whose headers are known.
        Raises BodyRefused (`syntax`, `too_large`), ClientDisconnected, OSError.
        """
        try:
            parser = self._parser(boundary)
            async for chunk in stream.chunks(self._limits.upload_bytes):
                parser.write(chunk)
                await self._spool.drain()
        except FormParserError as error:
            raise _syntax(str(error)) from error
        if not self._complete:
            raise _syntax(_TRUNCATED)
        await self._spool.drain(finish=True)
        return self.parts

    def _parser(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_part_data": self._on_part_data,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_end": self._on_end,
            },
            max_header_count=self._limits.part_headers,
            max_header_size=self._limits.part_header_bytes,
        )

    def _on_part_begin(self) -> None:
        self._headers = {}
        if len(self.parts) >= self._limits.parts:
            raise BodyRefused("too_large")

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def _on_headers_finished(self) -> None:
        disposition, options = parse_options_header(self._headers.get("content-disposition"))
        if disposition != b"form-data" or b"name" not in options:
            raise _syntax("a part has no Content-Disposition with its name")
        filename = options.get(b"filename")
        content_type = self._headers.get("content-type")
        part = ReceivedPart(
            name=options[b"name"].decode("utf-8", "replace"),
            filename=None if filename is None else filename.decode("utf-8", "replace"),
            content_type=None if content_type is None else content_type.decode("latin-1"),
        )
        destination = self._destination_of(part)
        part.skipped = destination == "nowhere"
        if destination == "disk":
            part.file = self._spool.open()
        self.parts.append(part)

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        part = self.parts[-1]
        if part.file is not None:
            self._spool.write(part.file, data[start:end])
        elif not part.skipped:
            part.text += data[start:end]
            if len(part.text) > self._limits.part_text_bytes:
                raise BodyRefused("too_large")

    def _on_end(self) -> None:
        self._complete = True


def boundary_of(content_type: str) -> bytes:
    """Return the boundary; raises BodyRefused (`syntax`) when there is none."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise _syntax("the Content-Type has no boundary")
    return boundary


def _syntax(message: str) -> BodyRefused:
    return BodyRefused(
        "syntax", (Problem(location="body", name="", kind="syntax", message=message),)
    )
