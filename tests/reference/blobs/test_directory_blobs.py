"""Are bits kept safely in a directory, and is what belongs to nothing removed?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from cloud_controller.blobs import (
    BlobError,
    BlobKey,
    BlobMissingError,
    DirectoryBlobs,
    ResourceCache,
    open_blobs,
    sweep,
)
from cloud_controller.blobs.resource_cache import ResourceDamagedError
from cloud_controller.store import BUILDPACKS, BuildpackRecord, Database

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

KEY = BlobKey("packages", "0f1e2d3c-aaaa")


def file(folder: Path, content: bytes) -> Path:
    path = folder / f"upload-{len(list(folder.iterdir()))}"
    path.write_bytes(content)
    return path


async def content(blobs: DirectoryBlobs, key: BlobKey) -> bytes | None:
    found = await blobs.find(key)
    return found.path.read_bytes() if found else None


async def test_a_put_moves_the_file_and_replaces_an_older_one(
    tmp_path: Path, blobs: DirectoryBlobs
) -> None:
    assert await blobs.find(KEY) is None
    for bits in (b"one", b"three"):
        source = file(tmp_path, bits)
        await blobs.put(KEY, source)
        assert not source.exists()
        found = await blobs.find(KEY)
        assert found is not None
        assert (found.path.read_bytes(), found.size) == (bits, len(bits))


async def test_a_copy_is_independent(tmp_path: Path, blobs: DirectoryBlobs) -> None:
    await blobs.put(KEY, file(tmp_path, b"bits"))
    other = BlobKey("packages", "another-guid")
    await blobs.copy(KEY, other)
    assert await blobs.delete(KEY)
    assert not await blobs.delete(KEY)
    assert await content(blobs, other) == b"bits"


async def test_copying_nothing_says_which_object_is_missing(blobs: DirectoryBlobs) -> None:
    with pytest.raises(BlobMissingError, match="Could not find object '0f1e2d3c-aaaa'"):
        await blobs.copy(KEY, BlobKey("packages", "another-guid"))


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", "a/b/c/d", ".hidden", "x" * 201, "ab c"]
)
async def test_a_name_cannot_leave_its_namespace(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a blob"):
        BlobKey("packages", name)


@pytest.mark.parametrize("url", ["s3://key:secret@bucket/x", "file://host/x", "file:x", "/x", ""])
async def test_another_kind_of_store_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(BlobError, match="only file:///PATH is supported") as refused:
        open_blobs(url)
    assert "secret" not in str(refused.value)


async def test_a_missing_folder_or_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlobError, match="does not exist"):
        open_blobs((tmp_path / "missing" / "blobs").as_uri())
    file(tmp_path, b"").rename(tmp_path / "taken")
    with pytest.raises(BlobError, match="File exists"):
        open_blobs((tmp_path / "taken").as_uri())


async def test_the_sweep_removes_orphans_and_names_what_is_missing(
    tmp_path: Path, blobs: DirectoryBlobs, database: Database
) -> None:
    kept, orphan, lost = (BlobKey("buildpacks", name) for name in ("kept-1", "orphan-1", "lost-1"))
    left = BlobKey("uploads", "left-over")
    for key in (kept, orphan, left):
        await blobs.put(key, file(tmp_path, key.name.encode()))
    for position, key in enumerate((kept, lost), start=1):
        record = BuildpackRecord(
            guid=f"guid-{position}",
            created_at=0,
            updated_at=0,
            name=f"b{position}",
            position=position,
            blob=key.name,
        )
        await database.write(lambda t, r=record: t.insert(BUILDPACKS, r, b"{}", v2_document=b"{}"))
    found = await sweep(database, blobs)
    assert set(found.removed) == {orphan, left}
    assert found.missing == (lost,)
    assert await content(blobs, kept) == b"kept-1"
    assert await blobs.find(orphan) is None


async def test_a_cached_resource_is_found_by_its_sha1_and_checked(
    tmp_path: Path, blobs: DirectoryBlobs, database: Database
) -> None:
    cache = ResourceCache(database, blobs)
    sha1 = hashlib.sha1(b"lib", usedforsecurity=False).hexdigest()
    await cache.add(sha1, file(tmp_path, b"lib"))
    assert await cache.known([sha1, "f" * 40]) == {sha1: 3}
    fetched = await cache.fetch(sha1)
    fetched.path.write_bytes(b"bad")
    with pytest.raises(ResourceDamagedError, match="did not match the given checksum"):
        await cache.fetch(sha1)
    assert await cache.known([sha1]) == {}
    with pytest.raises(BlobMissingError, match=f"Could not find object '{sha1}'"):
        await cache.fetch(sha1)
