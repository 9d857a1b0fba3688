"""What did the request bring in its body?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.runtime.forms import read_form, read_multipart
from specfoundry.runtime.json_body import decode_json, syntax_error
from specfoundry.runtime.problems import Problem
from specfoundry.runtime.receiving import BodyRefused

if TYPE_CHECKING:
    from specfoundry.runtime.limits import Limits
    from specfoundry.runtime.operations import Body, Media
    from specfoundry.runtime.receiving import BodyStream, Spool
    from specfoundry.runtime.requests import RequestHead


async def read_body(
    body: Body, request: RequestHead, stream: BodyStream, limits: Limits, spool: Spool
) -> Any:
    """Return the decoded body, None when there is none and none is needed.

    Raises BodyRefused, ClientDisconnected, and OSError when a file cannot be stored.
    """
    content_type = request.headers.get("content-type", "")
    if await stream.is_empty() and not (content_type and _stores_nothing(body, content_type)):
        if not body.required:
            return None
        problem = Problem(location="body", name="", kind="missing", message="a body is required")
        raise BodyRefused("body", (problem,))
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        raise _unsupported(f"Content-Encoding {encoding} is not supported", encoding)
    media = choose_media(body, content_type)
    return await _READERS[media.kind](media, stream, content_type, limits, spool)


def _stores_nothing(body: Body, content_type: str) -> bool:
    """Return whether no bytes at all may be a body: an empty file or an empty text."""
    try:
        return body.required and choose_media(body, content_type).kind in {"binary", "text", "raw"}
    except BodyRefused:
        return False


def choose_media(body: Body, content_type: str) -> Media:
    """Return the documented media type that fits best: exact, then ranges (RFC 9110, 12.5.1).

    Raises BodyRefused (`media_type`) when there is none.
    """
    essence = content_type.partition(";")[0].strip().lower()
    if not essence or body.ignore_media_type:
        return body.media[0]
    major = essence.partition("/")[0]
    for wanted in (essence, f"{major}/*", "*/*"):
        for media in body.media:
            if media.essence == wanted:
                return media
    documented = ", ".join(media.media_type for media in body.media)
    raise _unsupported(f"Content-Type must be {documented}", essence)


def _unsupported(message: str, value: str) -> BodyRefused:
    problem = Problem(location="body", name="", kind="type", message=message, value=value)
    return BodyRefused("media_type", (problem,))


async def _json(
    media: Media, stream: BodyStream, _content_type: str, limits: Limits, _spool: Spool
) -> Any:
    return decode_json(await stream.read(limits.json_bytes), media.adapter)


async def _form(
    media: Media, stream: BodyStream, _content_type: str, limits: Limits, _spool: Spool
) -> Any:
    return await read_form(media, stream, limits)


async def _text(
    _media: Media, stream: BodyStream, content_type: str, limits: Limits, _spool: Spool
) -> str:
    charset = _charset(content_type)
    try:
        return (await stream.read(limits.json_bytes)).decode(charset)
    except (UnicodeDecodeError, LookupError):
        raise syntax_error(f"the body is not {charset} text") from None


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"') or "utf-8"
    return "utf-8"


async def _binary(
    _media: Media, stream: BodyStream, content_type: str, limits: Limits, spool: Spool
) -> Any:
    file = spool.open()
    async for chunk in stream.chunks(limits.upload_bytes):
        spool.write(file, chunk)
        await spool.drain()
    await spool.drain(finish=True)
    return file.uploaded(None, content_type or None)


async def _raw(
    _media: Media, stream: BodyStream, _content_type: str, limits: Limits, _spool: Spool
) -> bytes:
    return await stream.read(limits.json_bytes)


_READERS = {
    "json": _json,
    "form": _form,
    "multipart": read_multipart,
    "text": _text,
    "binary": _binary,
    "raw": _raw,
}
