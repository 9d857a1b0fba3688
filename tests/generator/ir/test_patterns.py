"""Do regular expressions of the document accept and refuse what ECMA-262 says?"""

from __future__ import annotations

import re
from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from specfoundry.ir.patterns import runnable_pattern


@pytest.mark.parametrize(
    ("pattern", "fine", "wrong"),
    [
        ("^[a-z]+$", "abc", "abc\n"),
        ("x", "axb", "ab"),
        ("x(?=y)", "axyb", "axb"),
        ("^(?!-)[a-z-]+$", "a-b", "-ab"),
        ("^(?!-)[a-z-]+$", "a-b", "ab\n"),
        ("^a|b(?=c)", "xbc", "xb"),
        (r"^[\w-\.]+$", "a-b.c", "a b"),
        ("^[^]$", "\n", "ab"),
        (r"^(?<n>a|b)\k<n>$", "bb", "ab"),
        (r"^(a|b)\1$", "aa", "ba"),
        (r"^\cJ$", "\n", "J"),
        (r"[\]$]$(?!a)", "a$", "$a"),
        (r"^\p{L}+$", "größe", "5"),
        (r"^\/a\/$", "/a/", "a"),
    ],
)
def test_a_pattern_means_what_it_meant(pattern: str, fine: str, wrong: str) -> None:
    found = runnable_pattern(pattern)
    assert found is not None
    given = re.compile(found.text) if found.compiled else found.text
    adapter = TypeAdapter(Annotated[str, Field(pattern=given)])  # type: ignore[arg-type]
    assert adapter.validate_python(fine) == fine
    with pytest.raises(ValidationError):
        adapter.validate_python(wrong)


@pytest.mark.parametrize("pattern", ["(?<=a|bc)x", "[a", "("])
def test_what_no_engine_runs_is_told(pattern: str) -> None:
    assert runnable_pattern(pattern) is None
