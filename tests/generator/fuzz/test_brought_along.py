"""Does the oracle see what an answer should bring along and does not?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from specfoundry.fuzz.live.trial import Step, Taken
from specfoundry.fuzz.oracles.including import brings_along
from specfoundry.fuzz.server.exchange import Call, Exchange

ANNA, BEN = {"id": "a", "name": "Anna"}, {"id": "b", "name": "Ben"}
BOOKS = [{"author": "a"}, {"author": "b"}, {"author": "a"}, {"author": None}]
ADDED = {"at": "/with/authors", "path": "/author", "operation": "getAuthor", "through": []}
ARGUMENTS = {"items": "/books", "added": [ADDED], "asked": "with=authors"}


def taken(operation: str, answer: Any, status: int = 200, **path: str) -> Taken:
    call = Call(operation=operation, path=path)
    content = json.dumps(answer).encode()
    return Taken(Step(call=call), (Exchange(call, "GET", "/", {}, b"", status, {}, content),))


def said(authors: Any, status: int = 200) -> str | None:
    reads = [taken("getAuthor", one, author=one["id"]) for one in (ANNA, BEN)]
    shown = taken("listBooks", {"books": BOOKS, "with": {"authors": authors}}, status)
    return brings_along([*reads, shown], ARGUMENTS)


def test_everything_that_items_refer_to_once_is_right() -> None:
    assert said([BEN, ANNA]) is None


@pytest.mark.parametrize(
    ("authors", "words"),
    [
        ([ANNA], "lacks what the items refer to"),
        ([ANNA, BEN, ANNA], "holds 3, not 2"),
        ([ANNA, {**BEN, "name": "Bert"}], "lacks what the items refer to"),
        (None, "there is no list"),
    ],
)
def test_what_is_missing_repeated_or_different_is_seen(authors: Any, words: str) -> None:
    assert words in str(said(authors))


def test_a_refusal_is_seen() -> None:
    assert "was refused" in str(said([ANNA, BEN], status=400))


def test_what_could_not_be_read_is_not_judged() -> None:
    shown = taken("listBooks", {"books": BOOKS, "with": {"authors": []}})

    assert brings_along([taken("getAuthor", ANNA, author="a"), shown], ARGUMENTS) is None
