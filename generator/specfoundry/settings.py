"""What does a project say about itself in `[tool.specfoundry]` of its pyproject.toml?"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specfoundry.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

TARGETS = ("models", "server", "client", "docs")
"""What can be generated, in the order in which it is built."""
PROFILES = ("errors", "contract")
"""`errors`: what makes any document unusable; `contract`: also what makes a good contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one project; every one has an option of the same name that wins."""

    root: Path
    """Folder of pyproject.toml, or the working directory when there is none."""
    has_project: bool = False
    """Whether a pyproject.toml with `[tool.specfoundry]` was found."""
    document: Path | None = None
    """`spec`: the root file of the document."""
    package: str | None = None
    output: Path | None = None
    templates: Path | None = None
    only: tuple[str, ...] = TARGETS
    rules: str = "errors"
    common_headers: tuple[str, ...] = ()
    """Response headers that middleware sends, so that no response class has a field for them."""
    docs: Mapping[str, Any] = field(default_factory=dict)
    fuzz: Mapping[str, Any] = field(default_factory=dict)

    @property
    def spec(self) -> Path:
        """Return the root file of the document.

        Raises:
            SettingsError: None was named.
        """
        if self.document is None:
            raise SettingsError(
                "Which document? Name it, or set `spec` in [tool.specfoundry] of pyproject.toml."
            )
        return self.document

    def for_document(self, path: Path | None) -> Settings:
        """Return what applies to a document named on the command line.

        Package, rules and headers speak of the project's own document, not of any other.
        """
        if path is None or self.is_own(path):
            return self if path is None else replace(self, document=path)
        return Settings(root=self.root, has_project=self.has_project, document=path)

    def is_own(self, path: Path) -> bool:
        """Return whether a path is the project's own document."""
        return self.document is not None and path.resolve() == self.document.resolve()


def load_settings(start: Path | None = None) -> Settings:
    """Read the nearest pyproject.toml at or above a folder (default: the working directory).

    Raises:
        SettingsError: The file is no TOML, or a key or value is not understood.
    """
    folder = (start or Path.cwd()).resolve()
    for parent in (folder, *folder.parents):
        path = parent / "pyproject.toml"
        if path.is_file():
            return _read(path)
    return Settings(root=folder)


def _read(path: Path) -> Settings:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{_short(path)}: cannot be read: {error}") from error
    tool = data.get("tool", {})
    table = tool.get("specfoundry") if isinstance(tool, dict) else None
    if table is None:
        return Settings(root=path.parent)
    if not isinstance(table, dict):
        raise SettingsError(f"{_short(path)}: [tool.specfoundry] must be a table")
    return _settings(path, table)


def _settings(path: Path, table: Mapping[str, Any]) -> Settings:
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in _CHECKS:
            known = ", ".join(f"`{known}`" for known in _CHECKS)
            message = f"[tool.specfoundry] has no setting `{key}`; there are {known}"
            raise SettingsError(f"{_short(path)}: {message}")
        wanted, checked = _CHECKS[name](value)
        if checked is None:
            raise SettingsError(f"{_short(path)}: `{key}` in [tool.specfoundry] must be {wanted}")
        values[name] = _short(path.parent / checked) if name in _PATHS else checked
    if "spec" in values:
        values["document"] = values.pop("spec")
    return Settings(root=path.parent, has_project=True, **values)


_PATHS = ("spec", "output", "templates")


def _text(value: Any) -> tuple[str, Any]:
    return "a text", value if isinstance(value, str) and value else None


def _identifier(value: Any) -> tuple[str, Any]:
    is_name = isinstance(value, str) and value.isidentifier()
    return "the name of a Python package", value if is_name else None


def _texts(value: Any) -> tuple[str, Any]:
    is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return "a list of texts", tuple(value) if is_list else None


def _targets(value: Any) -> tuple[str, Any]:
    items = _texts(value)[1]
    known = items is not None and set(items) <= set(TARGETS)
    return f"a list of {', '.join(TARGETS)}", items if known else None


def _profile(value: Any) -> tuple[str, Any]:
    return f"one of {', '.join(PROFILES)}", value if value in PROFILES else None


def _table(value: Any) -> tuple[str, Any]:
    return "a table", value if isinstance(value, dict) else None


_CHECKS = {
    "spec": _text,
    "package": _identifier,
    "output": _text,
    "templates": _text,
    "only": _targets,
    "rules": _profile,
    "common_headers": _texts,
    "docs": _table,
    "fuzz": _table,
}


def _short(path: Path) -> Path:
    """Return a path relative to the working directory when it lies below."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else Path(relative)
