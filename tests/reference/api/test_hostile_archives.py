"""What becomes of archives that were made to hurt (behaviour document, 2.8)?"""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

import pytest

from cloud_controller.domain import archives

if TYPE_CHECKING:
    from pathlib import Path

PLAIN: Final = "The app upload is invalid: Invalid zip archive."
LOCAL: Final = struct.Struct("<4s5H3L2H")
CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
END: Final = struct.Struct("<4s4H2LH")
UNIX: Final = 3 << 8
LINK: Final = 0o120777 << 16


def entry(name: bytes, data: bytes = b"x", **changed: int) -> dict[str, Any]:
    """An entry, true by default; `changed` says what it lies about."""
    given = {"size": len(data), "packed": len(data), "crc": zlib.crc32(data), "flags": 0}
    given |= {"method": 0, "external": 0o100644 << 16}
    return {**given, **changed, "name": name, "data": data}


def built(*entries: dict[str, Any], tail: bytes = b"", **end: int) -> bytes:
    """A zip of these entries, byte by byte."""
    body, records = b"", b""
    for one in entries:
        offset = one.get("offset", len(body))
        sizes = (one["crc"], one["packed"], one["size"])
        head = (20, one["flags"], one["method"], 0, 33, *sizes, len(one["name"]), 0)
        body += LOCAL.pack(b"PK\x03\x04", *head) + one["name"] + one["data"]
        central = (UNIX | 20, *head, 0, 0, 0, one["external"], offset)
        records += CENTRAL.pack(b"PK\x01\x02", *central) + one["name"]
    count = end.get("count", len(entries))
    size, offset = end.get("size", len(records)), end.get("offset", len(body))
    return body + records + END.pack(b"PK\x05\x06", 0, 0, count, count, size, offset, 0) + tail


def bomb(size: int = 50_000_000) -> bytes:
    """Little data that says that it is little, and is much once it is unpacked."""
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(bytes(size)) + packer.flush()
    return built(entry(b"b", packed, method=8, size=100_000, packed=len(packed), crc=0))


def zip64(entries: int, size: int, offset: int, place: int | None = None) -> bytes:
    """A true entry whose end of the directory refers to a zip64 record that lies, or is elsewhere."""
    good = built(entry(b"a"))[: -END.size]
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, size, offset
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(good) if place is None else place, 1)
    full = END.pack(b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return good + record + locator + full


def mismatch() -> bytes:
    data = built(entry(b"abc"))
    return data[:30] + b"abd" + data[33:]


GOOD = built(entry(b"a"), entry(b"b"))
BAD: Final[dict[str, tuple[bytes, str]]] = {
    "not a zip": (b"#!/bin/sh\n" * 100, PLAIN),
    "nothing": (b"", PLAIN),
    "no entries": (END.pack(b"PK\x05\x06", *[0] * 7), PLAIN[:-1] + " (zipfile is empty)."),
    "encrypted": (built(entry(b"a", flags=1)), PLAIN),
    "strongly encrypted": (built(entry(b"a", flags=0x41)), PLAIN),
    "unknown method": (built(entry(b"a", method=99)), PLAIN),
    "absolute path": (built(entry(b"/etc/passwd")), PLAIN),
    "below a link": (
        built(entry(b"link", b"/etc", external=LINK), entry(b"link/passwd")),
        PLAIN,
    ),
    "far below a link": (
        built(entry(b"./link", b"/etc", external=LINK), entry(b"../link//x/y")),
        PLAIN,
    ),
    "cut in the middle": (GOOD[: len(GOOD) // 2], PLAIN),
    "cut in the directory": (GOOD[: -END.size], PLAIN),
    "cut in the end": (GOOD[:-1], PLAIN),
    "something in front": (b"MZ" * 500 + GOOD, PLAIN),
    "more entries than there are": (built(entry(b"a"), count=60_000), PLAIN),
    "directory of another size": (built(entry(b"a"), size=10**6), PLAIN),
    "directory elsewhere": (built(entry(b"a"), offset=10**9), PLAIN),
    "another name before the contents": (
        mismatch(),
        PLAIN[:-1] + " (mismatching local filename).",
    ),
    "entries in one another": (
        built(entry(b"a", b"z" * 100), entry(b"a", b"z" * 100, offset=0, packed=120, size=120)),
        PLAIN,
    ),
    "contents beyond the file": (built(entry(b"a", packed=10**6, size=10**6)), PLAIN),
    "two sizes of stored bytes": (built(entry(b"a", size=5)), PLAIN),
    "zip64 with millions of entries": (zip64(2**40, 2**40, 0), PLAIN),
    "zip64 that wraps around": (zip64(1, 2**64 - 1, 2**64 - 1), PLAIN),
    "zip64 somewhere else": (zip64(1, 47, 2**63), PLAIN),
    "zip64 beyond any file": (zip64(1, 47, 31, place=2**64 - 1), PLAIN),
    "zip64 beyond this file": (zip64(1, 47, 31, place=2**40), PLAIN),
    "larger than it says": (bomb(), PLAIN),
    "too large": (
        built(entry(b"a", b"", method=8, size=2_000_000_000, packed=0)),
        "The app package is invalid: Package may not be larger than 1073741824 bytes",
    ),
    "too large in sum": (
        built(*[entry(b"%d" % n, b"", method=8, size=600_000_000, packed=0) for n in range(2)]),
        "The app package is invalid: Package may not be larger than 1073741824 bytes",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_hostile_archive_is_taken_and_then_fails_with_its_text(
    cloud: Any, place: Any, name: str
) -> None:
    data, error = BAD[name]
    package = cloud.package(place.app)
    failed = cloud.upload(package, data)

    assert (failed["state"], failed["data"]["error"]) == ("FAILED", error)
    assert failed["data"]["checksum"] == {"type": "sha256", "value": None}
    download = cloud.admin.get(f"/v3/packages/{package}/download")
    assert cloud.detail(download) == "422 10008 Package has no bits to download."


ACCEPTED: Final[dict[str, bytes]] = {
    "upwards": built(entry(b"../../etc/passwd"), entry(b"a")),
    "a leaving link": built(entry(b"link", b"../../etc", external=LINK), entry(b"a")),
    "a broken link": built(entry(b"link", b"nowhere", external=LINK)),
    "latin-1": built(entry("straße".encode("latin-1"))),
    "code page 437": built(entry("straße".encode("cp437"))),
    "utf-8": built(entry("straße/日本".encode(), flags=0x800)),
    "a lie about utf-8": built(entry(b"\xff\xfe", flags=0x800)),
    "control characters": built(entry(b"a\r\n\x1b[31mb\x00c")),
    "windows": built(entry(b"..\\..\\a", external=0), entry(b"C:\\b", external=0)),
    "a long name": built(entry(b"n" * 60_000)),
    "no name": built(entry(b"")),
    "one name twice": built(entry(b"a", b"1"), entry(b"a", b"2")),
    "no modes at all": built(entry(b"a", external=0)),
    "unreadable": built(entry(b"a", external=0o100000 << 16)),
    "a comment": GOOD[:-2] + struct.pack("<H", 5) + b"hello",
    "something behind": GOOD + b"trailing",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_an_odd_archive_is_stored_as_it_is(cloud: Any, place: Any, name: str) -> None:
    package = cloud.package(place.app)
    ready = cloud.upload(package, ACCEPTED[name])

    assert (ready["state"], ready["data"]["error"]) == ("READY", None)
    assert cloud.admin.get(f"/v3/packages/{package}/download").content == ACCEPTED[name]


def many(count: int) -> bytes:
    """A zip of so many empty files, written quickly."""
    one = struct.Struct("<4s5H3L2H7s")
    body = b"".join(
        one.pack(b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, 7, 0, b"%07d" % n) for n in range(count)
    )
    record = struct.Struct("<4s6H3L5H2L7s")
    records = b"".join(
        record.pack(
            *(b"PK\x01\x02", UNIX | 20, 20, 0, 0, 0, 33, 0, 0, 0, 7, 0, 0, 0, 0, 0),
            *(n * one.size, b"%07d" % n),
        )
        for n in range(count)
    )
    size, offset = len(records), len(body)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, offset + size, 1)
    end = END.pack(b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, min(size, 0xFFFFFFFF), offset, 0)
    return body + records + end64 + locator + end


MEASURED: Final = """
import resource, sys
from cloud_controller.domain import archives

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1], "rb") as file:
    found = archives.survey(file, max_package_size=10**9)
print(found.directory.entries, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_million_entries_are_checked_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    path.write_bytes(many(1_000_000))
    command = [sys.executable, "-c", MEASURED, str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    entries, kibibytes = map(int, ran.stdout.split())

    assert entries == 1_000_000
    assert kibibytes < 16_384


def test_nothing_of_a_hostile_archive_stays_on_disk(start: Any) -> None:
    cloud = start()
    app = cloud.place().app
    for name in ("larger than it says", "below a link", "cut in the middle", "too large"):
        cloud.upload(cloud.package(app), BAD[name][0])
    folders = [cloud.server.settings.uploads, cloud.server.settings.data / "blobs"]

    def is_clean() -> bool | None:
        left = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return True if not left else None

    assert cloud.eventually(is_clean)


def test_many_links_do_not_make_the_check_slow() -> None:
    """Each entry asks for its parents, not for each link."""
    links = [entry(b"l%d" % n, b"", external=LINK) for n in range(3000)]
    deep = [entry(b"/".join([b"d"] * 200) + b"/%d" % n, b"") for n in range(3000)]
    data = built(*links, *deep)

    assert archives.survey(io.BytesIO(data), max_package_size=10**9).directory.entries == 6000


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_what_unpacks_to_far_more_than_it_says_takes_no_memory(
    cloud: Any, place: Any, method: int
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a", bytes(64 * 1024 * 1024))
    data = bytearray(packed.getvalue())
    record = data.rindex(b"PK\x01\x02")
    data[record + 24 : record + 28] = (70_000).to_bytes(4, "little")
    package = cloud.package(place.app)
    tracemalloc.start()
    try:
        failed = cloud.upload(package, bytes(data))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert failed["data"]["error"] == "The app upload is invalid: Invalid zip archive."
    assert peak < 16 * 1024 * 1024
