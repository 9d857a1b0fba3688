"""Which zips become a package, which fail with which text, and what is stored of them?"""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud_controller.domain import archives, repacking
from cloud_controller.domain.archives import ArchiveError
from cloud_controller.domain.repacking import Addition, Repacked

PLENTY = 1 << 30


def zipped(
    *entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, link: str | None = None
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        if link:
            info = zipfile.ZipInfo(link)
            info.create_system = 3
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/somewhere")
        for name, contents in entries:
            archive.writestr(name, contents)
    return buffer.getvalue()


def outcome(data: bytes, maximum: int = PLENTY) -> str | None:
    try:
        archives.survey(io.BytesIO(data), max_package_size=maximum)
    except ArchiveError as error:
        return str(error)
    return None


GOOD = zipped(("app.rb", b"puts 1"), ("lib/", b""), ("lib/a.rb", b"x" * 1000))


def test_a_plain_archive_is_accepted() -> None:
    survey = archives.survey(io.BytesIO(GOOD), max_package_size=PLENTY)

    assert (survey.uncompressed, survey.directory_entries) == (1006, 1)


def with_flag(data: bytes, flag: int) -> bytes:
    changed = bytearray(data)
    place = changed.rindex(b"PK\x01\x02")
    struct.pack_into("<H", changed, place + 8, flag)
    return bytes(changed)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", archives.INVALID),
        (b"no zip at all", archives.INVALID),
        (GOOD[:-10], archives.INVALID),
        (GOOD[10:], archives.INVALID),
        (b"#!/bin/sh\n" + GOOD, archives.INVALID),
        (zipped(), archives.EMPTY),
        (zipped(("/etc/passwd", b"x")), archives.INVALID),
        (zipped(("../x", b"x")), None),
        (zipped(link="link"), None),
        (zipped(("link/x", b"x"), link="link"), archives.INVALID),
        (zipped(("../link/y/x", b"x"), link="link"), archives.INVALID),
        (zipped(("linked/x", b"x"), link="link"), None),
        (with_flag(zipped(("a", b"x")), 1), archives.INVALID),
        (zipped(("a", b"x"), method=zipfile.ZIP_LZMA), archives.INVALID),
        (zipped(("a", b"x"), method=zipfile.ZIP_BZIP2), None),
        (zipped(("a", b"x"), method=zipfile.ZIP_STORED), None),
        (zipped(("dir/", b"")), None),
    ],
)
def test_an_archive_has_the_documented_outcome(data: bytes, text: str | None) -> None:
    assert outcome(data) == text


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_names_are_accepted() -> None:
    assert outcome(zipped(("a", b"1"), ("a", b"2"))) is None


def test_a_local_name_that_differs_is_named() -> None:
    data = zipped(("aaaa", b"x"))
    place = data.index(b"aaaa")

    assert outcome(data[:place] + b"bbbb" + data[place + 4 :]) == archives.MISMATCH


def test_the_uncompressed_size_is_limited_whatever_the_compressed_one() -> None:
    bomb = zipped(("zeros", bytes(1_000_000)))

    assert outcome(bomb, maximum=999_999) == (
        "The app package is invalid: Package may not be larger than 999999 bytes"
    )
    assert outcome(bomb, maximum=1_000_000) is None


def test_entries_that_share_their_bytes_are_refused() -> None:
    data = bytearray(zipped(("a", b"x" * 4000), ("b", b"y" * 4000), method=zipfile.ZIP_STORED))
    record = data.rindex(b"PK\x01\x02")
    struct.pack_into("<LL", data, record + 20, 8000, 8000)

    assert outcome(bytes(data)) == archives.INVALID


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_archive_never_makes_the_survey_crash(data: st.DataObject) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(GOOD) - 1))] = data.draw(st.integers(0, 255))

    assert outcome(bytes(damaged)) is None or outcome(bytes(damaged))


def repacked(data: bytes, *additions: Addition) -> tuple[Repacked, bytes]:
    source = io.BytesIO(data)
    survey = archives.survey(source, max_package_size=PLENTY)
    target, records = io.BytesIO(), io.BytesIO()
    replaced = frozenset(addition.path.encode() for addition in additions)
    result = repacking.repack(
        (source, survey.directory), additions, replaced=replaced, target=target, records=records
    )
    return result, target.getvalue()


def test_repacking_drops_directory_entries_and_keeps_all_contents() -> None:
    result, data = repacked(GOOD)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["app.rb", "lib/a.rb"]
        assert archive.read("lib/a.rb") == b"x" * 1000
    assert result.size == len(data)
    assert result.sha256 == hashlib.sha256(data).hexdigest()
    assert result.sha1 == hashlib.sha1(data, usedforsecurity=False).hexdigest()
    assert outcome(data) is None


def test_an_appended_file_wins_over_an_uploaded_one_and_has_its_mode() -> None:
    _, data = repacked(GOOD, Addition("app.rb", 0o644, io.BytesIO(b"puts 2")))

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert sorted(archive.namelist()) == ["app.rb", "lib/a.rb"]
        assert archive.read("app.rb") == b"puts 2"
        assert archive.getinfo("app.rb").external_attr >> 16 == stat.S_IFREG | 0o644


def test_an_archive_can_be_made_of_known_files_alone() -> None:
    target = io.BytesIO()
    added = Addition("ü/a", 0o744, io.BytesIO(b"abc"))
    repacking.repack(None, [added], replaced=frozenset(), target=target, records=io.BytesIO())

    with zipfile.ZipFile(target) as archive:
        assert archive.read("ü/a") == b"abc"


def test_sizes_written_behind_the_contents_survive_repacking() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dir/", b"")
        archive.writestr("a", b"one" * 100)
        archive.writestr("b", b"two" * 100)

    _, data = repacked(pipe.data)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.read("b") == b"two" * 100
    assert data.count(b"PK\x07\x08") == 2


def test_more_entries_than_the_old_format_can_count_survive_repacking() -> None:
    many = zipped(*((f"f{number}", b"") for number in range(65_600)), ("d/", b""))
    _, data = repacked(many)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 65_600
