"""Which bytes of a file are asked for, and how do they get out fast (RFC 9110, 13 and 14)?"""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from specfoundry.runtime.responses import FileBody

BLOCK: Final = 1024 * 1024
_RANGE: Final = re.compile(r"bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What headers say about a file."""

    size: int
    etag: str
    """With quotes."""
    last_modified: str
    """HTTP date."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The bytes from `start` up to, but not including, `end`."""

    start: int
    end: int


def facts_of(body: FileBody) -> FileFacts:
    """Return size, validator and date of a file; raises OSError when it is not there."""
    found = body.path.stat()
    etag = body.etag or f"{found.st_mtime_ns:x}-{found.st_size:x}"
    moment = body.last_modified or datetime.fromtimestamp(int(found.st_mtime), UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return FileFacts(
        found.st_size, f'"{etag}"', format_datetime(moment.astimezone(UTC), usegmt=True)
    )


def wanted_slice(
    headers: Mapping[str, str], facts: FileFacts
) -> Slice | Literal["unsatisfiable"] | None:
    """Return the range that a request asks for, None for the whole file.

    What is not exactly one byte range is ignored, as is a range whose If-Range no longer holds.
    """
    match = _RANGE.fullmatch(headers.get("range", "").strip())
    if match is None or not _still_holds(headers.get("if-range"), facts):
        return None
    first, last = match[1], match[2]
    if not first:
        return _suffix(last, facts.size)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= facts.size:
        return "unsatisfiable"
    return Slice(start, min(int(last) + 1 if last else facts.size, facts.size))


def _suffix(length: str, size: int) -> Slice | Literal["unsatisfiable"] | None:
    if not length:
        return None
    if int(length) == 0 or size == 0:
        return "unsatisfiable"
    return Slice(max(size - int(length), 0), size)


def _still_holds(if_range: str | None, facts: FileFacts) -> bool:
    """Compare strongly (RFC 9110, 13.1.5): a weak tag never holds, a date must be the same."""
    if if_range is None:
        return True
    if if_range.strip().startswith(('"', "W/")):
        return if_range.strip() == facts.etag
    try:
        return parsedate_to_datetime(if_range) == parsedate_to_datetime(facts.last_modified)
    except (TypeError, ValueError):
        return False


async def read_blocks(path: Path, part: Slice) -> AsyncIterator[bytes]:
    """Yield the bytes of a slice in blocks of 1 MiB; the next block is read while one is sent."""
    loop = asyncio.get_running_loop()
    file = await loop.run_in_executor(None, _open_at, path, part.start)
    left = part.end - part.start
    following: asyncio.Future[bytes] | None = None
    try:
        following = loop.run_in_executor(None, file.read, min(BLOCK, left))
        while block := await following:
            left -= len(block)
            following = loop.run_in_executor(None, file.read, min(BLOCK, left))
            yield block
    finally:
        if following is not None and not following.done():
            await asyncio.wait([following])
        file.close()


def _open_at(path: Path, start: int) -> BinaryIO:
    file = path.open("rb", buffering=0)
    try:
        file.seek(start, os.SEEK_SET)
    except BaseException:
        file.close()
        raise
    return file
