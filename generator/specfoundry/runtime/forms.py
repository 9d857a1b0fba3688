"""How do the fields of a form become the body's class?"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import to_json

from specfoundry.runtime.codecs import CodecError, percent_decoded, scalar
from specfoundry.runtime.json_body import parse_json
from specfoundry.runtime.multipart import MultipartReader, boundary_of
from specfoundry.runtime.problems import Problem
from specfoundry.runtime.query import (
    ABSENT,
    is_repeatable,
    owns,
    problem_of,
    split_members,
    value_of,
)
from specfoundry.runtime.receiving import BodyRefused
from specfoundry.runtime.requests import url_text
from specfoundry.runtime.validation import problems_of

if TYPE_CHECKING:
    from specfoundry.runtime.limits import Limits
    from specfoundry.runtime.multipart import ReceivedPart
    from specfoundry.runtime.operations import Media, Part
    from specfoundry.runtime.query import Member
    from specfoundry.runtime.receiving import BodyStream, Spool


async def read_multipart(
    media: Media, stream: BodyStream, content_type: str, limits: Limits, spool: Spool
) -> Any:
    """Return the body; raises BodyRefused, ClientDisconnected, OSError."""
    known = {part.name: part for part in media.parts}

    def destination_of(received: ReceivedPart) -> str:
        if not known:
            return "memory"
        part = known.get(received.name)
        if part is None:
            return "nowhere"
        return "disk" if part.kind == "file" else "memory"

    reader = MultipartReader(spool, limits, destination_of)
    parts = await reader.read(stream, boundary_of(content_type))
    if not known:
        texts = [(part.name, part.text.decode("utf-8", "replace")) for part in parts]
        return _model(media, texts)
    by_name: defaultdict[str, list[ReceivedPart]] = defaultdict(list)
    for received in parts:
        by_name[received.name].append(received)
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for part in media.parts:
        _collect(part, by_name.get(part.name, []), values, problems)
    if media.closed:
        problems += [
            _problem(name, "unknown", "is not known") for name in by_name if name not in known
        ]
    raw = {name: _plain(found[-1]) for name, found in by_name.items()}
    return _built(media, values, problems, raw)


async def read_form(media: Media, stream: BodyStream, limits: Limits) -> Any:
    """Return an application/x-www-form-urlencoded body; raises as `read_multipart` does."""
    text = url_text(await stream.read(limits.form_bytes))
    members, problems = split_members(text, "body")
    if problems:
        raise BodyRefused("syntax", tuple(problems))
    if len(members) > limits.parts:
        raise BodyRefused("too_large")
    if not media.parts:
        return _model(media, [(m.name, _text(m)) for m in members])
    values: dict[str, object] = {}
    for part in media.parts:
        _collect_members(part, members, values, problems)
    if media.closed:
        strangers = {m.name for m in members if not any(owns(p, m.name) for p in media.parts)}
        problems += [_problem(name, "unknown", "is not known") for name in sorted(strangers)]
    return _built(media, values, problems, {m.name: _text(m) for m in members})


def _text(member: Member) -> str:
    """Return the decoded text of a member that has been checked before."""
    return percent_decoded(member.raw, plus=True)


def _collect_members(
    part: Part, members: list[Member], values: dict[str, object], problems: list[Problem]
) -> None:
    count = sum(member.name == part.name for member in members)
    if count > 1 and not is_repeatable(part):
        problems.append(_problem(part.name, "duplicate", "is given more than once"))
        return
    try:
        value = value_of(part, members)
    except CodecError as error:
        problems.append(problem_of(error, "part", part.name))
        return
    if value is not ABSENT:
        _validate(part, value, values, problems)
    elif part.required:
        problems.append(_problem(part.name, "missing", "is required"))


def _collect(
    part: Part, received: list[ReceivedPart], values: dict[str, object], problems: list[Problem]
) -> None:
    if not received:
        if part.required:
            problems.append(_problem(part.name, "missing", "is required"))
        return
    if len(received) > 1 and not part.many:
        problems.append(_problem(part.name, "duplicate", "is given more than once"))
        return
    if part.kind == "file":
        files = [r.file.uploaded(r.filename, r.content_type) for r in received if r.file]
        values[part.identifier] = files if part.many else files[0]
        return
    try:
        found = [_part_value(part, one) for one in received]
    except CodecError as error:
        problems.append(problem_of(error, "part", part.name))
    except BodyRefused as error:
        problems += [_problem(part.name, "syntax", p.message) for p in error.problems]
    else:
        _validate(part, found if part.many else found[0], values, problems)


def _part_value(part: Part, received: ReceivedPart) -> object:
    try:
        text = received.text.decode()
    except UnicodeDecodeError:
        raise CodecError("syntax", "is not UTF-8", None) from None
    if part.kind == "json":
        return parse_json(text)
    shape = part.shape.items if part.many and part.shape.items else part.shape
    return scalar(text, shape)


def _validate(
    part: Part, value: object, values: dict[str, object], problems: list[Problem]
) -> None:
    try:
        values[part.identifier] = part.adapter.validate_json(to_json(value), strict=True)
    except ValidationError as error:
        problems += problems_of(error, "part", part.name)


def _built(
    media: Media, values: dict[str, object], problems: list[Problem], raw: dict[str, object]
) -> Any:
    if problems:
        raise BodyRefused("body", tuple(problems), raw)
    return media.type(**values)


def _model(media: Media, texts: list[tuple[str, str]]) -> Any:
    """Return the body whose schema is no plain object: fields as texts, repeated ones as lists."""
    values: dict[str, Any] = {}
    for name, text in texts:
        if name not in values:
            values[name] = text
        elif isinstance(values[name], list):
            values[name].append(text)
        else:
            values[name] = [values[name], text]
    try:
        return media.adapter.validate_json(to_json(values))
    except ValidationError as error:
        raise BodyRefused("body", tuple(problems_of(error, "part")), values) from None


def _plain(received: ReceivedPart) -> object:
    if received.file is not None or received.filename is not None:
        return {"filename": received.filename, "content_type": received.content_type}
    return received.text.decode("utf-8", "replace")


def _problem(name: str, kind: Any, message: str) -> Problem:
    return Problem(location="part", name=name, kind=kind, message=message)
