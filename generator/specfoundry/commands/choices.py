"""What is to be generated, from what, and where to: options over settings?"""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from typing import TYPE_CHECKING

from specfoundry.commands.stamp import Stamp
from specfoundry.errors import SettingsError
from specfoundry.render.cache import Cache, default_cache
from specfoundry.resources import templates as own_templates
from specfoundry.settings import TARGETS, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from specfoundry.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Everything that a run of `generate` depends on, decided."""

    settings: Settings
    spec: Path
    package: str
    output: Path
    templates: Path | None
    """The user's own templates; built-in ones fill the gaps."""
    only: frozenset[str]
    rules: str

    @property
    def folder(self) -> Path:
        """The folder of the package."""
        return self.output / self.package

    @property
    def cache(self) -> Cache:
        """Where hashes of earlier runs lie."""
        return default_cache(self.settings.root, is_project=self.settings.has_project)

    @property
    def stamp(self) -> Stamp:
        """The memory of the last run with these choices."""
        folders = (own_templates(), *((self.templates,) if self.templates else ()))
        options = (
            str(self.spec.resolve()),
            str(self.folder.resolve()),
            *sorted(self.only),
            self.rules,
            *self.settings.common_headers,
            repr(sorted(self.settings.docs.items())),
            *(str(folder.resolve()) for folder in folders),
        )
        return Stamp(self.cache, options, folders)


def choose(
    spec: Path | None,
    *,
    package: str | None = None,
    output: Path | None = None,
    templates: Path | None = None,
    only: str | None = None,
    fallback: str | None = None,
) -> Choices:
    """Decide; an option wins over the setting of the same name.

    `fallback` is the package's name where a command can do without one.

    Raises:
        SettingsError: Something needed is neither an option nor a setting, or makes no sense.
    """
    settings = load_settings().for_document(spec)
    return Choices(
        settings=settings,
        spec=settings.spec,
        package=_package(package or settings.package or fallback),
        output=_output(output or settings.output),
        templates=_templates(templates or settings.templates),
        only=_only(only, settings),
        rules=settings.rules,
    )


def _package(name: str | None) -> str:
    if name is None:
        raise SettingsError("Which package? Say --package NAME, the name to import it by.")
    if not name.isidentifier() or keyword.iskeyword(name):
        raise SettingsError(f"`{name}` cannot be imported: --package takes one Python identifier.")
    return name


def _output(folder: Path | None) -> Path:
    if folder is None:
        raise SettingsError("Where to? Say --output DIR; the package is written into DIR/NAME.")
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is no folder.")
    return folder


def _templates(folder: Path | None) -> Path | None:
    if folder is not None and not folder.is_dir():
        raise SettingsError(f"There is no folder of templates {folder}.")
    return folder


def _only(text: str | None, settings: Settings) -> frozenset[str]:
    if text is None:
        return frozenset(settings.only)
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in TARGETS:
            raise SettingsError(f"`{name}` cannot be generated; there are {', '.join(TARGETS)}.")
    if not names:
        raise SettingsError(f"--only names nothing; there are {', '.join(TARGETS)}.")
    return frozenset(names)
