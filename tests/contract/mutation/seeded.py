"""Which faults can be put into the reference server, and do they still fit its source?"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTRACT: Final = Path(__file__).resolve().parents[1]
SERVER: Final = CONTRACT.parents[1] / "reference" / "cloud_controller"
FAULTS: Final = CONTRACT / "faults"

_KEYS: Final = {"name", "description", "file", "find", "replace", "edits"}


class FaultError(ValueError):
    """A fault is written wrongly or no longer fits the source; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One changed server.

    Attributes:
        name: Unique among all mutants.
        group: The class of a seeded fault; the operator of a mechanical one.
        description: What is wrong with this server.
        sources: Whole changed sources by the name of their module.

    """

    name: str
    group: str
    description: str
    sources: Mapping[str, str] = field(repr=False)


def seeded_faults(folder: Path = FAULTS) -> tuple[list[Mutant], list[str]]:
    """Read the faults of a folder, one class from each file.

    Args:
        folder: holds `CLASS.toml` with entries `[[fault]]`: name, description, and either file,
            find and replace, or several of them as `edits`.

    Returns:
        The faults that fit the source, and what is wrong with the others.

    """
    found: dict[str, Mutant] = {}
    problems = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text("utf-8")).get("fault", [])
        except tomllib.TOMLDecodeError as error:
            problems.append(f"{path.name}: {error}")
            continue
        for entry in entries:
            try:
                mutant = _fault(path.stem, entry)
            except FaultError as error:
                problems.append(str(error))
                continue
            if mutant.name in found:
                other = found[mutant.name].group
                problems.append(f"{path.name}: {mutant.name}: the name is taken in {other}.toml")
            found[mutant.name] = mutant
    return list(found.values()), problems


def _fault(group: str, entry: Mapping[str, Any]) -> Mutant:
    name = str(entry.get("name", ""))
    place = f"{group}.toml: {name or '(no name)'}"
    unknown = set(entry) - _KEYS
    if unknown or not name or not entry.get("description"):
        why = f"unknown {', '.join(sorted(unknown))}" if unknown else "name or description missing"
        raise FaultError(f"{place}: {why}")
    edits = [entry] if "find" in entry else []
    edits += entry.get("edits", [])
    if not edits:
        raise FaultError(f"{place}: it changes nothing")
    sources: dict[Path, str] = {}
    for edit in edits:
        _apply(place, edit, sources)
    return Mutant(
        name=name,
        group=group,
        description=" ".join(str(entry["description"]).split()),
        sources={module_of(path): _compiled(place, path, text) for path, text in sources.items()},
    )


def _apply(place: str, edit: Mapping[str, Any], sources: dict[Path, str]) -> None:
    path = SERVER / str(edit.get("file", "")).removeprefix("reference/cloud_controller/")
    if not path.is_file():
        raise FaultError(f"{place}: there is no {path.relative_to(SERVER.parents[1])}")
    if "migrations" in path.parts:
        raise FaultError(f"{place}: migrations are not imported by name and cannot be changed")
    find, text = str(edit["find"]), sources.get(path) or path.read_text("utf-8")
    if text.count(find) != 1:
        raise FaultError(f"{place}: in {path.name} it finds {text.count(find)} places: {find!r}")
    sources[path] = text.replace(find, str(edit["replace"]))


def _compiled(place: str, path: Path, text: str) -> str:
    if text == path.read_text("utf-8"):
        raise FaultError(f"{place}: {path.name} is as it was")
    try:
        compile(text, str(path), "exec")
    except SyntaxError as error:
        raise FaultError(f"{place}: {path.name} does not compile: {error}") from error
    return text


def module_of(path: Path) -> str:
    """Return the name under which a file of the server is imported."""
    parts = path.relative_to(SERVER.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def path_of(module: str) -> Path:
    """Return the file of a module of the server."""
    path = SERVER.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
