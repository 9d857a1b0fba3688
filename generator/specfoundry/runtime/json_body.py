"""Is this the JSON that the document asks for?"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError
from pydantic_core import from_json

from specfoundry.runtime.problems import Problem
from specfoundry.runtime.receiving import BodyRefused
from specfoundry.runtime.validation import details_of, problems_of

if TYPE_CHECKING:
    from pydantic import TypeAdapter

# What the fast parser takes although it is no JSON (RFC 8259, 6), or cannot be written again.
_SUSPICIOUS: Final = re.compile(rb"NaN|Infinity|[eE]\+?[0-9]{3}|[0-9]{300}")
_LONGEST_INTEGER: Final = 4000


def decode_json(raw: bytes, adapter: TypeAdapter[Any]) -> Any:
    """Return the validated body; JSON types count as they are, "5" is no integer.

    Raises BodyRefused: `syntax` for what is no JSON, `body` for JSON that the schema refuses.
    """
    if _SUSPICIOUS.search(raw):
        parse_json(raw)
    try:
        return adapter.validate_json(raw, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        first = details_of(error)[0]
        if first["type"] == "json_invalid":
            raise syntax_error(first["msg"]) from None
        problems = tuple(problems_of(error))
        raise BodyRefused("body", problems, parse_json(raw)) from None


def parse_json(raw: bytes | str) -> Any:
    """Return plain JSON values that can be written again; raises BodyRefused (`syntax`)."""
    try:
        # Refuses what `json` lets pass: lone surrogates, a byte order mark, hundreds of levels.
        from_json(raw, allow_inf_nan=False)
        return json.loads(raw, parse_constant=_refuse, parse_float=_finite, parse_int=_integer_of)
    except RecursionError:
        raise syntax_error("Invalid JSON: it is nested too deeply") from None
    except ValueError as error:
        raise syntax_error(f"Invalid JSON: {error}") from None


def syntax_error(message: str) -> BodyRefused:
    """Return the refusal of a body that cannot be parsed."""
    problem = Problem(location="body", name="", kind="syntax", message=message)
    return BodyRefused("syntax", (problem,))


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is out of range")
    return number


def _integer_of(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise ValueError("a number is out of range")
    return int(text)
