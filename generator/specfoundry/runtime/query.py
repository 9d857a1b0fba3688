"""Which members does a query string or urlencoded form have?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from specfoundry.runtime.codecs import (
    CodecError,
    deep_object,
    is_list,
    is_object,
    items_of,
    json_content,
    leading_integer,
    members_of,
    pairs_of,
    percent_decoded,
    scalar,
    split_query,
)
from specfoundry.runtime.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from specfoundry.runtime.operations import Parameter, Part
    from specfoundry.runtime.problems import ProblemKind, ProblemLocation

_DEEP: Final = re.compile(r"\[([^\[\]]*)\]")
ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Member:
    """One `name=value`; the value is still percent-encoded."""

    name: str
    raw: str


def split_members(raw: str, location: ProblemLocation) -> tuple[list[Member], list[Problem]]:
    """Return the members of a query string or form, and those that cannot be decoded."""
    members = []
    problems = []
    for text in raw.split("&"):
        if not text:
            continue
        name, _, value = text.partition("=")
        try:
            members.append(Member(percent_decoded(name, plus=True), value))
            percent_decoded(value, plus=True)
        except CodecError as error:
            problems.append(problem_of(error, location, name))
    return members, problems


def problem_of(error: CodecError, location: ProblemLocation, name: str) -> Problem:
    """Return the problem that a codec ran into."""
    return Problem(
        location=location,
        name=name,
        kind=cast("ProblemKind", error.kind),
        message=error.message,
        value=error.value,
        pointer=error.pointer,
    )


def value_of(
    wanted: Parameter | Part,
    members: Iterable[Member],
    others: Callable[[str], bool] = lambda _: False,
) -> object:
    """Return the JSON value of one parameter among the members, `ABSENT` when it is not there.

    Args:
        wanted: the parameter.
        members: everything that was sent.
        others: whether a member's name belongs to another parameter: an exploded object with
            members of any name takes what is nobody's.

    Raises CodecError.
    """
    if wanted.style == "deepObject":
        return _deep(wanted, members)
    if is_object(wanted.shape) and wanted.explode and _content_type(wanted) is None:
        return _spread(wanted, members, others)
    found = [member.raw for member in members if member.name == wanted.name]
    if not found:
        return ABSENT
    return _read(wanted, found)


def _content_type(wanted: Parameter | Part) -> str | None:
    """Return the media type of a value that is written as a whole, None for a style."""
    is_json_field = getattr(wanted, "kind", None) == "json"
    return "application/json" if is_json_field else getattr(wanted, "content_type", None)


def _read(wanted: Parameter | Part, found: list[str]) -> object:
    shape = wanted.shape
    decode = getattr(wanted, "decode", None)
    if is_list(shape) and wanted.explode and _content_type(wanted) is None:
        return items_of([percent_decoded(raw, plus=True) for raw in found], shape)
    raw = found[-1]
    if _content_type(wanted) is not None:
        return json_content(percent_decoded(raw, plus=True))
    if is_list(shape):
        return items_of(split_query(raw, wanted.style, decode), shape)
    if is_object(shape):
        return members_of(pairs_of(split_query(raw, wanted.style, decode)), shape)
    text = percent_decoded(raw, plus=True)
    if decode == "leading-integer":
        return leading_integer(text)
    return scalar(text, shape)


def _spread(
    wanted: Parameter | Part, members: Iterable[Member], others: Callable[[str], bool]
) -> object:
    """Read an exploded form object: its members stand in the query by their own names."""
    shape = wanted.shape
    is_free = shape.additional is not None and not shape.properties
    pairs = [
        (member.name, percent_decoded(member.raw, plus=True))
        for member in members
        if member.name in shape.properties or (is_free and not others(member.name))
    ]
    return members_of(pairs, shape) if pairs else ABSENT


def _deep(wanted: Parameter | Part, members: Iterable[Member]) -> object:
    found = []
    for member in members:
        keys = deep_keys(wanted.name, member.name)
        if keys is not None:
            found.append((keys, percent_decoded(member.raw, plus=True)))
    return deep_object(found, wanted.shape) if found else ABSENT


def deep_keys(name: str, sent: str) -> list[str] | None:
    """Return `["a", "b"]` of `name[a][b]`, None when that is not the form of `sent`."""
    if not sent.startswith(name) or sent == name:
        return None
    tail = sent[len(name) :]
    keys = _DEEP.findall(tail)
    return keys if "".join(f"[{key}]" for key in keys) == tail else None


def owns(wanted: Parameter | Part, sent: str) -> bool:
    """Return whether the member named `sent` belongs to a parameter or part."""
    if wanted.style == "deepObject":
        return deep_keys(wanted.name, sent) is not None
    if is_object(wanted.shape) and wanted.explode and _content_type(wanted) is None:
        return sent in wanted.shape.properties or wanted.shape.additional is not None
    return sent == wanted.name


def is_repeatable(wanted: Parameter | Part) -> bool:
    """Return whether a member may stand more than once.

    Where the document names a leniency in reading (`x-decode`), the last one counts.
    """
    if wanted.style == "deepObject" or getattr(wanted, "decode", None) is not None:
        return True
    return is_list(wanted.shape) and wanted.explode
