"""Does any text of a document stay text when it becomes a docstring?"""

from __future__ import annotations

import ast

import pytest

from specfoundry.targets.docstrings import docstring


@pytest.mark.parametrize(
    "text",
    [
        'ends in a quote "',
        'holds """ three',
        "ends in a backslash \\",
        "\\N{DASH} \\x00 \\u1",
        '""""""',
        'a\n\nb"',
        "print() # {{ x }} {% y %}",
    ],
)
def test_a_docstring_says_what_the_text_says(text: str) -> None:
    literal = docstring(text, indent=4)
    found = ast.literal_eval(literal)
    assert " ".join(found.split()) == " ".join(text.split())


def test_long_lines_are_wrapped_and_code_is_not() -> None:
    text = "word " * 60 + "\n\n- item " + "word " * 40 + "\n\n```\n" + "x" * 150 + "\n```"
    lines = docstring(text, indent=8).splitlines()
    assert max(len(line) for line in lines if "x" * 150 not in line) <= 100
    assert any(line.strip() == "x" * 150 for line in lines)
    assert any(line.startswith("          word") for line in lines)
