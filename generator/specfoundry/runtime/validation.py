"""What does pydantic say, in terms of problems?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specfoundry.runtime.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from specfoundry.runtime.problems import ProblemKind, ProblemLocation

_KINDS: Final[dict[str, ProblemKind]] = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "unexpected_keyword_argument": "unknown",
    "json_invalid": "syntax",
    "int_from_float": "type",
}


def kind_of(error_type: str) -> ProblemKind:
    """Return the kind of a pydantic error."""
    found = _KINDS.get(error_type)
    if found is not None:
        return found
    return "type" if error_type.endswith(("_type", "_parsing")) else "constraint"


def details_of(error: ValidationError) -> list[ErrorDetails]:
    """Return the details without what would leak or cost."""
    return error.errors(include_url=False, include_context=False)


def pointer_of(loc: Iterable[int | str]) -> str:
    """Return a location as a JSON pointer (RFC 6901)."""
    tokens = (str(step).replace("~", "~0").replace("/", "~1") for step in loc)
    return "".join(f"/{token}" for token in tokens)


def problems_of(
    error: ValidationError, location: ProblemLocation = "body", name: str = ""
) -> list[Problem]:
    """Return all problems of one value."""
    return [
        Problem(
            location=location,
            name=name,
            kind=kind_of(detail["type"]),
            message=detail["msg"],
            value=None if detail["type"] == "missing" else detail["input"],
            pointer=pointer_of(detail["loc"]),
        )
        for detail in details_of(error)
    ]
