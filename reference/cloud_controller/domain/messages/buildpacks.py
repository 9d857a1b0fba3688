"""Which texts does a refused request for a buildpack of version 3 get?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cloud_controller.domain import metadata
from cloud_controller.domain.messages.fields import boolean, members, prefixed, unknown

STACK_FIXED: Final = "Buildpack stack cannot be changed"
NAME_MISSING: Final = "name can only contain alphanumeric characters"
LOCKED: Final = "Buildpack is locked"
LIFECYCLE: Final = 'Lifecycle must be either "buildpack" or "cnb"'
NO_FILE: Final = "A buildpack zip file must be uploaded as 'bits'"

_MAX_TEXT: Final = 250
_MAX_POSITION: Final = 2147483647
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_NUMBER: Final = re.compile(r"\s*[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*", re.ASCII)
_INTEGER: Final = re.compile(r"[+-]?\d{1,400}", re.ASCII)
_KEYS: Final = ("name", "stack", "position", "enabled", "locked")
_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b\x08"
_TAR: Final = b"ustar\x0000"
_TAR_AT: Final = 257
HEAD_SIZE: Final = _TAR_AT + len(_TAR)
"""So many bytes from the beginning of an archive tell what it is."""


def stack_unknown(stack: str | None) -> str:
    """Return the text for a stack that does not exist."""
    return f"Stack '{stack}' does not exist"


def taken(name: str, stack: str | None, lifecycle: str) -> str:
    """Return the text for a name that another buildpack has."""
    if stack is None:
        return f"Buildpack with name '{name}' and an unassigned stack already exists"
    return (
        f"Buildpack with name '{name}', stack '{stack}' and lifecycle '{lifecycle}' already exists"
    )


def create(body: object) -> list[str]:
    """All problems of a body for `POST /v3/buildpacks` (4.3)."""
    sent = members(body)
    found = _common(sent, (*_KEYS, "lifecycle", "metadata"))
    found += _new_name(sent.get("name")) + _stack(sent.get("stack"))
    if sent.get("position") is not None:
        found += _position(sent["position"])
    given = {name: value for name, value in sent.items() if value is not None}
    found += boolean(given, "enabled") + boolean(given, "locked")
    return [*found, *_lifecycle(sent.get("lifecycle"))]


def update(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/buildpacks/:guid` (4.4)."""
    sent = members(body)
    found = _common(sent, (*_KEYS, "metadata"))
    if sent.get("name") is not None:
        found += _name(sent["name"])
    found += _stack(sent.get("stack"))
    if "position" in sent:
        found += _position(sent["position"])
    return found + boolean(sent, "enabled") + boolean(sent, "locked")


def update_later(body: object) -> list[str]:
    """Return what only the model finds wrong with a body: a name that is taken away (4.4)."""
    sent = members(body)
    return [NAME_MISSING] if "name" in sent and sent["name"] is None else []


def upload_form(parts: tuple[str, ...]) -> list[str]:
    """All problems of an upload form that its parts' names alone tell (4.5, step 3)."""
    found = unknown(dict.fromkeys(parts), ("bits",))
    return found if "bits" in parts else [*found, NO_FILE]


def upload(*, name: str, head: bytes, lifecycle: str) -> list[str]:
    """All problems of an upload's file (4.5, step 3): its name and first `HEAD_SIZE` bytes."""
    found: list[str] = []
    if not name:
        return [NO_FILE]
    if lifecycle == "cnb":
        if not head.startswith(_GZIP) and head[_TAR_AT:] != _TAR:
            found.append(
                f'{name} is not a gzip archive or cnb file. Buildpacks of lifecycle "cnb" must be '
                "valid gzip archives or cnb files."
            )
    elif not head.startswith(_ZIP):
        found.append(
            f'{name} is not a zip file. Buildpacks of lifecycle "buildpack" must be valid zip files.'
        )
    if not head:
        found.append(f"{name} cannot be empty")
    return found


def upload_invalid(problems: list[str]) -> str:
    """Return the text for an upload form with these problems."""
    return f"Uploaded buildpack file is invalid: {', '.join(problems)}"


def _common(sent: Mapping[str, object], known: tuple[str, ...]) -> list[str]:
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    return found + unknown(sent, known)


def _new_name(value: object) -> list[str]:
    texts = _name_texts(value)
    if value is None or value is False or not str(value).strip() or value in ([], {}):
        texts.insert(0 if isinstance(value, str) else 1, "can't be blank")
    return prefixed("Name", texts)


def _name(value: object) -> list[str]:
    return prefixed("Name", _name_texts(value))


def _name_texts(value: object) -> list[str]:
    """Return what is wrong with a name; other values are judged by their text, as in Ruby."""
    texts = [] if isinstance(value, str) else ["must be a string"]
    size = len(value) if isinstance(value, str | list | Mapping) else 0
    if value is None or size > _MAX_TEXT:
        texts.append(f"is too long (maximum is {_MAX_TEXT} characters)")
    if value is None or not _NAME.fullmatch(str(value)):
        texts.append("is invalid")
    return texts


def _stack(value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, str):
        return ["Stack must be a string"]
    if len(value) > _MAX_TEXT:
        return [f"Stack is too long (maximum is {_MAX_TEXT} characters)"]
    return []


def _position(value: object) -> list[str]:
    text = str(value) if isinstance(value, int | float | str) else ""
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        return ["Position is not a number"]
    if not _INTEGER.fullmatch(text):
        return ["Position must be an integer"]
    if int(text) < 1:
        return ["Position must be greater than or equal to 1"]
    if int(text) > _MAX_POSITION:
        return [f"Position must be less than or equal to {_MAX_POSITION}"]
    return []


def _lifecycle(value: object) -> list[str]:
    return [] if value in (None, "buildpack", "cnb") else [LIFECYCLE]
