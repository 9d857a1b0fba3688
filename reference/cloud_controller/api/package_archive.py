"""How does an uploaded zip become the stored bits of a package (behaviour document, 2.8)?"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from cloud_controller.api import access, resource_harvest
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import job_failure
from cloud_controller.blobs import BlobError, BlobKey
from cloud_controller.domain import archives, fingerprints, repacking
from cloud_controller.domain.archives import ArchiveError
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.fingerprints import FingerprintError
from cloud_controller.domain.repacking import Addition
from cloud_controller.domain.zip_directory import BadZipError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cloud_controller.api.context import Context
    from cloud_controller.blobs import BlobFile
    from cloud_controller.domain.archives import Survey
    from cloud_controller.domain.fingerprints import Fingerprint
    from cloud_controller.jobs import JobFailedError

_CANNOT_APPEND: Final = (
    "The app package is invalid: Error appending additional resources to package"
)


def _failure(text: str) -> JobFailedError:
    """Return what fails a package; the text is its `data.error`."""
    return job_failure(table.UNPROCESSABLE, text)


@dataclass(frozen=True, slots=True)
class Stored:
    """The digests (hex) and the size (bytes) of the stored zip."""

    sha1: str
    sha256: str
    size: int


async def store(
    context: Context, guid: str, upload: BlobFile | None, payload: Mapping[str, Any]
) -> Stored:
    """Check the upload of a package and put what is kept of it among the packages' blobs.

    Raises JobFailedError with the documented text. May be repeated after a crash: the upload stays.
    """
    source = (upload.path, await _survey(context, upload.path)) if upload else None
    if source:
        await _harvest(context, *source)
    known = _known(payload["resources"])
    blobs = [await _fetch(context, fingerprint) for fingerprint in known]
    files = [blob.path for blob in blobs]
    total = (source[1].uncompressed if source else 0) + sum(blob.size for blob in blobs)
    if total > context.settings.max_package_size:
        raise _failure(archives.too_large(context.settings.max_package_size))
    if source and not files and not source[1].directory_entries:
        # Nothing to change: the digests from the upload are those of the stored zip.
        await context.blobs.copy(BlobKey("uploads", guid), BlobKey("packages", guid))
        return Stored(**payload["bits"])
    return await _store_repacked(context, guid, source, list(zip(known, files, strict=True)))


async def _survey(context: Context, path: Path) -> Survey:
    def read() -> Survey:
        with path.open("rb") as archive:
            return archives.survey(archive, max_package_size=context.settings.max_package_size)

    try:
        return await asyncio.to_thread(read)
    except ArchiveError as error:
        raise _failure(str(error)) from error


async def _harvest(context: Context, path: Path, survey: Survey) -> None:
    matching = await context.database.read(
        lambda reader: access.is_enabled(reader, FeatureFlag.RESOURCE_MATCHING)
    )
    if not matching:
        return
    try:
        await resource_harvest.harvest(context, path, survey.directory)
    except BadZipError as error:
        raise _failure(archives.INVALID) from error


def _known(sent: Sequence[dict[str, object]]) -> list[Fingerprint]:
    try:
        known = [fingerprints.read(one) for one in sent]
    except FingerprintError as error:
        raise _failure(str(error)) from error
    return list({fingerprint.path: fingerprint for fingerprint in known}.values())


async def _fetch(context: Context, fingerprint: Fingerprint) -> BlobFile:
    try:
        return await context.resources.fetch(fingerprint.sha1)
    except BlobError as error:
        raise _failure(str(error)) from error


async def _store_repacked(
    context: Context,
    guid: str,
    source: tuple[Path, Survey] | None,
    added: Sequence[tuple[Fingerprint, Path]],
) -> Stored:
    with TemporaryDirectory(dir=context.settings.uploads) as folder:
        target = Path(folder, "package.zip")
        stored = await asyncio.to_thread(_repack, source, added, target)
        await context.blobs.put(BlobKey("packages", guid), target)
    return stored


def _repack(
    source: tuple[Path, Survey] | None,
    added: Sequence[tuple[Fingerprint, Path]],
    target_path: Path,
) -> Stored:
    with ExitStack() as open_files:
        target = open_files.enter_context(target_path.open("wb"))
        records = open_files.enter_context(TemporaryFile(dir=target_path.parent))
        archive = None
        if source is not None:
            file: BinaryIO = open_files.enter_context(source[0].open("rb"))
            archive = (file, source[1].directory)
        written = repacking.repack(
            archive,
            _additions(added),
            replaced=frozenset(fingerprint.path.encode() for fingerprint, _ in added),
            target=target,
            records=records,
        )
    return Stored(written.sha1, written.sha256, written.size)


def _additions(added: Sequence[tuple[Fingerprint, Path]]) -> Iterator[Addition]:
    for fingerprint, path in added:
        with path.open("rb") as contents:
            yield Addition(fingerprint.path, fingerprint.permissions, contents)
