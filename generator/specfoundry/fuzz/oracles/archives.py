"""What is uploaded to see whether it comes back?

Archives that are the same in every run, with content that careless servers change: line ends,
bytes that are no text, an empty member, one larger than a buffer.
"""

from __future__ import annotations

import io
import random
import zipfile
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.readiness import filename_of
from specfoundry.fuzz.oracles.packing import Member, members, mode_of, tarball, zip_archive
from specfoundry.fuzz.promises.semantics import blob_of
from specfoundry.fuzz.server.exchange import FilePart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specfoundry.fuzz.promises.contract import Body, Operation

MEMBERS: Final[dict[str, bytes]] = {
    "lines.txt": b"one\r\ntwo\nthree\r\x00\xff\xfe",
    "empty": b"",
    "folder/large.bin": random.Random(7).randbytes(70_000),  # noqa: S311 -- repeatable
}
"""Names and content of what an archive holds; nothing can compress the large one."""

_TARS: Final = (".tgz", ".tar.gz")
_BEGINNING: Final = (1980, 1, 1, 0, 0, 0)


def zipped(entries: dict[str, bytes] | None = None) -> bytes:
    """Return a zip archive; by default of `MEMBERS`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (MEMBERS if entries is None else entries).items():
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.external_attr = mode_of(name, {}, content) << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def tarred(entries: dict[str, bytes] | None = None) -> bytes:
    """Return a gzipped tar archive; by default of `MEMBERS`."""
    wanted = (MEMBERS if entries is None else entries).items()
    return tarball([Member(name, content, mode_of(name, {}, content)) for name, content in wanted])


def archive_of(
    operation: Operation, media: Body, entries: Any, packing: Mapping[str, Any]
) -> bytes:
    """Return an archive with these members, of the kind that an upload's file name tells."""
    blob = blob_of(operation)
    wanted = members(entries)
    is_tar = blob is not None and filename_of(media, blob.part).endswith(_TARS)
    return tarball(wanted) if is_tar else zip_archive(wanted, packing)


def members_of(content: bytes) -> dict[str, bytes] | None:
    """Return what an archive holds, without its folders; None when it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            return {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        return None


def files_of(operation: Operation, media: Body, content: bytes | None = None) -> list[FilePart]:
    """Return the parts of an upload: an archive of the kind that its file name tells.

    Args:
        operation: The upload.
        media: Its multipart body.
        content: What to upload instead of an archive.
    """
    blob = blob_of(operation)
    if blob is None:
        return []
    name = filename_of(media, blob.part)
    if content is None:
        content = tarred() if name.endswith(_TARS) else zipped()
    return [FilePart(name=blob.part, filename=name, content=content)]
