"""Is what leaves described by the document?"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from specfoundry.runtime.codecs import CodecError, json_content, simple
from specfoundry.runtime.json_body import parse_json
from specfoundry.runtime.receiving import BodyRefused
from specfoundry.runtime.validation import problems_of

if TYPE_CHECKING:
    from specfoundry.runtime.encoding import Encoded
    from specfoundry.runtime.operations import Answer, AnswerHeader, Media, Operation

LOG: Final = logging.getLogger("specfoundry.runtime")

# Set by the runtime itself, or by HTTP.
_OWN_HEADERS: Final = frozenset(
    [
        "accept-ranges",
        "allow",
        "content-disposition",
        "content-length",
        "content-range",
        "content-type",
        "etag",
        "last-modified",
    ]
)


class ContractViolation(Exception):  # noqa: N818 (names the event, as architecture.md does)
    """A handler answered something that the document does not describe."""

    def __init__(self, operation: Operation, status: int, problems: list[str]) -> None:
        self.operation = operation
        self.status = status
        self.problems = tuple(problems)
        place = f"{operation.operation_id} ({operation.method} {operation.path})"
        super().__init__(f"{place} answered {status}: " + "; ".join(problems))


class Inspector:
    """Judges answers: raises when strict, else logs and counts.

    When not strict the body is not looked into, which would cost more than all the rest.
    """

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.violations = 0
        """How many answers broke the contract since the start."""

    def inspect(self, operation: Operation, encoded: Encoded) -> None:
        """Check one answer; raises ContractViolation when strict."""
        documented = operation.answer_for(encoded.status)
        problems = (
            [f"status {encoded.status} is not documented"]
            if documented is None
            else self._problems(documented, encoded)
        )
        if not problems:
            return
        self.violations += 1
        violation = ContractViolation(operation, encoded.status, problems)
        if self.strict:
            raise violation
        LOG.warning("contract violation: %s", violation)

    def _problems(self, documented: Answer, encoded: Encoded) -> list[str]:
        problems = [
            f"header {header.name} is missing"
            for header in documented.headers
            if header.required and header.name.lower() not in encoded.headers
        ]
        media = _media_of(documented, encoded)
        if isinstance(media, str):
            problems.append(media)
        if self.strict:
            problems += _header_problems(documented, encoded)
            if not isinstance(media, str) and media is not None:
                problems += _body_problems(media, encoded.body)
        return problems


def _media_of(documented: Answer, encoded: Encoded) -> Media | str | None:
    """Return the documented media type of what is sent, else what is wrong."""
    if encoded.body == b"" and not documented.media:
        return None
    if not documented.media:
        return "no body is documented"
    sent = encoded.headers.get("content-type", "").partition(";")[0].strip().lower()
    major = sent.partition("/")[0]
    for wanted in (sent, f"{major}/*", "*/*"):
        for media in documented.media:
            if media.essence == wanted:
                return media
    return f"media type {sent or '(none)'} is not documented"


def _header_problems(documented: Answer, encoded: Encoded) -> list[str]:
    by_name = {header.name.lower(): header for header in documented.headers}
    problems = []
    for name, text in encoded.headers.items():
        header = by_name.get(name)
        if header is not None:
            problems += _header_problem(header, text)
        elif name not in _OWN_HEADERS:
            problems.append(f"header {name} is not documented")
    return problems


def _header_problem(header: AnswerHeader, text: str) -> list[str]:
    try:
        if header.content_type is not None:
            value = json_content(text)
        else:
            value = simple(text, header.shape, explode=False, encoded=False)
        header.adapter.validate_python(value)
    except CodecError as error:
        return [f"header {header.name} {error.message}"]
    except ValidationError as error:
        return [f"header {header.name}: {problem.message}" for problem in problems_of(error)]
    return []


def _body_problems(media: Media, body: object) -> list[str]:
    # Where the document has no schema it promises nothing, not even JSON.
    if media.kind != "json" or media.type is Any or not isinstance(body, bytes):
        return []
    try:
        raw = parse_json(body)
        value = media.adapter.validate_json(body, strict=True)
    except BodyRefused as error:
        return [problem.message for problem in error.problems]
    except ValidationError as error:
        return [f"{p.pointer or '/'}: {p.message}" for p in problems_of(error)]
    dumped = parse_json(media.adapter.dump_json(value, by_alias=True, warnings=False))
    return [f"{place} is not documented" for place in _undocumented(raw, dumped, "")]


def _undocumented(raw: Any, dumped: Any, place: str) -> list[str]:
    """Return the pointers of members that were sent but that the model does not have."""
    if isinstance(raw, dict) and isinstance(dumped, dict):
        found = [f"{place}/{key}" for key in raw if key not in dumped]
        shared = [(key, raw[key], dumped[key]) for key in raw if key in dumped]
        return found + [p for k, r, d in shared for p in _undocumented(r, d, f"{place}/{k}")]
    if isinstance(raw, list) and isinstance(dumped, list):
        pairs = enumerate(zip(raw, dumped, strict=False))
        return [p for i, (r, d) in pairs for p in _undocumented(r, d, f"{place}/{i}")]
    return []
