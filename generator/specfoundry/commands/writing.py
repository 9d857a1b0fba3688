"""How is a file written so that nobody ever sees half of it?"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from specfoundry.errors import OutputError


def write_file(path: Path, text: str) -> None:
    """Write a text as UTF-8 through a temporary file in the same folder.

    Raises:
        OutputError: The file cannot be written; what stood there is untouched.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    """Return the process's umask; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
