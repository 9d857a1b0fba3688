"""How does a regular expression of ECMA-262 become one that pydantic can run?

JSON Schema asks for ECMA-262 and for a search anywhere in the text (2020-12, Core 6.4). pydantic's own
engine knows neither look-around nor back-references; Python's knows both, but is called to match at the
start, takes a final line break for the end, and writes named groups in its own way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

_TOKEN = re.compile(
    r"(?P<any>\[\^\])"
    r"|(?P<set>\[(?:\\.|[^\]\\])*\])"
    r"|\\c(?P<control>[A-Za-z])"
    r"|\\k<(?P<back>\w+)>"
    r"|\(\?<(?P<group>\w+)>"
    r"|(?P<escaped>\\.)"
    r"|(?P<end>\$)",
    re.DOTALL,
)
_HYPHEN = re.compile(r"(\\[wdsWDS])-(?!\])")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that can be run."""

    text: str
    compiled: bool
    """By Python's engine (`re.compile`), not by pydantic's own."""


@cache
def runnable_pattern(pattern: str) -> Pattern | None:
    """Return the pattern as pydantic can run it, None when nothing here can."""
    own = _TOKEN.sub(lambda found: _translated(found, for_python=False), pattern)
    if _is_known_to_pydantic(own):
        return Pattern(own, compiled=False)
    text = _TOKEN.sub(lambda found: _translated(found, for_python=True), pattern)
    if not text.startswith("^") or "|" in text:
        text = rf"[\s\S]*?(?:{text})"
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return None
    return Pattern(text, compiled=True)


def _is_known_to_pydantic(pattern: str) -> bool:
    try:
        SchemaValidator(core_schema.str_schema(pattern=pattern))
    except SchemaError:
        return False
    return True


def _translated(found: re.Match[str], *, for_python: bool) -> str:
    match found.lastgroup:
        case "any":
            return r"[\s\S]"
        case "set":
            return _HYPHEN.sub(r"\1\-", found[0])
        case "control":
            return f"\\x{ord(found['control'].upper()) - 64:02x}"
        case "back" if for_python:
            return f"(?P={found['back']})"
        case "group" if for_python:
            return f"(?P<{found['group']}>"
        case "end" if for_python:
            return r"\Z"
        case _:
            return found[0]
