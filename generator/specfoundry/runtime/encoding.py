"""How does an answer look on the wire?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydantic import BaseModel
from pydantic_core import to_json, to_jsonable_python

from specfoundry.runtime.files import FileFacts, Slice, facts_of, wanted_slice
from specfoundry.runtime.responses import ApiError, FileBody, Json, StreamBody

if TYPE_CHECKING:
    from specfoundry.runtime.operations import Answer, Media, Operation
    from specfoundry.runtime.requests import RequestHead
    from specfoundry.runtime.responses import Response


@dataclass(slots=True)
class Encoded:
    """An answer that is ready to be sent."""

    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes | FileBody | StreamBody
    length: int | None
    """Bytes of the body; None when nobody knows before it ends."""
    part: Slice | None = None
    """Of a file, the bytes to send; None for all."""


def encode(
    operation: Operation | None, answer: Response[Any] | ApiError, request: RequestHead
) -> Encoded:
    """Return the answer as status, headers and bytes.

    Raises OSError for a file that cannot be read, and pydantic's errors for a body that cannot be
    written.
    """
    status = answer.status
    documented = operation.answer_for(status) if operation else None
    headers = _headers(documented, answer)
    body: Any = getattr(answer, "body", None)
    if body is None and not (documented and documented.media):
        return Encoded(status, headers, b"", None if _is_bodiless(status) else 0)
    media = _media(documented, answer)
    media_type = getattr(answer, "media_type", None) or (media.media_type if media else None)
    if isinstance(body, FileBody):
        return _encode_file(operation, status, headers, body, media_type, request)
    if isinstance(body, StreamBody):
        headers.setdefault("content-type", _concrete(body.media_type or media_type))
        _propose(headers, body.filename)
        return Encoded(status, headers, body, body.length)
    raw = _raw(body, media)
    headers.setdefault("content-type", _with_charset(_concrete(media_type, raw_type(body))))
    return Encoded(status, headers, raw, len(raw))


def raw_type(body: object) -> str:
    """Return the media type of a body that the document says nothing about."""
    if isinstance(body, str):
        return "text/plain"
    return "application/octet-stream" if isinstance(body, bytes) else "application/json"


def _is_bodiless(status: int) -> bool:
    return status < 200 or status in {204, 304}


def _media(documented: Answer | None, answer: Response[Any] | ApiError) -> Media | None:
    if documented is None or not documented.media:
        return None
    chosen = getattr(answer, "media_type", None)
    if chosen is not None:
        essence = str(chosen).partition(";")[0].strip().lower()
        for media in documented.media:
            if media.essence == essence:
                return media
    return documented.media[0]


def _raw(body: Any, media: Media | None) -> bytes:
    kind: object = type(body)
    if kind is Json:
        return bytes(body.raw)
    if kind is bytes:
        return bytes(body)
    if kind is str and media is not None and media.kind != "json":
        return str(body).encode()
    if media is not None and media.kind == "json" and not isinstance(body, BaseModel):
        return media.adapter.dump_json(body, by_alias=True, warnings=False)
    # A model knows how it is written; it may be another one than documented (strict mode tells).
    return to_json(body, by_alias=True)


def _headers(documented: Answer | None, answer: Response[Any] | ApiError) -> dict[str, str]:
    given = getattr(answer, "headers", None)
    headers = {str(k).lower(): _safe(str(v)) for k, v in given.items()} if given else {}
    for header in documented.headers if documented else ():
        value = getattr(answer, header.identifier, None)
        if value is not None:
            headers[header.name.lower()] = header_text(value, header.content_type)
    return headers


def header_text(value: object, content_type: str | None = None) -> str:
    """Return a header's value in style `simple` (OpenAPI 3.1, 4.8.21), or as JSON in ASCII."""
    if content_type is not None:
        return json.dumps(to_jsonable_python(value, by_alias=True), separators=(",", ":"))
    if isinstance(value, str):
        return _safe(str(value))
    plain = to_jsonable_python(value, by_alias=True)
    if isinstance(plain, list):
        return _safe(",".join(_word(item) for item in plain))
    if isinstance(plain, dict):
        return _safe(",".join(f"{key},{_word(item)}" for key, item in plain.items()))
    return _safe(_word(plain))


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _safe(text: str) -> str:
    """Return text that cannot end the header it stands in."""
    return "".join(" " if c in "\r\n\0" else c for c in text)


def _encode_file(
    operation: Operation | None,
    status: int,
    headers: dict[str, str],
    body: FileBody,
    media_type: str | None,
    request: RequestHead,
) -> Encoded:
    facts = facts_of(body)
    headers.setdefault("content-type", _concrete(body.media_type or media_type))
    headers.setdefault("etag", facts.etag)
    headers.setdefault("last-modified", facts.last_modified)
    _propose(headers, body.filename)
    if status != 200 or operation is None or operation.answer_for(206) is None:
        return Encoded(status, headers, body, facts.size)
    headers.setdefault("accept-ranges", "bytes")
    return _ranged(operation, headers, body, facts, request)


def _ranged(
    operation: Operation,
    headers: dict[str, str],
    body: FileBody,
    facts: FileFacts,
    request: RequestHead,
) -> Encoded:
    """Answer one range where the document has 206, a wrong one where it has an empty 416."""
    part = wanted_slice(request.headers, facts) if request.method == "GET" else None
    if part == "unsatisfiable":
        refusal = operation.answer_for(416)
        if refusal is None or refusal.media:
            return Encoded(200, headers, body, facts.size)
        kept = {"accept-ranges": "bytes", "content-range": f"bytes */{facts.size}"}
        return Encoded(416, kept, b"", 0)
    if part is None:
        return Encoded(200, headers, body, facts.size)
    headers["content-range"] = f"bytes {part.start}-{part.end - 1}/{facts.size}"
    return Encoded(206, headers, body, part.end - part.start, part)


def _propose(headers: dict[str, str], filename: str | None) -> None:
    """Propose a file name (RFC 6266, 4)."""
    if filename is None:
        return
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in filename
    )
    told = f'attachment; filename="{plain}"'
    if plain != filename:
        told += f"; filename*=UTF-8''{quote(filename, safe='')}"
    headers.setdefault("content-disposition", told)


def _concrete(media_type: str | None, otherwise: str = "application/octet-stream") -> str:
    """Return a media type that can be sent: `image/*` is only a range."""
    return otherwise if media_type is None or "*" in media_type else media_type


@lru_cache(maxsize=64)
def _with_charset(media_type: str) -> str:
    is_text = media_type.startswith("text/") and "charset" not in media_type
    return f"{media_type}; charset=utf-8" if is_text else media_type
