"""What does `q` of a v2 list mean (section 1.13)?"""

from __future__ import annotations

import pytest

from cloud_controller.domain import v2_query
from cloud_controller.domain.v2_query import Condition

FIELDS = ("name", "stack", "lifecycle")


@pytest.mark.parametrize(
    ("queries", "conditions"),
    [
        ([], []),
        (["name:a"], [Condition("name", "=", ("a",))]),
        (["name:"], [Condition("name", "=", ("",))]),
        (["name"], [Condition("name", "null")]),
        (["name>=a"], [Condition("name", ">=", ("a",))]),
        (["name<b"], [Condition("name", "<", ("b",))]),
        (["name:a>b"], [Condition("name", "=", ("a>b",))]),
        (["name IN a,b"], [Condition("name", "in", ("a", "b"))]),
        (["name:a,b"], [Condition("name", "=", ("a,b",))]),
        (["name:a;stack:b"], [Condition("name", "=", ("a",)), Condition("stack", "=", ("b",))]),
        (["name:a", "stack"], [Condition("name", "=", ("a",)), Condition("stack", "null")]),
        (["name:a;;b"], [Condition("name", "=", ("a;b",))]),
        (["name:a;;;stack:b"], [Condition("name", "=", ("a;",)), Condition("stack", "=", ("b",))]),
    ],
)
def test_a_query_is_read_by_the_grammar(queries: list[str], conditions: list[Condition]) -> None:
    assert v2_query.parse(queries, FIELDS) == conditions


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(ValueError, match=r"^color$"):
        v2_query.parse(["name:a;color:red"], FIELDS)
