"""How is a changed source imported while the file stays as it is?"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from typing import TYPE_CHECKING, Any

from mutation.seeded import path_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

PACKAGE = "cloud_controller"


class ChangedSources(MetaPathFinder):
    """Finds modules whose source was changed; all others are found as usual.

    Attributes:
        imported: Names of the changed modules that were really imported.

    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self.imported: set[str] = set()

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to import a changed module, or None."""
        if fullname not in self._sources:
            return None
        self.imported.add(fullname)
        path = path_of(fullname)
        return spec_from_file_location(
            fullname,
            path,
            loader=_ChangedLoader(fullname, str(path), self._sources[fullname]),
            submodule_search_locations=[str(path.parent)] if path.stem == "__init__" else None,
        )


class _ChangedLoader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_source(self, _fullname: str) -> str:
        return self._source

    def get_code(self, _fullname: str | None) -> CodeType:
        code: Any = compile(self._source, self.path, "exec", dont_inherit=True)
        return code  # type: ignore[no-any-return] # compile() is typed for all its modes


def install(sources: Mapping[str, str]) -> ChangedSources:
    """Import these sources from now on.

    Raises:
        RuntimeError: The server was imported already, so that nothing could be changed.

    """
    already = [name for name in sys.modules if name.split(".")[0] == PACKAGE]
    if already and sources:
        raise RuntimeError(f"imported before it could be changed: {', '.join(already)}")
    finder = ChangedSources(sources)
    sys.meta_path.insert(0, finder)
    return finder
