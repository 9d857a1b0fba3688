"""Which labels and annotations are refused, and with which text (section 1.8)?"""

from __future__ import annotations

from typing import Any

import pytest

from cloud_controller.domain import metadata

LONG = "x" * 64


@pytest.mark.parametrize(
    ("sent", "texts"),
    [
        (None, ["Metadata must be an object"]),
        ([], ["Metadata must be an object"]),
        ({"a": 1, "b": 2}, ["Metadata has unexpected field(s): 'a' 'b'"]),
        ({"labels": 5}, ["Metadata 'labels' is not an object"]),
        ({"annotations": []}, ["Metadata 'annotations' is not an object"]),
        ({"labels": None}, []),
        ({"labels": {"": "v"}}, ["Metadata label key error: key cannot be empty string"]),
        ({"labels": {"a/b/c": "v"}}, ["Metadata label key error: key has more than one '/'"]),
        (
            {"labels": {"a/b": "v"}},
            ["Metadata label key error: prefix 'a' must be in valid dns format"],
        ),
        (
            {"labels": {f"{'a.' * 126}ab/k": "v"}},
            ["Metadata label key error: prefix 'a.a.a.a....' is greater than 253 characters"],
        ),
        (
            {"labels": {"CLOUDfoundry.org/k": "v"}},
            ["Metadata label key error: prefix 'cloudfoundry.org' is reserved"],
        ),
        ({"labels": {"a.b/": "v"}}, ["Metadata label key error: key cannot be empty string"]),
        ({"labels": {"a b": "v"}}, ["Metadata label key error: 'a b' contains invalid characters"]),
        (
            {"labels": {"-a": "v"}},
            ["Metadata label key error: '-a' starts or ends with invalid characters"],
        ),
        (
            {"labels": {LONG: "v"}},
            ["Metadata label key error: 'xxxxxxxx...' is greater than 63 characters"],
        ),
        ({"labels": {"k": "ü"}}, ["Metadata label value error: 'ü' contains invalid characters"]),
        (
            {"labels": {"k": "v-"}},
            ["Metadata label value error: 'v-' starts or ends with invalid characters"],
        ),
        (
            {"labels": {"k": LONG}},
            ["Metadata label value error: 'xxxxxxxx...' is greater than 63 characters"],
        ),
        ({"labels": {"k": "", "l": None, "m": 5, "n": True}}, []),
        (
            {"annotations": {"a b": "v"}},
            ["Metadata annotation key error: 'a b' contains invalid characters"],
        ),
        ({"annotations": {"a b": None, "c d": " "}}, []),
        ({"annotations": {"k": "any ü / thing"}}, []),
        (
            {"annotations": {"k": "abcdefgh" + "x" * 5000}},
            ["Metadata annotation value error: 'abcdefgh...' is greater than 5000 characters"],
        ),
    ],
)
def test_metadata_gets_the_documented_texts(sent: Any, texts: list[str]) -> None:
    assert metadata.problems(sent) == texts


def test_numbers_and_booleans_are_stored_as_text() -> None:
    sent = {"labels": {"a": 5, "b": True, "c": None, "d": 1.5}}

    assert metadata.changes(sent, "labels") == {"a": "5", "b": "true", "c": None, "d": "1.5"}


def test_the_51st_label_is_refused_with_the_number_of_sent_ones() -> None:
    exceeded = metadata.limit("labels", before=49, after=51, sent=2)

    assert exceeded is not None
    assert exceeded.text == "Failed to add 2 labels because it would exceed maximum of 50"


def test_removing_from_too_many_annotations_is_allowed() -> None:
    assert metadata.limit("annotations", before=300, after=299, sent=1) is None
