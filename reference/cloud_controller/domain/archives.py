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
    checks = _Checks(archive, directory)
    for entry in zip_directory.entries(archive, directory):
        total += entry.size
        directories += entry.is_directory
        # The size comes first: it is summed up before anything is unpacked.
        if total > maximum:
            raise ArchiveError(too_large(maximum))
        checks.look_at(entry)
    if directory.entries == 0:
        raise ArchiveError(EMPTY)
    checks.conclude()
    return Survey(directory, total, directories)


class _Checks:
    """The objections to single entries and to all of them; the first one is kept for later."""

    def __init__(self, archive: BinaryIO, directory: Directory) -> None:
        self._archive = archive
        self._directory = directory
        # Something before the archive is as bad as a bad entry.
        self._objection = INVALID if directory.shift else None
        self._links: set[bytes] = set()
        self._first = self._unclaimed = directory.offset

    def look_at(self, entry: Entry) -> None:
        if self._objection is not None:
            return
        try:
            self._unclaimed -= _check_entry(self._archive, self._directory, entry)
        except ArchiveError as error:
            self._objection = str(error)
        except BadZipError:
            self._objection = INVALID
        self._first = min(self._first, entry.local_offset)
        if entry.is_symlink:
            self._links.add(_unpacked(entry.name))

    def conclude(self) -> None:
        # Entries that are larger than the file share bytes: the mark of a zip bomb.
        if self._objection is None and (self._first > 0 or self._unclaimed < 0):
            self._objection = INVALID
        if self._objection is not None:
            raise ArchiveError(self._objection)
        if self._links:
            entries = zip_directory.entries(self._archive, self._directory)
            _check_nothing_below(self._links, entries)


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
