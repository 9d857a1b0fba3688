"""Is an uploaded zip acceptable as the bits of a package?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from cloud_controller.domain import zip_directory
from cloud_controller.domain.zip_directory import BadZipError, Directory, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

INVALID: Final = "The app upload is invalid: Invalid zip archive."
EMPTY: Final = "The app upload is invalid: Invalid zip archive (zipfile is empty)."
MISMATCH: Final = "The app upload is invalid: Invalid zip archive (mismatching local filename)."

# What Info-ZIP 6.00 unpacks: stored, shrunk, imploded, deflated, deflate64, bzip2.
_METHODS: Final = frozenset({0, 1, 6, 8, 9, 12})


class ArchiveError(Exception):
    """The package fails; the message is its whole `data.error` (behaviour document, 2.8)."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a good archive found; sizes in bytes."""

    directory: Directory
    uncompressed: int
    directory_entries: int


def too_large(maximum: int) -> str:
    """Return the text for more than `maximum` uncompressed bytes."""
    return f"The app package is invalid: Package may not be larger than {maximum} bytes"


def survey(archive: BinaryIO, *, max_package_size: int) -> Survey:
    """Check a zip by its directory alone, in constant memory but for the names of links.

    Raises ArchiveError with the documented text. Nothing is unpacked, so the declared sizes
    count; whoever unpacks must stop at them.
    """
    try:
        directory = zip_directory.find(archive)
        return _survey(archive, directory, max_package_size)
    except BadZipError as error:
        raise ArchiveError(INVALID) from error


def _survey(archive: BinaryIO, directory: Directory, maximum: int) -> Survey:
    total = directories = 0
    for entry in zip_directory.entries(archive, directory):
        total += entry.size
        directories += entry.is_directory
        # The size comes first: it is summed up before anything is unpacked.
        if total > maximum:
            raise ArchiveError(too_large(maximum))
    if directory.entries == 0:
        raise ArchiveError(EMPTY)
    _check_entries(archive, directory)
    return Survey(directory, total, directories)


def _check_entries(archive: BinaryIO, directory: Directory) -> None:
    if directory.shift:
        raise ArchiveError(INVALID)  # something stands before the archive
    links: set[bytes] = set()
    first = unclaimed = directory.offset
    for entry in zip_directory.entries(archive, directory):
        unclaimed -= _check_entry(archive, directory, entry)
        first = min(first, entry.local_offset)
        if entry.is_symlink:
            links.add(_unpacked(entry.name))
    # Entries that are larger than the file share bytes: the mark of a zip bomb.
    if first > 0 or unclaimed < 0:
        raise ArchiveError(INVALID)
    if links:
        _check_nothing_below(links, zip_directory.entries(archive, directory))


def _check_entry(archive: BinaryIO, directory: Directory, entry: Entry) -> int:
    """Return how many bytes of the archive the entry claims."""
    if entry.name.startswith(b"/") or entry.is_encrypted or entry.method not in _METHODS:
        raise ArchiveError(INVALID)
    if entry.method == 0 and entry.size != entry.compressed_size:
        raise ArchiveError(INVALID)
    header = zip_directory.local_header(archive, entry, directory)
    if header.name != entry.name:
        raise ArchiveError(MISMATCH)
    claimed = header.length + entry.compressed_size
    if entry.local_offset + claimed > directory.offset:
        raise ArchiveError(INVALID)
    return claimed


def _unpacked(name: bytes) -> bytes:
    """Where the unpacker would put an entry: it leaves `..` out (2.8)."""
    return b"/".join(part for part in name.split(b"/") if part not in (b"", b".", b".."))


def _check_nothing_below(links: set[bytes], entries: Iterator[Entry]) -> None:
    for entry in entries:
        path = _unpacked(entry.name)
        while b"/" in path:
            path = path[: path.rindex(b"/")]
            if path in links:
                raise ArchiveError(INVALID)
