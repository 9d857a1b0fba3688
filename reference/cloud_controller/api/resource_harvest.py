"""Which files of an upload does the resource cache keep (behaviour document, 2.8, step 3)?"""

from __future__ import annotations

import asyncio
import zlib
from bz2 import BZ2File
from hashlib import file_digest, sha1
from io import DEFAULT_BUFFER_SIZE
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO, Final
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipExtFile, ZipInfo

from cloud_controller.domain import zip_directory
from cloud_controller.domain.zip_directory import BadZipError

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.domain.zip_directory import Directory, Entry

# Smaller files cost more to remember than to send again (capi-release's defaults, 2.11).
MIN_SIZE: Final = 65536
MAX_SIZE: Final = 536870912

# deflate64 and older methods cannot be read here; their files are just not remembered.
_METHODS: Final = frozenset({ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2})


async def harvest(context: Context, path: Path, directory: Directory) -> None:
    """Put the files of a middling size into the resource cache under their SHA-1.

    Raises BadZipError when the contents of such a file are not what the directory says.
    """
    with path.open("rb") as archive, TemporaryDirectory(dir=context.settings.uploads) as folder:
        unpacked = Path(folder, "unpacked")
        for entry in zip_directory.entries(archive, directory):
            if MIN_SIZE < entry.size < MAX_SIZE and entry.method in _METHODS:
                digest = await asyncio.to_thread(_unpack, archive, directory, entry, unpacked)
                if not await context.resources.known([digest]):
                    await context.resources.add(digest, unpacked)


def _unpack(archive: BinaryIO, directory: Directory, entry: Entry, target: Path) -> str:
    """Write the contents of an entry to a file; return their SHA-1 in hex."""
    zip_directory.local_header(archive, entry, directory)
    try:
        with target.open("w+b") as file, _opened(archive, entry) as contents:
            size = crc = 0
            while data := contents.read(min(DEFAULT_BUFFER_SIZE, entry.size + 1 - size)):
                size += len(data)
                crc = zlib.crc32(data, crc)
                file.write(data)
            if (size, crc) != (entry.size, entry.crc):
                raise BadZipError("the contents of an entry are others than it says")
            file.seek(0)
            return file_digest(file, lambda: sha1(usedforsecurity=False)).hexdigest()
    except (zlib.error, OSError, EOFError) as error:
        raise BadZipError("the contents of an entry are damaged") from error


def _opened(archive: BinaryIO, entry: Entry) -> BZ2File | ZipExtFile:
    """Open what stands at the archive's position; every read unpacks a bounded piece."""
    window = ZipInfo()
    window.compress_size = entry.compressed_size
    if entry.method == ZIP_BZIP2:  # of which zipfile unpacks any amount at once
        window.file_size = entry.compressed_size
        return BZ2File(ZipExtFile(archive, "r", window))
    window.compress_type = entry.method
    window.file_size = entry.size + 1  # enough to notice that there is more than it says
    return ZipExtFile(archive, "r", window)
