"""What do the templates of the operations package loop over?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One attribute of a generated dataclass; every text is Python source."""

    name: str
    annotation: str
    default: str | None = None
    docstring: str | None = None

    @property
    def declaration(self) -> str:
        """The attribute as it stands in the class."""
        default = "" if self.default is None else f" = {self.default}"
        return f"{self.name}: {self.annotation}{default}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """One generated dataclass."""

    name: str
    base: str | None
    decorator: str
    docstring: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleView:
    """One module of dataclasses."""

    banner: str
    docstring: str
    imports: tuple[str, ...]
    classes: tuple[ClassView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageView:
    """The operations package."""

    banner: str
    docstring: str
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RootView:
    """The generated package itself."""

    banner: str
    docstring: str
    version: str
    """Version of the document, as Python source."""
