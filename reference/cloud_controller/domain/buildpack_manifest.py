"""Which stack does an uploaded buildpack say it is made for?"""

from __future__ import annotations

import zipfile
import zlib
from typing import BinaryIO, Final

import yaml

MAX_SIZE: Final = 1024 * 1024
_NAME: Final = "manifest.yml"


class ManifestError(Exception):
    """The buildpack is refused; the message stands behind `Buildpack zip error: ` (3.8)."""


def stack(archive: BinaryIO) -> str | None:
    """Return the top-level `stack` of `manifest.yml` in the archive's root; None without one.

    Raises ManifestError with the documented text (behaviour document, 3.8, step 7).
    """
    manifest = _manifest(archive)
    if manifest is None:
        return None
    try:
        # Only composed, never constructed: merge keys could blow a small document up. The
        # parser in Python answers deep nesting with an error where the one in C would crash.
        root = yaml.compose(manifest, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise ManifestError("buildpack manifest is not valid") from error
    if root is None:
        return None
    if not isinstance(root, yaml.MappingNode):
        raise ManifestError("buildpack manifest is not valid")
    return _stack_of(root)


def _stack_of(root: yaml.MappingNode) -> str | None:
    found = None
    for key, value in root.value:
        if isinstance(key, yaml.ScalarNode) and key.value == "stack":
            found = value
    if found is None or found.tag == "tag:yaml.org,2002:null":
        return None
    if not isinstance(found, yaml.ScalarNode):
        raise ManifestError("buildpack manifest is not valid")
    return str(found.value)


def _manifest(archive: BinaryIO) -> bytes | None:
    try:
        with zipfile.ZipFile(archive) as bundle:
            try:
                entry = bundle.getinfo(_NAME)
            except KeyError:
                return None
            if entry.file_size > MAX_SIZE:
                raise ManifestError("buildpack manifest is too large")
            with bundle.open(entry) as file:
                return file.read()  # never more than the entry says
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError) as error:
        raise ManifestError("buildpack zipfile is not valid") from error
    except (ValueError, EOFError, UnicodeError) as error:
        raise ManifestError("buildpack zipfile is not valid") from error
