"""Which texts does the query of a refused v3 list or `include` get?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cloud_controller.domain import label_selector, ordering, timestamps
from cloud_controller.domain.messages.list_tables import INCLUDES, RULES
from cloud_controller.domain.pagination import DEFAULT_PER_PAGE, MAX_PER_PAGE
from cloud_controller.domain.query_text import QueryText, members

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_controller.domain.messages.list_rules import Choice, ListRules

MAX_TOTAL_RESULTS: Final = 9223372036854775807
_LAST_PAGE: Final = MAX_TOTAL_RESULTS // MAX_PER_PAGE
_LEADING_INTEGER: Final = re.compile(r"\s*([+-]?\d{1,400})", re.ASCII)

UNPROCESSABLE: Final = frozenset({"listRoles", "getRole", "listUsers"})
"""Operations that refuse their query with 422 where all others answer 400."""


def problems(operation_id: str, query: QueryText) -> list[str]:
    """All problems of a query, in the order of 1.6; empty for an operation without rules."""
    if operation_id in INCLUDES:
        return [*_unknown(query, ("include",)), *_include(query, INCLUDES[operation_id])]
    rules = RULES.get(operation_id)
    return _list_problems(rules, query) if rules else []


def _list_problems(rules: ListRules, query: QueryText) -> list[str]:
    found = _paging(query)
    try:
        ordering.parse(query.get("order_by"), rules.order_by)
    except ValueError as error:
        found.append(str(error))
    found += _moments(query, "created_ats") + _moments(query, "updated_ats")
    found += _array(query, "guids")
    selector = query.get("label_selector")
    if selector is not None:
        found += label_selector.parse(selector).problems
    found += _unknown(query, rules.names)
    found += _misplaced(query, rules.not_here)
    for name in rules.excludable:
        found += _excludable(query, name)
    for name in rules.arrays:
        found += _array(query, name)
    for choice in rules.choices:
        found += _choice(query, choice)
    return [*found, *_lifecycle_type(query, rules), *_include(query, rules.includes)]


def leading_integer(text: str) -> int:
    """Ruby's reading of a number: its leading digits, else 0 (1.4)."""
    match = _LEADING_INTEGER.match(text)
    return int(match[1]) if match else 0


def _paging(query: QueryText) -> list[str]:
    page, per_page = query.get("page"), query.get("per_page")
    number = 1 if page is None else leading_integer(page)
    size = DEFAULT_PER_PAGE if per_page is None else leading_integer(per_page)
    found = []
    if number < 1:
        found.append("Page must be a positive integer")
    if size < 1:
        found.append("Per page must be a positive integer")
    elif size > MAX_PER_PAGE:
        found.append(f"Per page must be between 1 and {MAX_PER_PAGE}")
    if not found and number > _LAST_PAGE:
        found.append(f"Maximum result (page * per_page) must be less than {MAX_TOTAL_RESULTS}")
    return found


def _moments(query: QueryText, name: str) -> list[str]:
    title = name.capitalize().replace("_", " ")
    found = []
    plain = query.get(name)
    if plain is not None:
        found += timestamps.problems(title, members(plain), None)
    for sent in query.bracketed(name):
        operator = sent.inside or None
        values = members(sent.value) if operator else (f'["{sent.value}"]',)
        found += timestamps.problems(title, values, operator)
    return found


def _array(query: QueryText, name: str) -> list[str]:
    if any(sent.inside for sent in query.bracketed(name)):
        return [f"{name.capitalize().replace('_', ' ')} must be an array"]
    return []


def _excludable(query: QueryText, name: str) -> list[str]:
    """Only `not` may stand in the brackets of a filter that can be turned round."""
    if all(sent.inside == "not" for sent in query.bracketed(name)):
        return []
    return [f"{name.capitalize().replace('_', ' ')} {name} has an invalid operator"]


def _unknown(query: QueryText, known: tuple[str, ...]) -> list[str]:
    names = [f"'{name}'" for name in query.names() if name not in known]
    if not names:
        return []
    valid = ", ".join(f"'{name}'" for name in known)
    return [f"Unknown query parameter(s): {', '.join(names)}. Valid parameters are: {valid}"]


def _misplaced(query: QueryText, names: tuple[str, ...]) -> list[str]:
    sent = [f"'{name}'" for name in names if name in set(query.names())]
    return [f"Unknown query parameter(s): {', '.join(sent)}"] if sent else []


def _choice(query: QueryText, choice: Choice) -> list[str]:
    sent = query.get(choice.name)
    return [] if sent is None or sent in choice.values else [choice.text.replace("{}", sent)]


def _lifecycle_type(query: QueryText, rules: ListRules) -> list[str]:
    kind = query.get("lifecycle_type")
    if kind is None or "lifecycle_type" not in rules.names:
        return []
    return [] if kind in ("buildpack", "docker", "cnb") else [f"Invalid lifecycle_type: '{kind}'"]


def _include(query: QueryText, allowed: tuple[str, ...]) -> list[str]:
    sent = query.get("include")
    if sent is None or not allowed:
        return []
    wanted = members(sent)
    for name in wanted:
        if name not in allowed:
            valid = ", ".join(f"'{one}'" for one in allowed)
            return [f"Invalid included resource: '{name}'. Valid included resources are: {valid}"]
    twice = duplicate_include(wanted)
    return [] if twice is None else [twice]


def duplicate_include(wanted: Sequence[str]) -> str | None:
    """Return the text for a related resource that is asked for twice, None if there is none."""
    twice = next((name for name in wanted if wanted.count(name) > 1), None)
    return None if twice is None else f"Duplicate included resource: '{twice}'"
