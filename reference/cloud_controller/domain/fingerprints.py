"""Which known files does a client ask to be added to an upload?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

DEFAULT_MODE: Final = "744"
_MINIMUM_MODE: Final = 0o600
_LONGEST_NAME: Final = 0xFFFF  # bytes (APPNOTE 4.4.10)
_SHA1: Final = re.compile(r"[0-9a-fA-F]{40}")


class FingerprintError(Exception):
    """The package fails; the message is its whole `data.error` (behaviour document, 2.8)."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One file of the resource cache: SHA-1 in hex, path in the zip, octal mode."""

    sha1: str
    path: str
    mode: str

    @property
    def permissions(self) -> int:
        """The mode as a number, without what says of which kind the file is."""
        return int(self.mode, 8) & 0o7777


def read(sent: dict[str, object]) -> Fingerprint:
    """One object in its v3 or v2 form. Raises FingerprintError when it cannot be used (2.8)."""
    checksum = sent.get("checksum")
    is_v3 = checksum is not None and sent.get("size_in_bytes") is not None
    if is_v3:
        sha1 = checksum.get("value") if isinstance(checksum, dict) else None
        path = sent.get("path")
    else:
        sha1, path = sent.get("sha1"), sent.get("fn")
    return _checked(sha1, path, sent.get("mode"))


def _checked(sha1: object, path: object, mode: object) -> Fingerprint:
    shown = "" if path is None else str(path)
    octal = DEFAULT_MODE if mode is None else str(mode)
    if not is_usable_mode(octal):
        raise FingerprintError(
            f"The resource file mode is invalid: File mode '{octal}' with path '{shown}' is "
            "invalid. Minimum file mode is '0600'"
        )
    if not is_safe_path(shown):
        raise FingerprintError(
            f"The resource file path is invalid: File path '{shown}' is not safe."
        )
    digest = str(sha1 or "")
    if not _SHA1.fullmatch(digest):
        raise FingerprintError(f"Could not find object '{digest}'")
    return Fingerprint(digest.lower(), shown, octal)


def is_usable_mode(mode: str) -> bool:
    """Whether octal digits let the owner read and write."""
    if not re.fullmatch("[0-7]{1,7}", mode):
        return False
    return int(mode, 8) & _MINIMUM_MODE == _MINIMUM_MODE


def is_safe_path(path: str) -> bool:
    """Whether a relative path stays inside the directory it is put in, and a zip can name it."""
    if path.startswith("/") or "\0" in path or len(path.encode()) > _LONGEST_NAME:
        return False
    depth = 0
    for part in path.split("/"):
        if part == "..":
            depth -= 1
        elif part not in ("", "."):
            depth += 1
        if depth < 0:
            return False
    return depth > 0
