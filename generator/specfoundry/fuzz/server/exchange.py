"""What was sent, and what came back?"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import PointerError, follow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECRETS: Final = frozenset({"authorization", "cookie", "x-api-key", "proxy-authorization"})
_SHOWN: Final = 2000

FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
"""The media types of forms, without and with files."""

NO_ANSWER: Final = 0
"""The status of an exchange that was never answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """One file of a multipart body."""

    name: str
    filename: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, still in terms of its operation.

    Values are JSON values; `query` may name what the document does not know.
    """

    operation: str
    """Its operationId."""
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None
    body: Any = None
    """A JSON value, the fields of a form, or bytes; `None` together with no media type: no body."""
    files: Sequence[FilePart] = ()
    identity: str = ""
    """Who calls: a name that the session knows; empty for the usual caller."""
    method: str = ""
    """Sent whatever the operation's is, to see it refused; in upper case. The answer is none of
    the operation's."""
    address: str = ""
    """Path and query that are sent as they are, percent-encoded, for values that cannot be had
    otherwise."""

    in_need: bool = False
    """Sent while the server has no room to store anything, where that can be brought about."""

    @property
    def is_odd(self) -> bool:
        """Whether it is none of the operation's calls: nothing is documented of its answer."""
        return bool(self.method)


@dataclass(frozen=True)
class Exchange:
    """One request as it went over the wire, with its answer.

    Attributes:
        call: What was meant.
        method: The method, in upper case.
        url: The whole address.
        request_headers: As sent, credentials included.
        request_body: As sent.
        status: The status code; 0 when nothing came back, and `content` says why.
        headers: Of the answer, by lower-case name; repeated ones joined by a comma.
        content: The body of the answer.

    """

    call: Call
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def ok(self) -> bool:
        """Whether the answer is a 2xx."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the answer is a 4xx: the server says that the request is wrong."""
        return 400 <= self.status < 500

    @property
    def unanswered(self) -> bool:
        """Whether nothing came back, or the call was withheld: no promise was broken by that."""
        return self.status == NO_ANSWER

    @property
    def media_type(self) -> str:
        """The media type of the answer without its parameters, in lower case."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @cached_property
    def json(self) -> Any:
        """The body of the answer as JSON; None when it is none."""
        try:
            return parse_json(self.content)
        except ValueError:
            return None

    def at(self, pointer: str) -> Any:
        """Return what a JSON pointer finds in the answer, or None."""
        try:
            return follow(self.json, pointer)
        except PointerError:
            return None

    def curl(self) -> str:
        """Return a command that sends the same request; credentials are left out."""
        parts = ["curl", "-i", "-X", self.method]
        for name, value in sorted(self.request_headers.items()):
            shown = "…" if name.lower() in SECRETS else value
            parts += ["-H", f"{name}: {shown}"]
        if self.request_body:
            parts += ["--data-binary", _text(self.request_body)]
        return shlex.join([*parts, self.url])

    def summary(self) -> str:
        """Return the answer in one line."""
        said = _text(self.content)[:200].strip()
        return (
            f"no answer ({said})" if self.status == NO_ANSWER else f"{self.status} {said}".strip()
        )


def is_json(media_type: str | None) -> bool:
    """Return whether bodies of a media type are JSON (RFC 6839 for `+json`)."""
    return _essence(media_type).endswith(("application/json", "+json"))


def is_multipart(media_type: str | None) -> bool:
    """Return whether bodies of a media type are forms with files (RFC 7578)."""
    return _essence(media_type) == MULTIPART


def _essence(media_type: str | None) -> str:
    return (media_type or "").partition(";")[0].strip().lower()


def parse_json(content: bytes) -> Any:
    """Return what JSON text stands for (RFC 8259).

    Raises:
        ValueError: It is none: also `NaN`, lone surrogates, and what is nested too deep for us.

    """
    try:
        value = json.loads(content, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if b"\\ud" in content or b"\\uD" in content:  # a lone surrogate is no text that could be judged
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _text(data: bytes) -> str:
    text = data[:_SHOWN].decode("utf-8", "backslashreplace")
    return text + ("…" if len(data) > _SHOWN else "")


def texts_in(value: Any) -> set[str]:
    """Return every text in a JSON value, the names of members left out."""
    if isinstance(value, dict):
        return set().union(*map(texts_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(texts_in, value))
    return {value} if isinstance(value, str) else set()
