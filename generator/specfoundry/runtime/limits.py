"""How much of a request is read before it is refused?"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds; sizes are bytes. What exceeds one is refused with reason `too_large`."""

    json_bytes: int = 8 * MIB
    """JSON and text bodies."""
    form_bytes: int = 1 * MIB
    """Bodies of type application/x-www-form-urlencoded."""
    upload_bytes: int = 8 * GIB
    """Multipart and binary bodies as a whole, which are stored on disk."""
    parts: int = 1000
    """Parts of a multipart body, or fields of a form."""
    part_headers: int = 16
    part_header_bytes: int = 8 * KIB
    part_text_bytes: int = 1 * MIB
    """One multipart field that is not a file."""
    query_members: int = 1000
