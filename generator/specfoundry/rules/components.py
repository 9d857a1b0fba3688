"""Is everything that is written also used?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specfoundry.document.pointer import from_fragment, join
from specfoundry.document.structure import COMPONENT_KINDS
from specfoundry.rules.context import Context, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCES = (".yaml", ".yml", ".json")


def unused_components(context: Context) -> Iterator[Violation]:
    """Every component is referred to, by a reference, a mapping or a security requirement."""
    used = {from_fragment(text.partition("#")[2]) for text in context.used}
    used |= set(_by_name(context))
    for section in COMPONENT_KINDS:
        if section == "pathItems":
            continue
        for name in context.components(section):
            pointer = join("", "components", section, name)
            if not any(other == pointer or other.startswith(f"{pointer}/") for other in used):
                yield Violation(pointer, f"Nothing refers to `{name}` in `{section}`.")


def _by_name(context: Context) -> Iterator[str]:
    for place in context.by_kind["discriminator"]:
        mapping = place.node.get("mapping")
        for name in mapping.values() if isinstance(mapping, dict) else ():
            yield join("", "components", "schemas", name)
    holders = [context.root, *(operation.node for operation in context.operations)]
    for holder in holders:
        requirements = holder.get("security")
        for requirement in requirements if isinstance(requirements, list) else ():
            for name in requirement if isinstance(requirement, dict) else ():
                yield join("", "components", "securitySchemes", name)


def unused_files(context: Context) -> Iterator[Violation]:
    """Every file in the folders beside the root file is part of the document."""
    document = context.bundle.document
    if len(document.files) == 1:
        return
    for folder in sorted({file.partition("/")[0] for file in _folders(context)}):
        for path in sorted((document.directory / folder).rglob("*")):
            if path.suffix in _SOURCES and str(path.resolve()) not in document.files:
                name = path.relative_to(document.directory).as_posix()
                yield Violation("", f"Nothing refers to the file `{name}`.")


def _folders(context: Context) -> Iterator[str]:
    """Yield the paths of the loaded files below the root file's folder, relative to it."""
    document = context.bundle.document
    base = f"{document.directory.as_posix()}/"
    for key in document.files:
        if key.startswith(base) and "/" in key[len(base) :]:
            yield key[len(base) :]
