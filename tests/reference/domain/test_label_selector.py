"""Does a label selector mean what section 1.9 of the behaviour document says?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_controller.domain import label_selector

LABELS = {"env": "prod", "tier": "", "example.com/team": "core"}


def _holds(requirement: label_selector.Requirement) -> bool:
    value = LABELS.get(requirement.key)
    match requirement.operator:
        case "exists":
            return value is not None
        case "absent":
            return value is None
        case "in":
            return value in requirement.values
        case "notin":
            return value not in requirement.values


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        ("env", True),
        ("!env", False),
        ("missing", False),
        ("!missing", True),
        ("env=prod", True),
        ("env==prod", True),
        ("env=dev", False),
        ("env!=dev", True),
        ("env!=prod", False),
        ("missing!=prod", True),
        ("env in (dev,prod)", True),
        ("env in (dev)", False),
        ("env notin (dev)", True),
        ("env notin (dev,prod)", False),
        ("missing notin (dev)", True),
        ("env=prod,tier", True),
        ("env=prod,,tier", True),
        ("env=prod,!tier", False),
        ("team", False),
        ("example.com/team=core", True),
        ("tier=", False),
        ("tier in ()", False),
        ("tier in (a,,b)", True),
        ("env!=", True),
        ("env notin ()", True),
    ],
)
def test_a_selector_selects_by_labels(selector: str, matches: bool) -> None:
    parsed = label_selector.parse(selector)

    assert parsed.problems == ()
    assert all(_holds(one) for one in parsed.requirements) is matches


@pytest.mark.parametrize(
    ("selector", "problems"),
    [
        ("", ["Missing label_selector value"]),
        (",,", ["Missing label_selector value"]),
        ("a=b, c=d", ["Invalid label_selector value"]),
        ("foo = bar", ["Invalid label_selector value"]),
        ("! foo", ["Invalid label_selector value"]),
        ("foo in(a)", ["Invalid label_selector value"]),
        ("FOO IN (a)", ["Invalid label_selector value"]),
        ("x y,z w", ["Invalid label_selector value", "Invalid label_selector value"]),
        ("foo  in (a)", ["'foo ' contains invalid characters"]),
        ("foo in (a, b)", ["' b' contains invalid characters"]),
        ("foo=a=b", ["'a=b' contains invalid characters"]),
        (f"{'k' * 64}=v", ["'kkkkkkkk...' is greater than 63 characters"]),
        ("a/b/c", ["key has more than one '/'"]),
        ("a/b", ["prefix 'a' must be in valid dns format"]),
        ("CloudFoundry.org/b", ["prefix 'cloudfoundry.org' is reserved"]),
        (
            ",".join(f"k{n}" for n in range(51)),
            ["Too many label_selector requirements (maximum is 50)"],
        ),
    ],
)
def test_a_bad_selector_gets_the_documented_text(selector: str, problems: list[str]) -> None:
    assert list(label_selector.parse(selector).problems) == problems


@given(st.text(alphabet="ab,()=! in", max_size=40))
def test_no_text_makes_the_parser_fail(selector: str) -> None:
    parsed = label_selector.parse(selector)
    assert parsed.problems or parsed.requirements


def test_a_selector_full_of_parentheses_is_read_in_one_pass() -> None:
    assert label_selector.parse("(" * 100_000 + " in (" * 20_000).problems
