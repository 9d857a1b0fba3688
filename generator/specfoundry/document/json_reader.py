"""What does a JSON text say?"""

from __future__ import annotations

import json
import re
from typing import Any

from specfoundry.document.syntax import MAX_DEPTH, Problem, SyntaxProblemsError

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)


class _DuplicateKeyError(ValueError):
    pass


def read_json(text: str) -> tuple[Any, list[Problem]]:
    """Return the value; JSON has nothing to warn of.

    Raises:
        SyntaxProblemsError: The text is no JSON (RFC 8259), nested too deeply, or repeats a key.
    """
    try:
        value = json.loads(text, object_pairs_hook=_members, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        message = f"This is not JSON: {error.msg}."
        problem = Problem("json-syntax", message, error.lineno, error.colno)
        raise SyntaxProblemsError([problem]) from error
    except _DuplicateKeyError as error:
        raise SyntaxProblemsError(_duplicate_keys(text)) from error
    except ValueError as error:
        line, column = line_and_column(text, _offset_of_constant(text))
        raise SyntaxProblemsError([Problem("not-json", f"{error}.", line, column)]) from error
    except RecursionError:
        raise SyntaxProblemsError([_too_deep(text)]) from None
    if _depth_exceeds(value, MAX_DEPTH):
        raise SyntaxProblemsError([_too_deep(text)])
    _refuse_surrogates(text, value)
    return value, []


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateKeyError
    return members


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"`{name}` is no JSON value")


def _offset_of_constant(text: str) -> int:
    for match in _TOKEN.finditer(text):
        if match[0] in ("NaN", "Infinity", "-Infinity"):
            return match.start()
    return 0


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit + 1):
        if not level:
            return False
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, (dict, list))
        ]
    return bool(level)


def _too_deep(text: str) -> Problem:
    depth = 0
    for match in _TOKEN.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match[0], 0)
        if depth > MAX_DEPTH:
            line, column = line_and_column(text, match.start())
            return Problem("too-deep", f"Nested deeper than {MAX_DEPTH} levels.", line, column)
    return Problem("too-deep", f"Nested deeper than {MAX_DEPTH} levels.", 1, 1)


def _refuse_surrogates(text: str, value: Any) -> None:
    """Refuse half a character: it cannot be written as UTF-8 again."""
    if not _SURROGATE.search(text):
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        match = _SURROGATE.search(text)
        line, column = line_and_column(text, match.start() if match else 0)
        message = "An escape stands for half a character (a lone surrogate)."
        raise SyntaxProblemsError([Problem("not-json", message, line, column)]) from None


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the place of an offset, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _duplicate_keys(text: str) -> list[Problem]:
    """Find every key that stands twice; the text is known to be JSON."""
    problems = []
    for tokens, offset, repeated in walk_json(text):
        if repeated:
            line, column = line_and_column(text, offset)
            message = f"The key `{tokens[-1]}` stands here twice."
            problems.append(Problem("duplicate-key", message, line, column, tokens))
    return problems


def walk_json(text: str) -> list[tuple[tuple[str, ...], int, bool]]:
    """Return (steps, offset of the key or item, is the key repeated?) of every value."""
    places: list[tuple[tuple[str, ...], int, bool]] = []
    path: list[str] = []
    open_objects: list[set[str] | None] = []
    expects_key = False
    for match in _TOKEN.finditer(text):
        lexeme = match[0]
        if expects_key and lexeme[0] == '"':
            key = json.loads(lexeme)
            seen = open_objects[-1]
            repeated = seen is not None and key in seen
            if seen is not None:
                seen.add(key)
            path[-1] = key
            places.append((tuple(path), match.start(), repeated))
            expects_key = False
        elif lexeme == ":":
            continue
        elif lexeme == ",":
            expects_key = open_objects[-1] is not None
            if not expects_key:
                path[-1] = str(int(path[-1]) + 1)
        elif lexeme in "}]":
            open_objects.pop()
            path.pop()
            expects_key = False
        else:
            if open_objects and open_objects[-1] is None:
                places.append((tuple(path), match.start(), False))
            if lexeme in "{[":
                open_objects.append(set() if lexeme == "{" else None)
                path.append("" if lexeme == "{" else "0")
                expects_key = lexeme == "{"
    return places
