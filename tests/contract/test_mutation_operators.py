"""Which mistakes do the mutation operators make in a source, and which not?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CONTRACT = Path(__file__).resolve().parent

PROGRAM = """
import sys
from mutation.operators import Source, changes

source = Source(sys.stdin.read())
for change in changes(source):
    print(change.operator, change.applied(source).replace(chr(10), "|"), sep=": ")
"""


def mistakes(source: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=CONTRACT,
        input=source,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["compare: a <= b"]),
        ("a not in b", ["compare: a in b"]),
        ("é = (a) == (b)", ["compare: é = (a) != (b)"]),
        (
            "x = a and b",
            ["and-or: x = a or b", "drop-clause: x = ((b))", "drop-clause: x = ((a))"],
        ),
        ("x = 2", ["number: x = (3)", "number: x = (1)"]),
        ("x = True", ["boolean: x = False"]),
        ("x = y - z", ["arithmetic: x = y + z"]),
        ("def f():\n    return g()", ["return-none: def f():|    return None"]),
        ("def f():\n    raise g", ["drop-statement: def f():|    pass"]),
        (
            "if a:\n    b = c",
            ["negate: if (not (a)):|    b = c", "drop-if: if ((a) and False):|    b = c"],
        ),
        ("for a in b:\n    break", ["break-continue: for a in b:|    continue"]),
    ],
)
def test_a_mistake_changes_one_place(source: str, expected: list[str]) -> None:
    assert mistakes(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "if TYPE_CHECKING:\n    x = 1",
        "x: Literal[1]",
        "def f(a: Literal[1]) -> Literal[True]: ...",
        "@dataclass(frozen=True)\nclass A: ...",
        "__all__ = [1]",
        'LOG.info("done", 1)',
        '"""Of 1 text."""',
    ],
)
def test_what_the_contract_cannot_speak_of_is_left_alone(source: str) -> None:
    assert mistakes(source) == []
