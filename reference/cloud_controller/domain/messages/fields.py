"""Which texts do the members of a v3 body get that are unknown, missing or of the wrong kind?"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

MAX_NAME: Final = 255
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def members(body: object) -> Mapping[str, object]:
    """Return the members of a parsed body as Rails sees them: what is no object is `_json` (1.11)."""
    if isinstance(body, Mapping):
        return body
    return {"_json": body}


def unknown(sent: Mapping[str, object], known: Collection[str]) -> list[str]:
    """`Unknown field(s): 'a', 'b'`, or nothing."""
    names = [f"'{name}'" for name in sent if name not in known]
    return [f"Unknown field(s): {', '.join(names)}"] if names else []


def prefixed(title: str, texts: list[str]) -> list[str]:
    """Each text behind the title of the member that it is about."""
    return [f"{title} {text}" for text in texts]


def name(sent: Mapping[str, object]) -> list[str]:
    """Return what is wrong with the `name` of an organization or space (5.1)."""
    value = sent.get("name")
    if value is None:
        return ["Name can't be blank"]
    if not isinstance(value, str):
        return ["Name must be a string"]
    found = []
    if not value:
        found.append("Name is too short (minimum is 1 character)")
    if len(value) > MAX_NAME:
        found.append(f"Name is too long (maximum is {MAX_NAME} characters)")
    if not value or _CONTROL.search(value):
        found.append("Name must not contain escaped characters")
    if not value.strip():
        found.append("Name can't be blank")
    return found


def new_name(sent: Mapping[str, object]) -> list[str]:
    """Return what is wrong with a `name` that may be absent; an empty one is only too short."""
    if "name" not in sent:
        return []
    found = name(sent)
    return [text for text in found if text != "Name can't be blank"] if len(found) > 1 else found


def boolean(sent: Mapping[str, object], member: str) -> list[str]:
    """Return what is wrong with an optional boolean member."""
    if member not in sent or isinstance(sent[member], bool):
        return []
    return [f"{member.capitalize()} must be a boolean"]
