"""Which blob store does a URL name?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from cloud_controller.blobs.directory import DirectoryBlobs
from cloud_controller.blobs.protocol import BlobError

if TYPE_CHECKING:
    from cloud_controller.blobs.protocol import Blobs


def directory_of(url: str) -> Path:
    """Return the directory that a `file:///path` URL names.

    Raises:
        BlobError: Another scheme, a host, or no absolute path.

    """
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not path.startswith("/"):
        shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise BlobError(f"blobs {shown!r}: only file:///PATH is supported")
    return Path(path)


def open_blobs(url: str) -> Blobs:
    """Open the blob store at `url` (`file:///path`), creating the directory if it is missing.

    Raises:
        BlobError: Another scheme, or the directory cannot be used.

    """
    path = directory_of(url)
    if not path.parent.is_dir():
        raise BlobError(f"blobs {path}: the folder {path.parent} does not exist")
    return DirectoryBlobs(path)
