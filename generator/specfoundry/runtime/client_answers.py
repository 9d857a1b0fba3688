"""Which documented answer is this response, and what does it carry?"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qs

import httpx2
from pydantic import ValidationError

from specfoundry.runtime.client_errors import UnexpectedResponse

if TYPE_CHECKING:
    from specfoundry.runtime.client_endpoint import Answer, AnswerHeader, AnswerMedia, Endpoint

DOWNLOAD_KINDS = frozenset({"binary"})


def decode_answer(endpoint: Endpoint[Any], response: httpx2.Response) -> Any:
    """Return what calling `endpoint` returns for `response`, whose body has been read.

    Raises the documented error class of the response's status, or `UnexpectedResponse` when the
    document does not describe what arrived. A body is ignored where no media type is documented.
    """
    answer = _documented(endpoint, response)
    body, media_type = _body(endpoint, answer, response)
    error = issubclass(answer.cls, BaseException)
    if (endpoint.bare and not error) or (endpoint.success_by_default and response.is_success):
        return body
    known = {field.name for field in fields(answer.cls) if field.init}
    values: dict[str, object] = {"status": response.status_code}
    if answer.media:
        values |= {"body": body, "media_type": media_type}
    made = answer.cls(
        **{name: value for name, value in values.items() if name in known},
        **_headers(endpoint, answer, response),
    )
    if isinstance(made, BaseException):
        made.add_note(f"{endpoint.method} {endpoint.path} answered {response.status_code}")
        raise made
    return made


def is_download(endpoint: Endpoint[Any], response: httpx2.Response) -> bool:
    """Return whether `response` is a success whose bytes are handed over as they arrive."""
    if not 200 <= response.status_code < 300:
        return False
    answer = _documented(endpoint, response)
    media = _media(answer, media_type_of(response))
    return media is not None and media.kind in DOWNLOAD_KINDS


def media_type_of(response: httpx2.Response) -> str:
    """Return the Content-Type without parameters, in lower case; empty when there is none."""
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _documented(endpoint: Endpoint[Any], response: httpx2.Response) -> Answer:
    answer = endpoint.answer_for(response.status_code)
    if answer is None:
        location = response.headers.get("location", "").partition("?")[0]  # a query may be a secret
        to = f" and leads to {location}" if location else ""
        _unexpected(endpoint, response, f"which is not documented{to}")
    return answer


def _media(answer: Answer, media_type: str) -> AnswerMedia | None:
    """Return the documented media type that fits best: exact, then ranges."""
    major = media_type.partition("/")[0]
    for wanted in (media_type, f"{major}/*", "*/*"):
        for media in answer.media:
            if media.media_type.partition(";")[0].strip() == wanted:
                return media
    return answer.media[0] if not media_type and len(answer.media) == 1 else None


def _body(endpoint: Endpoint[Any], answer: Answer, response: httpx2.Response) -> tuple[Any, Any]:
    if not answer.media or endpoint.method == "HEAD":
        return None, media_type_of(response)
    media = _media(answer, media_type_of(response))
    if media is None:
        documented = ", ".join(media.media_type for media in answer.media)
        told = media_type_of(response) or "nothing"
        _unexpected(endpoint, response, f"as {told} where the document has {documented}")
    try:
        return _content(media, response), media_type_of(response) or media.media_type
    except ValidationError as error:
        _unexpected(endpoint, response, f"with a body that does not match: {_first(error)}")
    except UnicodeDecodeError:
        _unexpected(endpoint, response, "with text that is not in its charset")


def _content(media: AnswerMedia, response: httpx2.Response) -> Any:
    if media.kind == "json":
        try:
            return media.adapter.validate_json(response.content)
        except ValidationError:
            # Where the document has no schema it promises nothing, not even JSON.
            if media.type is not Any:
                raise
            return response.text
    if media.kind == "text":
        return response.content.decode(response.charset_encoding or "utf-8")
    if media.kind == "form":
        pairs = parse_qs(response.content.decode(), keep_blank_values=True)
        single = {name: values if len(values) > 1 else values[0] for name, values in pairs.items()}
        return media.adapter.validate_strings(single)
    return response.content


def _headers(
    endpoint: Endpoint[Any], answer: Answer, response: httpx2.Response
) -> dict[str, object]:
    values: dict[str, object] = {}
    for header in answer.headers:
        text = response.headers.get(header.name)
        if text is not None:
            values[header.identifier] = _header(endpoint, header, text, response)
        elif header.required:
            _unexpected(endpoint, response, f"without its header {header.name}")
    return values


def _header(
    endpoint: Endpoint[Any], header: AnswerHeader, text: str, response: httpx2.Response
) -> object:
    try:
        return header.adapter.validate_python(header.value_of(text))
    except ValueError as error:
        told = _first(error) if isinstance(error, ValidationError) else str(error)
        _unexpected(endpoint, response, f"with a bad header {header.name}: {told}")


def _first(error: ValidationError) -> str:
    """Describe the first of the problems in one line, without the values."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    place = "".join(f"/{step}" for step in problems[0]["loc"])
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{place or '/'}: {problems[0]['msg']}{more}"


def _unexpected(endpoint: Endpoint[Any], response: httpx2.Response, reason: str) -> NoReturn:
    try:
        body = response.content
    except httpx2.ResponseNotRead:  # a download; reading it only for a message could take for ever
        body = b""
    raise UnexpectedResponse(
        reason,
        operation_id=endpoint.operation_id,
        status=response.status_code,
        media_type=media_type_of(response) or None,
        body=body,
    ) from None
