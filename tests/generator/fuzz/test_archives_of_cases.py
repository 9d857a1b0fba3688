"""Are the archives that cases upload what they say, and is an answered one looked into?"""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from specfoundry.fuzz.oracles.packing import members, tarball, zip_archive
from specfoundry.fuzz.oracles.unpacking import amiss

_ENTRIES: dict[str, Any] = {
    "text": "one",
    "folder/": "",
    "folder/large": {"text": "yo", "repeat": 70_000},
    "stored": {"text": "as it is", "method": 0},
    "noise": {"noise": 1000, "comment": 9},
    "bzip2": {"text": "older", "method": 12},
    "run": "#!/bin/sh",
    "link": {"link": "text"},
    "secret": {"text": "", "mode": "600"},
    "first": {"path": "twice", "text": "1"},
    "second": {"path": "twice", "text": "2"},
}
_MODES = {"run": {"text": "#!/bin/sh", "mode": "755"}, "missing": None}
_PACKINGS: list[dict[str, Any]] = [
    {"zip64": wide, "comment": comment, **streamed}
    for wide in (False, True)
    for comment in (0, 65_535)
    for streamed in ({}, {"streamed": "signed"}, {"streamed": "bare"})
]


@pytest.mark.parametrize("packing", _PACKINGS)
def test_a_zip_holds_what_a_case_names_however_it_is_packed(packing: dict[str, Any]) -> None:
    content = zip_archive(members(_ENTRIES), packing)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
    assert list(amiss(content, {**_ENTRIES, **_MODES})) == []


@pytest.mark.parametrize("wide", ["entries", "size", "offset"])
def test_single_numbers_at_the_end_of_a_zip_may_have_eight_bytes(wide: str) -> None:
    assert list(amiss(zip_archive(members(_ENTRIES), {"wide": [wide]}), _ENTRIES)) == []


def test_an_archive_may_hold_more_members_than_two_bytes_count() -> None:
    entries = {"a": {"text": "x", "copies": 65_535}}
    content = zip_archive(members(entries), {"wide": ["entries"]})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == 65_536
    assert list(amiss(content, {"a": "x", "a65535": "x", "a65536": None})) == []


def test_what_the_directory_tells_otherwise_than_its_members_is_told() -> None:
    content = zip_archive(members({"a": "x"}), {})
    broken = content.replace(b"PK\x03\x04\x2d", b"PK\x03\x04\x14")
    fault = "what stands in front of a is not what the directory tells"
    assert list(amiss(broken, {"a": "x"})) == [fault]


def test_a_tarball_holds_what_a_case_names() -> None:
    assert list(amiss(tarball(members(_ENTRIES)), {**_ENTRIES, **_MODES})) == []


@pytest.mark.parametrize(
    ("packing", "wanted", "fault"),
    [
        ({}, {"a": "other"}, "a has other content"),
        ({}, {"a": None}, "the archive holds a 1 times, not 0"),
        ({}, {"b": "x"}, "the archive holds b 0 times, not 1"),
        ({}, {"a": {"text": "x", "mode": "600"}}, "a has the mode 100644, not 100600"),
        ({"cut": 1}, {"a": "x"}, "the content is no archive that can be read"),
        ({"before": "#!"}, {"a": "x"}, "in front of a stands something that nothing tells of"),
    ],
)
def test_what_is_amiss_with_an_archive_is_told(
    packing: dict[str, Any], wanted: dict[str, Any], fault: str
) -> None:
    assert list(amiss(zip_archive(members({"a": "x"}), packing), wanted)) == [fault]


def test_sizes_behind_the_content_that_are_not_its_own_are_told() -> None:
    content = zip_archive(members({"a": "x"}), {"streamed": "signed"})
    broken = content.replace(b"PK\x07\x08", b"PK\x07\x07")
    assert list(amiss(broken, {"a": "x"})) == ["the sizes behind a are not its own"]


def test_what_an_archive_says_may_be_not_so() -> None:
    entries = {"a": {"text": "x", "says": {"size": 7, "name": "b"}, "encrypted": True}}
    content = zip_archive(members(entries), {"says": {"entries": 9}})
    assert b"\x09\x00\x09\x00" in content[-14:]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.infolist()[0]
    assert (entry.file_size, entry.flag_bits & 1, content[30:31]) == (7, 1, b"b")


@pytest.mark.parametrize("place", [8, 16, 24, 32, 40, 48, 60, 64])
def test_an_end_in_zip64_that_does_not_tell_what_the_directory_is_is_told(place: int) -> None:
    content = bytearray(zip_archive(members({"a": "x"}), {"wide": ["entries"]}))
    content[len(content) - 98 + place] ^= 0x80
    assert len(list(amiss(bytes(content), {"a": "x"}))) == 1


def test_more_than_a_comment_can_be_may_stand_behind_an_archive() -> None:
    content = zip_archive(members({"a": "x"}), {"comment": 65_537})
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(content))
