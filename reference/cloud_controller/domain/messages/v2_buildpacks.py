"""Which texts does a refused v2 buildpack request get?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from cloud_controller.domain import ordering, v2_query
from cloud_controller.domain.messages.lists import MAX_TOTAL_RESULTS

if TYPE_CHECKING:
    from cloud_controller.domain.query_text import QueryText

LIFECYCLES: Final = ("buildpack", "cnb")
NAME_INVALID: Final = "name can only contain alphanumeric characters"
STACK_UNKNOWN: Final = "stack buildpack_stack_does_not_exist"
STACK_FIXED: Final = "stack buildpack_cant_change_stacks"
STACK_UNIQUE: Final = "stack unique"
LIFECYCLE_INVALID: Final = "lifecycle is invalid"
Q_FIELDS: Final = ("name", "stack", "lifecycle")
MAX_PER_PAGE: Final = 100
MAX_DEPTH: Final = 3

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_NUMBER: Final = 400
_LAST_PAGE: Final = 92233720368547758  # with 100 results on it, the last that can be counted
_INTEGER: Final = re.compile(
    r"\s*[+-]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)\s*", re.ASCII
)
_TYPES: Final[dict[str, tuple[type, str]]] = {
    "name": (str, "String"),
    "stack": (str, "String"),
    "position": (int, "Integer"),
    "enabled": (bool, "Boolean"),
    "locked": (bool, "Boolean"),
}


def read_problem(body: object, *, creating: bool) -> str | None:
    """Return what stands behind `Request invalid due to parse error: ` for a parsed body (3.4)."""
    if body is None:
        return "Decoded JSON cannot be nil"
    if not isinstance(body, Mapping):
        return f"Expected instance of Hash, given an instance of {_ruby_class(body)}"
    texts = []
    for member, (kind, shown) in _TYPES.items():
        value = body.get(member)
        if value is None:
            if creating and member == "name":
                texts.append("Field: name, Error: Missing field name")
        elif error := _type_error(value, kind, shown):
            texts.append(f"Field: {member}, Error: {error}")
    return ", ".join(texts) or None


def _type_error(value: object, kind: type, shown: str) -> str | None:
    if kind is bool:
        if isinstance(value, bool):
            return None
        return f"Expected instance of true or false, given {value}"
    if isinstance(value, kind) and not isinstance(value, bool):
        return None
    return f"Expected instance of {shown}, given an instance of {_ruby_class(value)}"


def _ruby_class(value: object) -> str:
    if isinstance(value, bool):
        return "TrueClass" if value else "FalseClass"
    names = {str: "String", int: "Integer", float: "Float", list: "Array", dict: "Hash"}
    return names.get(type(value), "NilClass")


def model_problem(body: object, *, creating: bool) -> str | None:
    """Return what stands behind `Buildpack is invalid: ` for a body of the right types (3.4).

    What no update changes is not looked at: a lifecycle (3.6).
    """
    sent = body if isinstance(body, Mapping) else {}
    name, lifecycle = sent.get("name"), sent.get("lifecycle")
    if isinstance(name, str) and not _NAME.fullmatch(name):
        return NAME_INVALID
    if creating and lifecycle is not None and lifecycle not in LIFECYCLES:
        return LIFECYCLE_INVALID
    return None


def strict_integer(text: str) -> int | None:
    """Ruby's strict reading of a number (1.13); None when it is none."""
    if len(text) > _LONGEST_NUMBER or not _INTEGER.fullmatch(text):
        return None
    digits = text.strip().lower()
    is_octal = re.fullmatch("[+-]?0[0-7]+", digits)
    return int(digits, 8) if is_octal else int(digits, 0)


def list_problem(query: QueryText) -> str | None:
    """Return what stands behind `The query parameter is invalid: ` for a v2 list (1.13); the first only."""
    return (
        _positive(query, "page")
        or _positive(query, "results-per-page", most=MAX_PER_PAGE)
        or _depth(query)
        or _direction(query, "order-direction")
        or _direction(query, "order")
        or _column(query)
        or _filters(query)
    )


def _positive(query: QueryText, name: str, most: int | None = None) -> str | None:
    sent = query.get(name)
    if sent is None:
        return None
    shown = name.replace("-", "_")
    value = strict_integer(sent)
    if value is None or value < 1:
        return f"{shown} must be a positive integer"
    if most is None and value > _LAST_PAGE:
        return f"(page * per_page) must be less than {MAX_TOTAL_RESULTS}"
    return f"{shown} must be <= {most}" if most is not None and value > most else None


def _depth(query: QueryText) -> str | None:
    sent = query.get("inline-relations-depth")
    if sent is None:
        return None
    value = strict_integer(sent)
    if value is None or value < 0:
        return "inline_relations_depth must be a non-negative integer"
    return f"inline_relations_depth must be <= {MAX_DEPTH}" if value > MAX_DEPTH else None


def _direction(query: QueryText, name: str) -> str | None:
    sent = query.get(name)
    if sent is None or sent in ("asc", "desc"):
        return None
    return f"{name.replace('-', '_')} must be 'asc' or 'desc' but was '{sent}'"


def _column(query: QueryText) -> str | None:
    sent = query.get("order-by")
    if sent is None or sent in ordering.V2_BUILDPACK_COLUMNS:
        return None
    return f"Cannot order by: {sent}"


def _filters(query: QueryText) -> str | None:
    try:
        v2_query.parse(query.every("q"), Q_FIELDS)
    except ValueError as error:
        return str(error)
    return None
