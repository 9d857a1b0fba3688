"""Which processes does a staged app have, and with which commands?

As the real lifecycle does: what the buildpacks wrote into `deps/<index>/launch.yml`, or else what
the last one's `bin/release` prints, then the app's `Procfile` over both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MAX_BYTES: Final = 1024 * 1024


class DescriptionError(Exception):
    """A file or an output cannot be understood; the text says why, in the lifecycle's words."""


def contents(root: Path, *parts: str) -> bytes | None:
    """Return the contents of a file that scripts may have written, or `None` without one.

    Links that leave `root`, an absolute path without links, count as no file: they would be read
    with the server's rights.
    """
    try:
        path = root.joinpath(*parts).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)
    except (OSError, RuntimeError):  # unreadable; a loop of links
        return None


def parsed(text: bytes) -> Any:
    """Return what YAML says.

    Raises:
        DescriptionError: It is no YAML.

    """
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DescriptionError("invalid YAML") from error


def released(output: bytes) -> dict[str, str]:
    """Return the `default_process_types` that `bin/release` printed.

    Raises:
        DescriptionError: It printed something else.

    """
    found = parsed(output)
    types = found.get("default_process_types") if isinstance(found, dict) else found
    if not isinstance(found, dict | None):
        raise DescriptionError("buildpack's release output invalid")
    return _commands(types)


def of_procfile(app: Path) -> dict[str, str]:
    """Return the processes of the app's `Procfile`.

    Raises:
        DescriptionError: It is no mapping of names to commands.

    """
    text = contents(app, "Procfile")
    return {} if text is None else _commands(parsed(text))


def launched(dependencies: Path, index: str) -> dict[str, str] | None:
    """Return the processes of a buildpack's `launch.yml`, or `None` without that file.

    Raises:
        DescriptionError: It cannot be understood.

    """
    text = contents(dependencies, index, "launch.yml")
    if text is None:
        return None
    found = parsed(text)
    entries = found.get("processes") if isinstance(found, dict) else None
    return dict(_processes(entries if isinstance(entries, list) else []))


def _processes(entries: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for entry in entries:
        if not isinstance(entry, dict):
            raise DescriptionError("invalid YAML")
        if not _is_sidecar(entry):
            yield _text(entry.get("type")), _text(entry.get("command"))


def _is_sidecar(entry: dict[str, Any]) -> bool:
    platforms = entry.get("platforms")
    ours = platforms.get("cloudfoundry") if isinstance(platforms, dict) else None
    return isinstance(ours, dict) and bool(ours.get("sidecar_for"))


def _commands(found: Any) -> dict[str, str]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise DescriptionError("invalid YAML")
    return {_text(name): _text(command) for name, command in found.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise DescriptionError("invalid YAML")
