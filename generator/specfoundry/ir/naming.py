"""Which Python names do the document's names become?

The one place where identifiers are made. Names that the user chose never get a silent suffix: where
two become one, that is a finding.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Any letter that is no ASCII capital continues a word, so that other scripts stay whole.
_LETTER = r"[^\W\d_A-Z]"
_WORD = re.compile(rf"[A-Z]+(?=[A-Z]{_LETTER})|[A-Z]?{_LETTER}+\d*|[A-Z]+\d*|\d+")
# Names that annotations in the same class body use: a field of that name would hide the type.
_ANNOTATIONS = frozenset(
    {
        "str",
        "int",
        "float",
        "bool",
        "list",
        "dict",
        "tuple",
        "bytes",
        "models",
        "self",
        "date",
        "datetime",
        "field",
        "re",
    }
)
# Names that a generated class must not take, because its module uses them.
_CLASSES = frozenset(
    {
        "Annotated",
        "Any",
        "ApiError",
        "Binary",
        "ClassVar",
        "Exception",
        "Field",
        "Json",
        "Literal",
        "Response",
        "UploadedFile",
    }
)
_MODELS = frozenset(
    {
        "Annotated",
        "Any",
        "BaseModel",
        "CheckedModel",
        "ClassVar",
        "ConfigDict",
        "ExactDate",
        "ExactDatetime",
        "Field",
        "Literal",
        "MISSING",
        "ObjectRules",
        "RootModel",
        "StrictBool",
        "StrictFloat",
        "StrictInt",
        "StringConstraints",
        "TypeAliasType",
    }
)


def words(text: str) -> list[str]:
    """Split a name at case changes and at everything that is no letter or digit."""
    plain = unicodedata.normalize("NFKC", text)
    return _WORD.findall(plain)


def snake(text: str) -> str:
    """Return a snake case identifier: `listV2Buildpacks` → `list_v2_buildpacks`."""
    name = "_".join(word.lower() for word in words(text)) or "value"
    if not name[0].isidentifier():
        name = f"field_{name}"
    if not name.isidentifier():
        name = re.sub(r"\W", "", name) or "value"
    return f"{name}_" if keyword.iskeyword(name) or name in _ANNOTATIONS else name


def pascal(text: str) -> str:
    """Return a class name: `results-per-page` → `ResultsPerPage`; `V3NotFound` stays."""
    name = _pascal(text)
    return f"{name}_" if keyword.iskeyword(name) or name in _CLASSES else name


def _pascal(text: str) -> str:
    name = "".join(word[0].upper() + word[1:] for word in words(text)) or "Value"
    if not name[0].isidentifier():
        name = f"Model{name}"
    if not name.isidentifier():
        name = re.sub(r"\W", "", name) or "Model"
    return name


def unique(wanted: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Give each key its wanted name, made unique in the order of the keys.

    Returns:
        The name of each key, and the (key, name) pairs whose wanted name was taken already.
    """
    names: dict[str, str] = {}
    taken: dict[str, str] = {}
    clashes: list[tuple[str, str]] = []
    for key, name in wanted:
        if name.lower() in taken:
            clashes.append((key, name))
            number = 2
            while f"{name}{number}".lower() in taken:
                number += 1
            name = f"{name}{number}"  # noqa: PLW2901  (the clash is reported; the tree stays whole)
        taken[name.lower()] = key
        names[key] = name
    return names, clashes


def schema_names(components: Mapping[str, object]) -> dict[str, str]:
    """Return the class name of each of components.schemas."""
    plain = ((key, _pascal(key)) for key in components)
    taken = _MODELS.union(keyword.kwlist)
    return unique((key, f"{name}Model" if name in taken else name) for key, name in plain)[0]


def parameter_names(
    keys: Iterable[tuple[str, str]], reserved: Iterable[str] = ()
) -> dict[tuple[str, str], str]:
    """Return the identifiers of (location, name) pairs; a taken name is qualified by location."""
    listed = list(keys)
    taken = set(reserved)
    names: dict[tuple[str, str], str] = {}
    for location, name in listed:
        identifier = snake(name)
        if identifier in taken:
            identifier = snake(f"{location}_{name}")
        number = 2
        while identifier in taken:
            identifier, number = f"{snake(name)}_{number}", number + 1
        taken.add(identifier)
        names[location, name] = identifier
    return names


def media_suffix(media_type: str) -> str:
    """Return what tells classes of several media types apart: `application/json` → `Json`."""
    return pascal(media_type.partition("/")[2].partition(";")[0] or media_type)
