"""Where do the files of a hostile zip come to lie?"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from typing import TYPE_CHECKING

import pytest

from cloud_controller.staging.unpacking import Bounds, UnpackingError, unpack

if TYPE_CHECKING:
    from pathlib import Path

BOUNDS = Bounds(entries=1000, size=1_000_000)


def entry(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def link(name: str) -> zipfile.ZipInfo:
    return entry(name, stat.S_IFLNK | 0o777)


def unpacked(tmp_path: Path, *entries: tuple[zipfile.ZipInfo, bytes]) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info, contents in entries:
            archive.writestr(info, contents)
    return unpacked_bytes(tmp_path, buffer.getvalue())


def unpacked_bytes(tmp_path: Path, data: bytes) -> Path:
    file = tmp_path / "archive.zip"
    file.write_bytes(data)
    directory = tmp_path / "outer" / "directory"
    directory.mkdir(parents=True)
    unpack(file, directory, BOUNDS)
    return directory


def all_below(path: Path) -> set[str]:
    return {str(found.relative_to(path)) for found in path.rglob("*")}


@pytest.mark.parametrize("name", ["../../x", "/x", "./x", "a/../x", "//x", "../directory/../x"])
def test_names_that_would_leave_stay_inside(tmp_path: Path, name: str) -> None:
    directory = unpacked(tmp_path, (entry(name), b"x"))
    assert all_below(tmp_path) <= {
        "archive.zip", "outer", "outer/directory", "outer/directory/a",
        "outer/directory/directory", "outer/directory/x", "outer/directory/a/x",
        "outer/directory/directory/x",
    }  # fmt: skip
    assert any(path.is_file() for path in directory.rglob("x"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    to = str(target).encode()
    for entries in (
        [(link("a"), to), (entry("a/x"), b"x")],
        [(entry("a/x"), b"x"), (link("a"), to)],
        [(link("a"), to), (link("a/x"), b"y")],
        [(link("a"), to), (entry("a/", stat.S_IFDIR | 0o755), b""), (entry("a/x"), b"x")],
        [(link("x"), to + b"/x"), (entry("x"), b"x")],
    ):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        with pytest.raises(UnpackingError):
            unpacked(folder, *entries)
    assert list(target.iterdir()) == []


def test_links_are_made_as_they_are(tmp_path: Path) -> None:
    directory = unpacked(
        tmp_path, (entry("b"), b"b"), (link("a"), b"b"), (link("c"), b"/dev/stdout")
    )
    assert (directory / "a").read_bytes() == b"b"
    assert (directory / "c").readlink().as_posix() == "/dev/stdout"


def test_modes_are_kept_but_never_change_the_user(tmp_path: Path) -> None:
    directory = unpacked(
        tmp_path,
        (entry("run", 0o106755), b"x"),
        (entry("none", 0o100000), b"x"),
        (entry("data"), b"x"),
    )
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert modes == {"run": 0o755, "none": 0o644, "data": 0o644}


def test_names_without_encoding_are_taken_byte_for_byte(tmp_path: Path) -> None:
    info = entry("X")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(info, "x")
    directory = unpacked_bytes(tmp_path, data.getvalue().replace(b"X", b"\xff"))
    assert [os.fsencode(path.name) for path in directory.iterdir()] == [b"\xff"]


@pytest.mark.parametrize("damage", ["cut", "no zip", "empty", "crc", "encrypted", "method"])
def test_a_damaged_zip_is_refused(tmp_path: Path, damage: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a"), b"contents")
    data = bytearray(buffer.getvalue())
    central = data.rindex(b"PK\x01\x02")
    if damage == "crc":
        data[data.index(b"contents")] ^= 1
    elif damage == "encrypted":
        data[6] |= 1
        data[central + 8] |= 1
    elif damage == "method":
        data[8] = data[central + 10] = 99
    changed = {"cut": bytes(data[:20]), "no zip": b"x" * 100, "empty": b""}
    with pytest.raises(UnpackingError):
        unpacked_bytes(tmp_path, changed.get(damage, bytes(data)))


def test_a_zip_with_too_many_entries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnpackingError, match="more than 1000 entries"):
        unpacked(tmp_path, *((entry(f"f{number}"), b"") for number in range(1001)))


def test_a_zip_that_lies_about_its_entries_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(11_000):
            archive.writestr(entry(f"f{number}"), b"")
    data = bytearray(buffer.getvalue())
    end = data.rindex(b"PK\x05\x06")
    data[end + 8 : end + 12] = b"\1\0\1\0"
    with pytest.raises(UnpackingError, match="more than 1000 entries"):
        unpacked_bytes(tmp_path, bytes(data))


def test_a_zip_that_grows_too_large_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(UnpackingError, match="too large"):
        unpacked(tmp_path, (entry("bomb"), b"\0" * 50_000_000))
    written = sum(path.stat().st_size for path in tmp_path.rglob("bomb"))
    assert written <= BOUNDS.size


def test_names_that_a_file_system_refuses_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnpackingError, match="cannot be made"):
        unpacked(tmp_path, (entry("n" * 300), b""))
