"""Which texts does a `relationships` member get that does not name exactly one resource?"""

from __future__ import annotations

from collections.abc import Mapping

from cloud_controller.domain.messages.fields import prefixed, unknown

MAX_GUID = 200


def to_one(sent: Mapping[str, object], name: str) -> list[str]:
    """Return the texts for `relationships` when `name` is its only member (2.5)."""
    relationships = sent.get("relationships")
    if not isinstance(relationships, Mapping):
        return ["Relationships 'relationships' is not an object"]
    if not relationships:
        return ["Relationships 'relationships' must include one or more valid relationships"]
    texts = [*unknown(relationships, (name,)), *resource(relationships.get(name), name)]
    return prefixed("Relationships", texts)


def resource(value: object, name: str) -> list[str]:
    """Return the texts for one relationship that is to name one resource."""
    title = name.capitalize()
    structure = (
        f'{title} must be structured like this: "{name}: {{"data": {{"guid": "valid-guid"}}}}"'
    )
    if value is None or value == {}:
        return [f"{title} can't be blank", structure]
    if not isinstance(value, Mapping) or list(value) != ["data"]:
        return [structure]
    data = value["data"]
    if data is None:
        return []  # accepted here; no resource is found for it later
    if not isinstance(data, Mapping) or list(data) != ["guid"]:
        return [structure]
    return _guid(data["guid"], title)


def _guid(guid: object, title: str) -> list[str]:
    length = f"{title} guid must be between 1 and {MAX_GUID} characters"
    if not isinstance(guid, str):
        return [f"{title} guid must be a string", length]
    return [] if 1 <= len(guid) <= MAX_GUID else [length]


def guid_of(sent: Mapping[str, object], name: str) -> str | None:
    """Return the guid that a body names, None when it names none; never raises."""
    found: object = sent
    for step in ("relationships", name, "data", "guid"):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else None
