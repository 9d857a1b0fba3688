"""What does a handler, authenticator or translator see of a request?"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.types import Scope


_ASCII: Final = bytes(range(128))


def url_text(raw: bytes) -> str:
    """Return a part of a URL as ASCII; bytes that should have been percent-encoded are now."""
    return raw.decode("ascii") if raw.isascii() else quote(raw, safe=_ASCII)


class RequestHead:
    """Everything of a request but its body; derived values are computed when asked for."""

    def __init__(self, scope: Scope, path: str) -> None:
        self.scope: Scope = scope
        """The ASGI connection scope."""
        self.path = path
        """Below the place where the application is mounted, percent-decoded."""

    @property
    def method(self) -> str:
        """Upper case."""
        return str(self.scope["method"])

    @property
    def raw_query(self) -> str:
        """The query string as sent, percent-encoded, without the question mark."""
        return url_text(bytes(self.scope.get("query_string", b"")))

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """Header values by name, in any case; of a repeated header the first."""
        return Headers(raw=self.scope["headers"])

    @property
    def client(self) -> tuple[str, int] | None:
        """Address and port of the peer."""
        found: Any = self.scope.get("client")
        return (str(found[0]), int(found[1])) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file that was received completely and lies on disk until the operation has answered."""

    path: Path
    filename: str | None
    """As the client names it: never use it as a path."""
    content_type: str | None
    size: int
    """Bytes."""
    sha1: str
    """Lower-case hex, as `sha256`."""
    sha256: str

    def move_to(self, destination: Path) -> Path:
        """Move the file to `destination`, atomically on the same file system.

        Raises OSError when it cannot be written; the file then stays where it was.
        """
        try:
            return self.path.replace(destination)
        except OSError:
            partial = destination.with_name(f"{destination.name}.part")
            try:
                shutil.copyfile(self.path, partial)
                partial.replace(destination)
            finally:
                partial.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)
            return destination
