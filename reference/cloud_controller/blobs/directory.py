"""How are blobs kept in a directory?

`ROOT/packages/ab/cd/abcd…`: two levels keep folders small. A blob appears under its name complete
or not at all: it is synced, renamed into place, and the folder is synced.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from cloud_controller.blobs.protocol import (
    BlobError,
    BlobFile,
    BlobKey,
    BlobMissingError,
    Namespace,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

_ARRIVING = ".arriving"


class DirectoryBlobs:
    """Blobs in a directory of the local file system; several processes may share it."""

    def __init__(self, root: Path) -> None:
        """Use `root`, creating it if its parent exists.

        Raises:
            BlobError: It cannot be created or written.

        """
        self.root = root
        try:
            root.mkdir(exist_ok=True)
            (root / _ARRIVING).mkdir(exist_ok=True)
        except OSError as error:
            raise BlobError(f"blobs {root}: {error.strerror}") from error
        if not os.access(root / _ARRIVING, os.W_OK | os.X_OK):
            raise BlobError(f"blobs {root}: no permission to write")

    def path(self, key: BlobKey) -> Path:
        """Return where the blob lies or would lie."""
        return self.root / key.namespace / key.name[:2] / key.name[2:4] / key.name

    async def put(self, key: BlobKey, source: Path) -> None:
        """Move the file `source` here, durably; an older blob under this key is replaced."""
        await asyncio.to_thread(self._put, key, source)

    async def copy(self, source: BlobKey, destination: BlobKey) -> None:
        """Copy a blob.

        Raises:
            BlobMissingError: There is no `source`.

        """
        await asyncio.to_thread(self._copy, source, destination)

    async def find(self, key: BlobKey) -> BlobFile | None:
        """Return where the blob lies, or `None`."""
        path = self.path(key)
        try:
            return BlobFile(path, path.stat().st_size)
        except (FileNotFoundError, NotADirectoryError):
            return None

    async def delete(self, key: BlobKey) -> bool:
        """Remove a blob; `False` if there was none."""
        return await asyncio.to_thread(self._delete, key)

    async def keys(self, namespace: Namespace) -> AsyncIterator[list[BlobKey]]:
        """Yield all keys of a namespace, one batch per folder."""
        for folder in sorted((self.root / namespace).glob("??")):
            yield await asyncio.to_thread(lambda found: list(_keys(found, namespace)), folder)

    def forget_arriving(self) -> int:
        """Remove what an interrupted `put` left; return how many files. Only while nobody writes."""
        left = list((self.root / _ARRIVING).iterdir())
        for path in left:
            path.unlink()
        return len(left)

    def _put(self, key: BlobKey, source: Path) -> None:
        with _named(key):
            _sync(source)
            target = self._folder_for(key)
            try:
                source.replace(target)
            except OSError as error:
                if error.errno != errno.EXDEV:  # another file system: copy, then rename here
                    raise
                self._arrive(source, target)
                source.unlink()
            _sync(target.parent)

    def _copy(self, source: BlobKey, destination: BlobKey) -> None:
        path = self.path(source)
        if not path.is_file():
            raise BlobMissingError(source)
        with _named(destination):
            target = self._folder_for(destination)
            self._arrive(path, target)
            _sync(target.parent)

    def _arrive(self, source: Path, target: Path) -> None:
        arriving = self.root / _ARRIVING / uuid4().hex
        try:
            _link_or_copy(source, arriving)
            arriving.replace(target)
        finally:
            arriving.unlink(missing_ok=True)

    def _folder_for(self, key: BlobKey) -> Path:
        target = self.path(key)
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            for folder in (target.parent.parent, target.parent.parent.parent, self.root):
                _sync(folder)
        return target

    def _delete(self, key: BlobKey) -> bool:
        path = self.path(key)
        with _named(key):
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            return True


class _named:  # noqa: N801 -- reads as a statement
    """Turn the system's error into ours, with the key's name."""

    def __init__(self, key: BlobKey) -> None:
        self.key = key

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            name = f"{self.key.namespace}/{self.key.name}"
            raise BlobError(f"blob {name}: {error.strerror}") from error


def _link_or_copy(source: Path, target: Path) -> None:
    """Make `target` a file with the same contents, durably.

    Blobs never change, so a second name for one file will do where the file system has such.
    """
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
        _sync(target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keys(folder: Path, namespace: Namespace) -> Iterator[BlobKey]:
    for path in sorted(folder.glob("??/*")):
        with suppress(ValueError):  # not a name that we give: not ours to touch
            yield BlobKey(namespace, path.name)
