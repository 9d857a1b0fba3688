"""How does a body argument become the bytes of a request?"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import to_json, to_jsonable_python

from specfoundry.runtime.client_endpoint import FormField, RequestMedia
from specfoundry.runtime.client_parameters import WireParameter, scalar_text
from specfoundry.runtime.client_streams import (
    Field,
    OpenUpload,
    Progress,
    Target,
    Upload,
    content_request,
    multipart_request,
    open_upload,
    stream_request,
)

if TYPE_CHECKING:
    from contextlib import ExitStack

    import httpx2


@dataclass(frozen=True, slots=True)
class GivenBody:
    """A body argument and the media type that it is written as."""

    media: RequestMedia
    value: Any
    content_type: str
    progress: Progress | None = None


def choose_media(
    media: Sequence[RequestMedia], body: object, content_type: str | None
) -> RequestMedia:
    """Return the media type for `body`: the named one, else the one that its Python type suggests.

    Raises `ValueError` when `content_type` names none of the documented ones.
    """
    if content_type is not None:
        essence = content_type.partition(";")[0].strip().lower()
        for wanted in (essence, f"{essence.partition('/')[0]}/*", "*/*"):
            for one in media:
                if one.media_type.partition(";")[0].strip() == wanted:
                    return one
        documented = ", ".join(one.media_type for one in media)
        message = f"content_type {content_type!r} is none of {documented}"
        raise ValueError(message)
    for kind in _kinds_of(body):
        for one in media:
            if one.kind == kind:
                return one
    return media[0]


def write_body(target: Target, body: GivenBody, files: ExitStack) -> httpx2.Request:
    """Make the request with its body; files that are opened for it belong to `files`."""
    kind = body.media.kind
    if kind == "multipart":
        return _multipart(target, body, files)
    if kind in {"binary", "raw"}:
        return _binary(target, body, files)
    return target.with_content(_WRITERS[kind](body), body.content_type)


def _kinds_of(body: object) -> tuple[str, ...]:
    if isinstance(body, BaseModel):
        return ("json", "form", "multipart")
    if isinstance(body, (Upload, bytes, os.PathLike)) or hasattr(body, "read"):
        return ("binary", "raw")
    if isinstance(body, str):
        return ("text", "json", "binary", "raw")
    return ("form", "multipart", "json") if isinstance(body, Mapping) else ("json",)


def _json(body: GivenBody) -> bytes:
    return to_json(body.value, by_alias=True)


def _text(body: GivenBody) -> bytes:
    return str(body.value).encode()


def _form(body: GivenBody) -> bytes:
    members = [m for form, value in _fields(body) for m in _form_members(form, value)]
    # Spaces are written as "+" (WHATWG URL, 5.2); a literal plus is already "%2B" by now.
    return "&".join(members).replace("%20", "+").encode("ascii")


_WRITERS: Mapping[str, Callable[[GivenBody], bytes]] = {"json": _json, "text": _text, "form": _form}


def _binary(target: Target, body: GivenBody, files: ExitStack) -> httpx2.Request:
    upload = open_upload(body.value, files)
    content_type = upload.content_type if "*" in body.content_type else body.content_type
    request = content_request(target, upload, content_type)
    return stream_request(request, replayable=upload.replayable, progress=body.progress)


def _multipart(target: Target, body: GivenBody, files: ExitStack) -> httpx2.Request:
    parts = [part for form, value in _fields(body) for part in _parts(form, value, files)]
    replayable = all(isinstance(part, Field) or part[1].replayable for part in parts)
    request = multipart_request(target, parts)
    return stream_request(request, replayable=replayable, progress=body.progress)


def _fields(body: GivenBody) -> list[tuple[FormField, Any]]:
    """Pair the form fields that have a value with it, in the document's order.

    A dict names them as Python does; a model, which the document uses where its form is no plain
    object, names them as on the wire.
    """
    fields = body.media.fields
    if not isinstance(body.value, Mapping):
        members = _members(body.value)
        return [(_undocumented(name, value), value) for name, value in members.items()]
    unknown = sorted(set(body.value) - set(fields))
    if unknown:
        message = f"{body.media.media_type} has no field {', '.join(unknown)}"
        raise ValueError(message)
    return [
        (form, body.value[key]) for key, form in fields.items() if body.value.get(key) is not None
    ]


def _members(value: object) -> dict[str, Any]:
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    members = to_jsonable_python(value, by_alias=True)
    if not isinstance(members, dict):
        message = f"a form is made from a dict or a model, not from {type(value).__name__}"
        raise ValueError(message)  # noqa: TRY004 (bad arguments are ValueErrors throughout)
    return members


def _undocumented(name: str, value: object) -> FormField:
    """Return how a field is sent whose place in a form the document leaves open."""
    if isinstance(value, bytes):
        return FormField(name=name, kind="file")
    return FormField(name=name, kind="text", many=isinstance(value, (list, tuple)))


def _form_members(form: FormField, value: Any) -> list[str]:
    if form.kind == "json":
        value = to_json(value, by_alias=True).decode()
    parameter = WireParameter(
        identifier=form.name,
        name=form.name,
        location="query",
        style=form.style,
        explode=form.explode,
    )
    return parameter.query_members(to_jsonable_python(value, by_alias=True))


def _parts(form: FormField, value: Any, files: ExitStack) -> list[tuple[str, OpenUpload] | Field]:
    if form.kind == "json":
        return [Field(form.name, to_json(value, by_alias=True), form.content_type)]
    values = list(value) if form.many else [value]
    if form.kind == "file":
        return [(form.name, open_upload(one, files)) for one in values]
    return [Field(form.name, _part_text(one), form.content_type) for one in values]


def _part_text(value: object) -> bytes:
    plain = to_jsonable_python(value, by_alias=True)
    text = to_json(plain).decode() if isinstance(plain, (dict, list)) else scalar_text(plain)
    return text.encode()
